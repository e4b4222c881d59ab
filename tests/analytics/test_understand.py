"""The whole of understanding: one reading for each text, whatever the text, from many threads, in bounded time."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from time import process_time

import pytest
from hypothesis import given, settings

from analytics.privacy import PatternRedactor
from analytics.reading import Said
from analytics.sentiment import SentimentReader
from analytics.text import LIMIT
from analytics.understand import Understanding
from analytics.vocabulary.teams import NOTHING, TeamWords
from tests.analytics.hostile import HOSTILE, TEXTS


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding()


def test_it_reads_a_batch_in_order(understanding: Understanding) -> None:
    batch = [Said("no sound"), Said("多少钱？"), Said("me encanta"), Said("no sound")]

    readings = understanding.read(batch)

    assert [(one.lang, one.intent) for one in readings] == [
        ("en", "complaint"),
        ("zh", "question"),
        ("es", "praise"),
        ("en", "complaint"),
    ]
    assert readings[0].category == "stream_quality"
    assert readings[0] == readings[3]


def test_it_names_the_models_in_every_reading(understanding: Understanding) -> None:
    (reading,) = understanding.read([Said("hello")])

    assert reading.model == understanding.version
    assert understanding.version.count("/") == 3


def test_it_reads_what_a_market_speaks(understanding: Understanding) -> None:
    here, there = understanding.read([Said("最高"), Said("最高", market_languages=("ja",))])

    assert (here.lang, there.lang) == ("zh", "ja")


def test_it_shows_no_personal_words(understanding: Understanding) -> None:
    (reading,) = understanding.read([Said("call me +49 151 23456789 or anna@example.com")])

    assert reading.redacted == "call me [phone] or [email]"


def test_it_takes_no_sure_complaint_for_good_news(understanding: Understanding) -> None:
    (reading,) = understanding.read([Said("great, no sound again 👍")])

    assert (reading.intent, reading.label) == ("complaint", "negative")


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_it_reads_anything(text: str) -> None:
    (reading,) = _SHARED.read([Said(text)])

    assert -1.0 <= reading.sentiment <= 1.0
    assert (reading.category is None) is (reading.intent != "complaint")
    assert reading.redacted != "[unreadable]"
    reading.redacted.encode("utf-8")


_SHARED = Understanding(remembered=100)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_it_reads_hostile_texts_in_bounded_time(understanding: Understanding, text: str) -> None:
    understanding.read([Said("warm up"), Said("暖"), Said("لا"), Said("ไม่"), Said("o")])
    began = process_time()

    (reading,) = understanding.read([Said(text)])

    assert process_time() - began < 1.0  # CPU seconds; a quadratic pattern takes minutes on these
    assert len(reading.redacted) <= LIMIT
    assert reading.redacted != "[unreadable]"


def test_it_never_cuts_a_number_in_half_at_its_limit(understanding: Understanding) -> None:
    text = "x" * (LIMIT - 16) + " +49 151 23456789"

    (reading,) = understanding.read([Said(text)])

    assert not any(sign.isdigit() for sign in reading.redacted)


class _Counting(SentimentReader):
    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def score(self, texts: Sequence[str], langs: Sequence[str]) -> list[float]:
        self.asked += len(texts)
        return super().score(texts, langs)


def test_it_reads_the_same_words_once_and_forgets_the_oldest() -> None:
    sentiment = _Counting()
    reader = Understanding(sentiment=sentiment, remembered=2)

    reader.read([Said("first"), Said("first"), Said(" first ")])
    assert sentiment.asked == 1
    reader.read([Said("second"), Said("third"), Said("first")])

    assert sentiment.asked == 3
    reader.read([Said("second"), Said("third")])
    assert sentiment.asked == 3
    reader.read([Said("first")])
    assert sentiment.asked == 4


def test_it_does_not_mix_up_what_sources_claim_of_the_same_words() -> None:
    reader = Understanding()

    found = reader.read([Said("好看"), Said("好看", lang="ja")])

    assert [one.lang for one in found] == ["zh", "ja"]


class _Brittle(PatternRedactor):
    """A model with a defect: it fails on one word."""

    def redact(self, text: str) -> str:
        if "poison" in text:
            raise RuntimeError("defect")
        return super().redact(text)


def test_it_reads_the_others_when_a_model_fails_on_one_text() -> None:
    reader = Understanding(redactor=_Brittle())

    good, bad, after = reader.read([Said("no sound"), Said("poison +49 151 23456789"), Said("how much?")])

    assert (good.intent, after.intent) == ("complaint", "question")
    assert (bad.redacted, bad.intent, bad.lang) == ("[unreadable]", "other", "und")
    assert reader.unreadable == 1


def test_it_gives_every_thread_the_same_answers() -> None:
    reader = Understanding(remembered=10)
    batch = [Said(text) for text in ("no sound", "bellissimo", "没声音", "소리가 안 들려요", "ses yok")] * 5
    expected = Understanding().read(batch)
    found: list[bool] = []

    def work() -> None:
        found.extend(reader.read(batch) == expected for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [True] * 20


def test_it_imports_no_model_before_the_first_text() -> None:
    code = (
        "import sys; from analytics.understand import Understanding; Understanding();"
        "print([name for name in ('textblob', 'nltk', 'py3langid', 'scipy', 'sklearn') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_it_loads_everything_ahead_when_asked() -> None:
    code = (
        "import sys; from analytics.understand import Understanding, Said; reader = Understanding();"
        "reader.warm(['en', 'de']); loaded = set(sys.modules); files = __import__('analytics.vocabulary').vocabulary;"
        "made = set(files._made); reader.read([Said('no sound'), Said('kein Ton bitte lauter machen')]);"
        "print(sorted(name for name in set(sys.modules) - loaded if '.' not in name), files._made.keys() - made)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[] set()"


# ── a team's own words ───────────────────────────────────────────────────────────────────────────────────────────

PILLS = TeamWords({"en": {"complaint": {"quality": {"says": "glowserum zonks"}}}})
SAID = Said("my GlowSerum zonks")


def test_it_reads_with_a_teams_own_words_and_says_so() -> None:
    reader = Understanding()

    (ours,), (theirs,) = reader.read([SAID]), reader.knowing(PILLS).read([SAID])

    assert ours.intent != "complaint"
    assert (theirs.intent, theirs.category) == ("complaint", "quality")
    assert theirs.model == f"{ours.model}/words-{PILLS.version}"
    assert len(theirs.model) <= 80  # what the database keeps of it


def test_it_remembers_readings_by_the_words_they_were_made_with() -> None:
    reader = Understanding()
    knowing = reader.knowing(PILLS)
    before = [*reader.read([SAID]), *knowing.read([SAID])]

    again = [*reader.read([SAID]), *knowing.read([SAID])]

    assert all(one is other for one, other in zip(before, again, strict=True))


def test_it_makes_the_models_for_a_teams_words_once() -> None:
    reader = Understanding()

    assert reader.knowing(PILLS) is reader.knowing(TeamWords(dict(PILLS._layers[0])))
    assert reader.knowing(NOTHING) is reader


def test_it_reads_what_was_redacted_as_it_read_it_before() -> None:
    texts = [Said("my GlowSerum zonks"), Said("no sound again???"), Said("付款一直失败"), Said("call +49 151 23456789")]
    first = Understanding().read(texts)

    again = Understanding().read_redacted([(one.redacted, one.lang) for one in first])

    assert again == first


def test_it_counts_what_cannot_be_read_whoever_reads_it() -> None:
    reader = Understanding(redactor=_Brittle())

    reader.knowing(PILLS).read([Said("poison")])

    assert reader.unreadable == 1
