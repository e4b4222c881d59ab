"""Which of the team's own answers a card suggests: rules from what the file says to one text, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.configuration.model import SuggestedAnswer


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` is for the team to read, in `language`; `theirs` is the same for most of the viewers, where it was
    written in their language too ('' where it was not, or is the same)."""

    text: str
    language: str
    theirs: str = ""
    their_language: str = ""


def suggest(
    answers: Sequence[SuggestedAnswer], market: str, category: str, team_language: str, viewers_language: str
) -> Suggestion | None:
    """The first answers that match, in the file's order. Without one in the team's language, the viewers' own is shown,
    and otherwise the first in any language."""
    fitting = [one for one in answers if _matches(one, market, category)]
    if not fitting:
        return None
    ours = _in(fitting, team_language)
    theirs = _in(fitting, viewers_language)
    shown = ours or theirs or fitting[0]
    if theirs is None or theirs is shown:
        return Suggestion(shown.text, shown.language)
    return Suggestion(shown.text, shown.language, theirs.text, theirs.language)


def _matches(answer: SuggestedAnswer, market: str, category: str) -> bool:
    return (not answer.markets or market in answer.markets) and (not answer.categories or category in answer.categories)


def _in(answers: Sequence[SuggestedAnswer], language: str) -> SuggestedAnswer | None:
    wanted = language.partition("-")[0]
    return next((one for one in answers if one.language.partition("-")[0] == wanted), None)
