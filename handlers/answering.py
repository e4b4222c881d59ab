"""How a chat platform asks the desk: commands in, buttons in, messages out. `bot.py` supplies the real one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from desk.forms import Filled, Form, Refused
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

    def opens(self, encoded: str) -> bool:
        """Whether a button opens a form instead of doing something."""
        ...

    async def open(self, encoded: str, asker: Asker) -> Form | Message:
        """The form that such a button opens, or why it opens none for whoever tapped."""
        ...

    async def submit(self, word: str, filled: Filled, asker: Asker) -> Message | Form | Refused | None:
        """Do what a form says (`desk.forms.Form.word`), ask further by another form, or say at which fields something
        is wrong; None when it is done and there is nothing to say."""
        ...

    async def follow(self, command: str, text: str, asker: Asker) -> Message | None:
        """The second answer to what `ask` answered, when it takes long; None when there is none."""
        ...

    async def act(self, encoded: str, asker: Asker) -> Message:
        """Do what a button says (`desk.messages.Action.encoded`); the answer is for the one who tapped."""
        ...

    async def fill(self, message: Message, platform: str, *, with_chart: bool = True) -> Fill:
        """Words, names, contacts and the drawn chart of a message that is sent directly."""
        ...
