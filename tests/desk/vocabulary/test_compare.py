from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analytics.reading import Category, FoundCategory, Intent, Label, Reading
from desk.vocabulary.compare import Change, Comparison, changes


def reading(
    intent: Intent = "other", category: Category | None = None, label: Label = "neutral", text: str = "pills"
) -> Reading:
    found = (FoundCategory(category, 0.9, ("pills",)),) if category else ()
    return Reading("en", 0.0, label, intent, 0.9, found, text, "m")


def test_it_tells_what_a_comment_was_and_is_taken_for() -> None:
    assert changes(reading(), reading("complaint", "quality")) == [Change("intent", "other", "complaint: quality")]


def test_it_tells_of_a_mood_alone_where_nothing_else_changes() -> None:
    assert changes(reading(), reading(label="positive")) == [Change("sentiment", "neutral", "positive")]
    assert changes(reading(), reading("praise", label="positive")) == [Change("intent", "other", "praise")]


def test_it_shows_what_is_said_most_first() -> None:
    found = Comparison()
    for text, market in [("a", "us"), ("b", None), ("b", "us"), ("b", "eu")]:
        found.add(market, reading(text=text), reading("praise", text=text))

    ((change, times, (example,)),) = found.changes(examples=1)

    assert (change, times) == (Change("intent", "other", "praise"), 4)
    assert (example.text, example.times, example.markets) == ("b", 3, ("eu", "us"))


READINGS = st.builds(
    reading,
    st.sampled_from(["other", "praise", "question"]),
    st.sampled_from([None, "price"]),
    st.sampled_from(["neutral", "negative"]),
    st.sampled_from(["a", "b", "c"]),
)


@given(st.lists(st.tuples(READINGS, READINGS)))
def test_it_counts_every_comment_once_before_and_once_after(pairs: list[tuple[Reading, Reading]]) -> None:
    found = Comparison()
    for before, after in pairs:
        found.add("us", before, after)

    for counts in (found.intents, found.categories, found.sentiments):
        assert sum(counts.before.values()) == sum(counts.after.values()) == found.comments == len(pairs)
    told = found.changes(examples=100)
    assert sum(times for _, times, _ in told) == found.changed
    assert all(sum(one.times for one in examples) == times for _, times, examples in told)
