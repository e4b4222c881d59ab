"""What a change of a schedule gives and takes: told differences, laid over the old shifts, are the new ones."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.oncall.differences import applied, difference, differences, shifts_of
from desk.oncall.resolve import final_schedule, who
from desk.oncall.spans import common, joined
from tests.desk.oncall.strategies import MOMENTS, PEOPLE, Moment, schedules

DAY = timedelta(days=1)
AHEAD = timedelta(days=28)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), moment=st.sampled_from(MOMENTS))
def test_the_told_differences_make_the_new_shifts_of_the_old(data: st.DataObject, moment: Moment) -> None:
    years = st.just((moment.at - 40 * DAY, moment.at))
    earliest, latest = data.draw(years)
    before, after = (data.draw(st.none() | schedules(moment, earliest, latest)) for _ in range(2))
    start = moment.at - 2 * DAY

    was, now_is = (shifts_of(final_schedule(one, start, start + AHEAD) if one else ()) for one in (before, after))
    told = differences(was, now_is)

    for person in PEOPLE:
        old, new = was.get(person, []), now_is.get(person, [])
        assert applied(old, told[person]) == joined(new) if person in told else joined(old) == joined(new)
        if person in told:
            assert told[person], "nobody is told that nothing has changed"
            assert common(told[person].gained, old) == [], "nothing that was theirs is gained"
            assert common(told[person].lost, new) == [], "nothing that stays theirs is lost"
    if after is not None:
        for person, change in told.items():
            for first, _ in change.gained:
                assert person in who(after, first).people, "what is told is what the resolver says"


@given(
    spans=st.lists(
        st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), max_size=6).map(
            lambda pairs: joined([(start, start + length) for start, length in pairs])  # type: ignore[misc]
        ),
        min_size=3,
        max_size=3,
    )
)
def test_two_changes_add_up_to_one(spans: list[list[tuple[int, int]]]) -> None:
    first, second, third = spans

    one = difference(first, second)  # type: ignore[arg-type]
    other = difference(second, third)  # type: ignore[arg-type]

    assert applied(applied(first, one), other) == third  # type: ignore[arg-type]
