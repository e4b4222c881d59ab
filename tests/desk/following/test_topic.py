from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desk.following.topic import mark, merged, part

LIMIT = 250
THEIRS = st.text(st.characters(exclude_characters="[]☎", exclude_categories=("Cs",)), max_size=200)
SAID = st.text(max_size=120)


@given(THEIRS, THEIRS, SAID, SAID)
def test_what_people_wrote_is_kept_to_the_letter(before: str, after: str, first: str, second: str) -> None:
    standing = f"{before}{part('emea', first)}{after}"

    found = merged(standing, "emea", part("emea", second), LIMIT)

    if found is not None:
        assert len(found) <= LIMIT
        assert found.startswith(before + mark("emea"))
        assert found.endswith("]" + after)


@given(THEIRS, SAID)
def test_ours_is_put_at_the_end_once(theirs: str, said: str) -> None:
    once = merged(theirs, "emea", part("emea", said), LIMIT)

    if once is not None:
        assert once.startswith(theirs.rstrip())
        assert once.count(mark("emea")) == 1
        assert len(once) <= LIMIT
        again = merged(once, "emea", part("emea", said), LIMIT)
        assert again is not None
        assert again.count(mark("emea")) == 1


def test_two_schedules_share_a_topic() -> None:
    one = merged("Ops", "emea", part("emea", "Ana"), LIMIT) or ""
    both = merged(one, "americas", part("americas", "Maya"), LIMIT) or ""

    assert merged(both, "emea", part("emea", "Ben"), LIMIT) == "Ops [☎ emea: Ben] [☎ americas: Maya]"


def test_ours_is_shortened_and_theirs_never_is() -> None:
    theirs = "x" * 210

    found = merged(theirs, "emea", part("emea", "Ana Weber until Mon 9 Mar 09:00 (Berlin)"), LIMIT) or ""

    assert found.startswith(theirs + " [☎ emea: Ana Weber")
    assert found.endswith("…]")
    assert len(found) <= LIMIT
    assert merged("x" * 240, "emea", part("emea", "Ana"), LIMIT) is None
