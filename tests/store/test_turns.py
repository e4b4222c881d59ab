"""Units that must not run beside each other, and in which order they do."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.turns import Turns


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
def test_it_runs_what_is_soon_first_and_the_oldest_of_each_kind_first(given_up: list[tuple[bool, bool]]) -> None:
    turns, gate, ran = Turns("test"), threading.Event(), list[int]()
    first = turns.submit(gate.wait)
    waiting = [turns.submit(lambda n=n: ran.append(n), soon=soon) for n, (soon, _) in enumerate(given_up)]
    cancelled = {n for n, (_, leaves) in enumerate(given_up) if leaves and waiting[n].cancel()}

    gate.set()
    turns.shutdown()

    kept = [n for n in range(len(given_up)) if n not in cancelled]
    assert ran == sorted(kept, key=lambda n: (not given_up[n][0], n))
    assert first.result()
    for n, one in enumerate(waiting):
        if n in cancelled:
            with pytest.raises(CancelledError):
                one.result()
        else:
            assert one.done()


def test_it_hands_back_what_a_unit_raises_and_goes_on() -> None:
    turns = Turns("test")

    failed, fine = turns.submit(lambda: 1 // 0), turns.submit(lambda: 7)

    with pytest.raises(ZeroDivisionError):
        failed.result()
    assert fine.result() == 7
    turns.shutdown()


def test_it_takes_nothing_after_it_was_shut_down() -> None:
    turns = Turns("test")
    turns.shutdown()

    with pytest.raises(RuntimeError):
        turns.submit(lambda: None)
