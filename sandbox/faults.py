"""What should go wrong next. A fault names a Web API method, or a delivery to the bot, and how often it strikes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

# On a Web API method:
#   ratelimited     429 with Retry-After `seconds`          error           500, nothing done
#   drop_request    connection cut, nothing done            drop_answer     done, then connection cut
#   delay_request   wait `seconds`, then do it              delay_answer    do it, then wait `seconds`
#   close_socket    do it, then cut every Socket Mode connection; or with `error_code`: refuse with that Slack error
ON_CALLS = (
    "ratelimited",
    "error",
    "drop_request",
    "drop_answer",
    "delay_request",
    "delay_answer",
    "close_socket",
    "refuse",
)
# On a delivery (`slash_commands`, `interactive`, `events_api`):
#   deliver_twice   the same payload in two envelopes       deliver_late    wait `seconds` first
#   lose_ack        the acknowledgement is not seen         close_socket    cut the connection it went to, after sending
ON_DELIVERIES = ("deliver_twice", "deliver_late", "lose_ack", "close_socket")
DELIVERIES = ("slash_commands", "interactive", "events_api")


@dataclass(slots=True)
class Fault:
    kind: str
    on: str  # a method, a delivery, or "*" for every method
    times: int = 1
    seconds: float = 1.0
    channel: str | None = None
    error: str = "internal_error"  # what `refuse` answers
    skip: int = 0  # let so many pass first


class Faults:
    def __init__(self) -> None:
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Queue a fault; ValueError when the kind does not fit what it is on."""
        known = ON_DELIVERIES if fault.on in DELIVERIES else ON_CALLS
        if fault.kind not in known:
            raise ValueError(f"{fault.kind!r} cannot happen to {fault.on!r}; choose one of {', '.join(known)}")
        if fault.times < 1:
            raise ValueError("times must be at least 1")
        self._pending.append(fault)

    def take(self, on: str, channel: str | None = None) -> Fault | None:
        """The fault that strikes this time, if any."""
        for fault in self._pending:
            if fault.on != on and not (fault.on == "*" and on not in DELIVERIES):
                continue
            if fault.channel is not None and fault.channel != channel:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self._pending.remove(fault)
            return fault
        return None

    def clear(self) -> None:
        self._pending.clear()

    def pending(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._pending]
