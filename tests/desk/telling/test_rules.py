"""By which way a notice goes, and what of a message goes where nothing can be taken back: for any ways and messages."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from desk.contacts.methods import CODED, Way
from desk.messages import Action, Bullets, Buttons, ChartRef, Command, Message, Paragraph, Part, Quote, Text
from desk.telling.plainly import LINKED, plainly
from desk.telling.rules import first_way

WAYS = st.lists(
    st.builds(
        Way,
        st.sampled_from(["slack", "discord", "email", "webhook"]),
        st.sampled_from(["a", "b"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda way: (way.method, way.address),
).map(lambda ways: sorted(ways, key=lambda way: not way.counts))  # as `ways` gives them

BUTTON = Action("send_note", "handover:1", 1, "Send")
HAVE_IT = Action("have_it", "handover:1", 1, "I have it")
PARTS = st.lists(
    st.one_of(
        st.builds(
            Quote, st.just(date(2026, 3, 6)), st.integers(1, 9), st.just("en"), st.sampled_from(["", "3 viewers"])
        ),
        st.just(Paragraph((Text("ours"),))),
        st.just(Bullets(((Text("ours too"),),))),
        st.just(Buttons((BUTTON,))),
    ),
    max_size=8,
)


@given(WAYS, st.booleans())
def test_each_way_is_tried_once_and_it_comes_to_an_end(ways: list[Way], unverified: bool) -> None:
    tried: set[tuple[str, str]] = set()
    while (way := first_way(ways, tried, unverified=unverified)) is not None:
        assert (way.method, way.address) not in tried
        assert way.counts or unverified or way.method not in CODED, "an address without its code gets nothing"
        tried.add((way.method, way.address))
    assert {(way.method, way.address) for way in ways if way.counts} <= tried, "no way that counts is left out"


@given(WAYS)
def test_what_counts_comes_before_what_does_not(ways: list[Way]) -> None:
    way = first_way(ways, unverified=True)

    assert way is None or way.counts or not any(one.counts for one in ways)


@given(PARTS)
def test_nothing_that_a_viewer_wrote_or_that_cannot_be_pressed_goes_out_plainly(parts: list[Part]) -> None:
    chart = ChartRef("oncall", {}, "who is on call")
    message = Message(
        "notice", "Hand-over", tuple(parts), chart=chart, actions=(BUTTON, HAVE_IT), footer=(Command("/oncall me"),)
    )

    told = plainly(message, "ben")

    assert told.quotes() == []
    assert not [part for part in told.parts if isinstance(part, Buttons)]
    assert {action.verb for action in told.actions} <= set(LINKED)
    assert (told.chart, told.footer, told.mentions) == (None, (), ("ben",))
    assert [part for part in told.parts if part == Paragraph((Text("ours"),))] == [
        part for part in parts if part == Paragraph((Text("ours"),))
    ], "what is ours stays, in its order"
    assert plainly(told, "ben") == told
