"""Putting messages in the outbox: from there they are sent once, in order, under the platform's pace."""

from __future__ import annotations

from desk import messages
from desk.messages import Message
from desk.moment import Moment
from store import outbox


def say(
    moment: Moment,
    channel: tuple[str, str],
    message: Message,
    *,
    incident: int | None = None,
    thread_of: int | None = None,
    rich: bool = True,
) -> int:
    """A new message for (platform, destination); its id. `rich` False: text alone now, chart and translations after."""
    platform, destination = channel
    return outbox.say(
        moment.connection,
        moment.workspace,
        platform,
        destination,
        messages.dump(message),
        moment.now,
        moment.wall,
        quotes=[(quote.day, quote.event) for quote in message.quotes()],
        incident=incident,
        thread_of=thread_of,
        rich=rich,
    )


def edit(moment: Moment, said: int, message: Message, *, rich: bool) -> None:
    """What the message says from now on; nothing when it says so already."""
    body = messages.dump(message)
    if body == outbox.body_of(moment.connection, said):
        return
    quotes = [(quote.day, quote.event) for quote in message.quotes()]
    outbox.revise(moment.connection, said, body, moment.now, moment.wall, quotes=quotes, rich=rich)
