"""`/live mute CATEGORY [SHOW] FOR`, `/live mutes` and `/live unmute`: who silenced what, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import get_args

from analytics.reading import Category
from desk.incidents.card import actor
from desk.incidents.rules import LIVEDESK, MANUAL
from desk.incidents.why import title_of
from desk.messages import Action, Bullets, Command, Message, Paragraph, Part, Span, Text, When, between
from desk.moment import Moment
from desk.mutes import flow as muting
from desk.mutes import rules
from desk.questions.asking import Asker, meant
from desk.signals import SIGNALS
from desk.words import Tongue, category_name, tongue
from store import incidents
from store import mutes as stored
from store.mutes import Mute

RECENT = timedelta(days=7)
MOST_ENDED = 10
MOST_BUTTONS = 5


def mute(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """Must run in a unit of work that writes."""
    split = rules.split_length(text)
    named = rules.split_category(split[0] if split else text, _ways(moment, t))
    if named is None:
        names = [category_name(t, one) for one in _categories(moment)]
        return _how(t("Which complaints? I know these: {names}", names=", ".join(names)), asker, t)
    category, rest = named
    if split is None:
        return _how(t("For how long? A mute always has an end."), asker, t)
    length = split[1]
    if length.lasting is not None and not rules.SHORTEST <= length.lasting <= rules.LONGEST:
        shortest, longest = t.duration(rules.SHORTEST), t.duration(rules.LONGEST)
        return _how(t("A mute lasts from {shortest} to {longest}.", shortest=shortest, longest=longest), asker, t)
    show = None
    if rest or length.lasting is None:
        found = meant(moment, rest)
        if found is None:
            return _how(t("I know no show called “{text}”", text=rest[:60]), asker, t)
        show = found.key
    made = muting.begin(moment, show, category, length, asker.who)
    headline = t("Muted: {category}, {where}", category=category_name(t, category), where=_where(moment, made, t))
    spans: list[Span] = [Text(t("Until") + " "), When(made.until, "date_time"), Text(". ")]
    if made.with_show:
        spans.append(Text(t("Or until the show ends, if that is earlier.") + " "))
    spans.append(Text(t("Rises are still recorded, and you hear what was missed.")))
    return _message(headline, (Paragraph(tuple(spans)),), asker, t, (_unmute(made, t("Unmute")),))


def unmute(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """By number, as `/live mutes` shows it, or by category and show. Must run in a unit of work that writes."""
    number = text.strip().removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 16:
        return unmute_one(moment, int(number), asker, t)
    named = rules.split_category(text, _ways(moment, t))
    wanted = []
    if named is not None:
        found = meant(moment, named[1]) if named[1] else None
        if named[1] and found is None:
            return _how(t("I know no show called “{text}”", text=named[1][:60]), asker, t)
        wanted = [
            one
            for one in stored.standing(moment.connection, moment.workspace, moment.now)
            if one.category == named[0] and (found is None or one.show == found.key)
        ]
    if not wanted:
        return answer(moment, "", asker, t)
    for one in wanted:
        muting.end(moment, one.id, asker.who)
    return _ended(moment, wanted, asker, t)


def unmute_one(moment: Moment, number: int, asker: Asker, t: Tongue) -> Message:
    known = stored.get(moment.connection, moment.workspace, number)
    if known is None or not muting.end(moment, number, asker.who):
        return _message(t("This is not muted any more; nothing was changed."), (), asker, t)
    return _ended(moment, [known], asker, t)


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    del text
    standing = stored.standing(moment.connection, moment.workspace, moment.now)
    ended = stored.ended(moment.connection, moment.workspace, moment.now - RECENT, MOST_ENDED)
    parts: list[Part] = []
    if standing:
        parts.append(Bullets(tuple(_line(moment, one, t) for one in standing)))
    if ended:
        parts.append(Paragraph((Text(t("Ended in the last seven days:")),)))
        parts.append(Bullets(tuple(_line(moment, one, t) for one in ended)))
    if not parts:
        parts.append(Paragraph((Text(t("For example:") + " "), Command(_example(moment)))))
    headline = t("{n} mutes hold", n=len(standing)) if len(standing) > 1 else t("One mute holds")
    return _message(
        headline if standing else t("Nothing is muted"),
        tuple(parts),
        asker,
        t,
        tuple(_unmute(one, t("Unmute {n}", n=one.id)) for one in standing[:MOST_BUTTONS]),
    )


def _line(moment: Moment, one: Mute, t: Tongue) -> tuple[Span, ...]:
    what = f"{one.id} · {category_name(t, one.category)}, {_where(moment, one, t)}"
    spans: list[Span] = [
        Text(what, "strong"),
        Text(" · "),
        *between(one.muted_at, one.ended_at or one.until),
        Text(" · " + t("muted by") + " "),
        actor(one.muted_by),
    ]
    if one.ended_by is not None and one.ended_by != LIVEDESK:
        spans += [Text(" · " + t("ended by") + " "), actor(one.ended_by)]
    return tuple(spans)


def _where(moment: Moment, one: Mute, t: Tongue) -> str:
    if one.incident is not None:
        return t("incident {number} alone", number=one.incident)
    if one.show is None:
        return t("in every show")
    return t("in {show}", show=title_of(moment, one.show)) if one.show else t("outside of shows")


def _ended(moment: Moment, ended: Sequence[Mute], asker: Asker, t: Tongue) -> Message:
    names = [f"{category_name(t, one.category)}, {_where(moment, one, t)}" for one in ended]
    said = t("What still goes on is shown now, and paged as if it had just begun.")
    return _message(t("Unmuted: {names}", names="; ".join(names)), (Paragraph((Text(said),)),), asker, t)


def _unmute(one: Mute, label: str) -> Action:
    return Action(rules.UNMUTE, f"mute:{one.id}", 0, label)


def _categories(moment: Moment) -> list[str]:
    """What comments are sorted into, what viewers do, pages by hand, whatever else has ever become an incident."""
    known = dict.fromkeys(
        (*get_args(Category), *SIGNALS, MANUAL, *incidents.categories(moment.connection, moment.workspace))
    )
    return list(known)


def _ways(moment: Moment, t: Tongue) -> dict[str, list[str]]:
    """How each category may be said: by its key, and by its name in English and the reader's language."""
    english = tongue("en")
    return {
        one: [one, one.replace("_", " "), category_name(english, one), category_name(t, one)]
        for one in _categories(moment)
    }


def _how(headline: str, asker: Asker, t: Tongue) -> Message:
    lines = ("/live mute payment 30m", "/live mute delivery aurora 2h", "/live mute price until the show ends")
    examples = Bullets(tuple((Command(line),) for line in lines))
    return _message(headline, (Paragraph((Text(t("For example:")),)), examples), asker, t)


def _example(moment: Moment) -> str:
    return f"/live mute {_categories(moment)[0]} 30m"


def _message(
    headline: str, parts: tuple[Part, ...], asker: Asker, t: Tongue, actions: tuple[Action, ...] = ()
) -> Message:
    return Message(
        kind="answer", headline=headline, parts=parts, actions=actions, locale=str(t.locale), zone=str(asker.zone)
    )
