from __future__ import annotations

import pytest

from handlers.translate.base import NotForThis, TranslationFailed
from handlers.translate.mymemory import mymemory, read_answer


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("'AUTO' IS AN INVALID SOURCE LANGUAGE . EXAMPLE: LANGPAIR=EN|IT USING 2 LETTER ISO", NotForThis),
        ("PLEASE SELECT TWO DISTINCT LANGUAGES", NotForThis),
        ("MYMEMORY WARNING: YOU USED ALL AVAILABLE FREE TRANSLATIONS FOR TODAY.", TranslationFailed),
        ("QUERY LENGTH LIMIT EXCEEDED. MAX ALLOWED QUERY : 500 CHARS", TranslationFailed),
    ],
)
def test_it_takes_no_error_for_a_translation(answer: str, kind: type[TranslationFailed]) -> None:
    with pytest.raises(kind) as failed:
        read_answer(answer)

    assert type(failed.value) is kind


def test_it_reads_entities() -> None:
    assert read_answer("it&#39;s &quot;great&quot; &lt;3") == 'it\'s "great" <3'


def test_it_asks_for_no_language_that_nobody_knows() -> None:
    with pytest.raises(NotForThis, match="not known"):
        mymemory().translate("lol", "und", "en")
