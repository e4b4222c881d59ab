"""How a chat platform asks the desk: commands in, buttons in, messages out. `bot.py` supplies the real one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from desk.forms import Form, Refused, Values
from desk.handover.note import RemarksForm
from desk.messages import Fill, Message


@dataclass(frozen=True, slots=True)
class Asker:
    """Who typed or tapped: `user` and `channel` are the platform's ids, `zone` and `locale` the person's own."""

    platform: str
    user: str
    name: str
    channel: str
    zone: str = "UTC"
    locale: str = "en"


class Answering(Protocol):
    async def ask(self, command: str, text: str, asker: Asker) -> Message:
        """Answer `/live complaints` (command "live", text "complaints"). Never raises for what was typed."""
        ...

    async def form(self, command: str, text: str, asker: Asker) -> Form | None:
        """The form that a command opens where a platform has forms; None when `ask` answers it."""
        ...

    async def submit(self, word: str, values: Values, asker: Asker) -> Message | Refused:
        """Do what a form says (`desk.forms.Form.word`), or say at which fields something is wrong."""
        ...

    async def follow(self, command: str, text: str, asker: Asker) -> Message | None:
        """The second answer to what `ask` answered, when it takes long; None when there is none."""
        ...

    async def act(self, encoded: str, asker: Asker) -> Message:
        """Do what a button says (`desk.messages.Action.encoded`); the answer is for the one who tapped."""
        ...

    async def remarks(self, encoded: str, asker: Asker) -> RemarksForm | Message:
        """The field that a button opens (`remarks` of a hand-over note), or why there is none for whoever tapped."""
        ...

    async def remark(self, encoded: str, text: str, asker: Asker) -> str | None:
        """Keep what was typed into it (`encoded` names the note and the version it was opened with); a sentence when it
        cannot be kept."""
        ...

    async def fill(self, message: Message, platform: str, *, with_chart: bool = True) -> Fill:
        """Words, names, contacts and the drawn chart of a message that is sent directly."""
        ...
