"""Comments written for Livedesk, with what each wants.

A file a language: a line `== label` opens a label, each line below it is one comment, and ` ## category` behind a
complaint names what else it complains of.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

COMMENTS = Path(__file__).with_name("comments")
# Written when sentiment and languages had been trained: intents alone learn from them, so those files stay as they are.
LATER = Path(__file__).with_name("later")
CHATTER = Path(__file__).with_name("chatter")
LABELLED = Path(__file__).parents[1] / "labelled"


@dataclass(frozen=True, slots=True)
class Comment:
    """`label` is an intent, or c/category of the primary complaint; `also` are further categories."""

    lang: str
    text: str
    label: str
    also: tuple[str, ...] = ()

    @property
    def intent(self) -> str:
        return "complaint" if self.label.startswith("c/") else self.label

    @property
    def category(self) -> str | None:
        return self.label[2:] if self.label.startswith("c/") else None


def comments(folder: Path) -> list[Comment]:
    """Every comment of every language in a folder."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        label = ""
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("== "):
                label = line[3:].replace("complaint/", "c/")
                continue
            text, _, also = line.partition(" ## ")
            found.append(Comment(path.stem, text, label, tuple(also.replace(",", " ").split())))
    return found


def chatter(folder: Path) -> list[tuple[str, str]]:
    """(language, line) of what is said in chats that are no shop's, a file a language and a line each."""
    return [
        (path.stem, line)
        for path in sorted(folder.glob("*.txt"))
        for line in path.read_text("utf-8").splitlines()
        if line
    ]


def without(some: Sequence[Comment], others: Sequence[Comment]) -> list[Comment]:
    """`some` without what stands in `others` too, letter case and width aside."""
    known = {_plain(one.text) for one in others}
    return [one for one in some if _plain(one.text) not in known]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
