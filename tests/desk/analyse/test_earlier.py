"""What is remembered of the languages that viewers wrote in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desk.analyse.earlier import LAST, Earlier, Viewer

ANA: Viewer = ("friday", b"ana")
BEN: Viewer = ("friday", b"ben")


def told(earlier: Earlier, number: int, *said: tuple[Viewer, str]) -> None:
    """A batch of one event, which is committed."""
    earlier.begin(number)
    earlier.note(said, number)


def after(earlier: Earlier, number: int) -> Earlier:
    earlier.begin(number)
    return earlier


def test_it_tells_the_most_frequent_language_first() -> None:
    earlier = Earlier()
    for number, lang in enumerate(("es", "en", "es"), 1):
        told(earlier, number, (ANA, lang))

    assert after(earlier, 4).of(ANA) == ("es", "en")
    assert earlier.of(BEN) == ()


def test_it_forgets_what_was_said_long_ago() -> None:
    earlier = Earlier()
    for number, lang in enumerate(["es"] * 9 + ["en"] * LAST, 1):
        told(earlier, number, (ANA, lang))

    assert after(earlier, 99).of(ANA) == ("en",)


def test_it_learns_nothing_from_a_comment_that_was_in_no_language() -> None:
    earlier = Earlier()
    told(earlier, 1, (ANA, "und"))

    assert after(earlier, 2).of(ANA) == ()


def test_it_knows_a_viewer_in_one_show_alone() -> None:
    earlier = Earlier()
    told(earlier, 1, (ANA, "es"))

    assert after(earlier, 2).of(("saturday", b"ana")) == ()


def test_it_gives_the_same_for_a_batch_that_is_read_again() -> None:
    earlier = Earlier()
    told(earlier, 1, (ANA, "es"))
    told(earlier, 2, (ANA, "pt"))

    earlier.begin(2)  # the batch failed: it comes again, and perhaps longer than before
    again = earlier.of(ANA)
    earlier.note([(ANA, "pt"), (BEN, "en")], 3)

    assert again == ("es",)
    assert after(earlier, 4).of(ANA) == ("pt", "es")
    assert earlier.of(BEN) == ("en",)


def test_it_keeps_the_viewers_who_wrote_last() -> None:
    earlier = Earlier(kept=2)
    for number in range(1, 6):
        told(earlier, number, (("friday", b"%d" % number), "es"))
    told(earlier, 6, (("friday", b"4"), "es"))
    told(earlier, 7, (("friday", b"6"), "es"))

    after(earlier, 8)

    assert [earlier.of(("friday", b"%d" % number)) for number in (4, 5, 6)] == [("es",), (), ("es",)]


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["en", "es", "und"])), max_size=200))
def test_it_never_keeps_more_than_it_may(said: list[tuple[int, str]]) -> None:
    earlier = Earlier(kept=8)

    for number, (viewer, lang) in enumerate(said, 1):
        told(earlier, number, (("friday", b"%d" % viewer), lang))
    after(earlier, len(said) + 1)

    assert sum(bool(earlier.of(("friday", b"%d" % viewer))) for viewer in range(41)) <= 8
