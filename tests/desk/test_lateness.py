from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from desk.lateness import marked
from desk.messages import Message, Paragraph, Text

SOLD_OUT = Message("incident", "The serum is sold out", parts=(Paragraph((Text("Since 20:12."),)),))


def first_words(message: Message) -> str:
    part: Any = message.parts[0]
    return str(part.spans[0].text)


@pytest.mark.parametrize(
    ("seconds", "said"), [(4.9, "Since 20:12."), (5, "delayed 5 s"), (119, "delayed 119 s"), (600, "delayed 10 min")]
)
def test_it_says_how_late_it_leaves(seconds: float, said: str) -> None:
    assert first_words(marked(SOLD_OUT, timedelta(seconds=seconds))) == said


def test_it_says_it_in_the_readers_language() -> None:
    chinese = Message("page", "售罄", parts=SOLD_OUT.parts, locale="zh_CN")

    assert first_words(marked(chinese, timedelta(seconds=12))) == "延迟 12 秒"


@pytest.mark.parametrize("kind", ["digest", "highlights", "history"])
def test_it_leaves_alone_what_does_not_tell_of_now(kind: Any) -> None:
    digest = Message(kind, "Overnight", parts=SOLD_OUT.parts)

    assert marked(digest, timedelta(hours=1)) is digest
