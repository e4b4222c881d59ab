"""By which way somebody is told what wakes nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from desk.contacts.methods import CODED, Way


def first_way(ways: Sequence[Way], tried: Collection[tuple[str, str]] = (), *, unverified: bool = False) -> Way | None:
    """The first that counts and was not tried: chat before e-mail before webhook. Where none counts, a chat whose last
    delivery failed, for it may be well again.

    `unverified`: else an address that nobody has vouched for, too. That is for warnings about just this; nothing else
    goes there.

    >>> mail, chat = Way("email", "ana@example.com", True), Way("slack", "U0ANAWEBER", True, works=False)
    >>> first_way([mail, chat]).method, first_way([chat]).method
    ('email', 'slack')
    >>> first_way([Way("email", "ana@example.com", False)]) is None
    True
    """
    left = [way for way in ways if (way.method, way.address) not in tried]
    counting = [way for way in left if way.counts]
    chats = [way for way in left if way.method not in CODED and not tried]
    working = [way for way in left if unverified and way.works]
    return next(iter([*counting, *(working or chats), *chats]), None)
