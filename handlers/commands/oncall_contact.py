"""`bot.py oncall contact`: how somebody is reached, added and verified for those who have no chat to type in."""

from __future__ import annotations

from desk.contacts import flow, own
from desk.moment import Moment
from desk.questions.asking import Asker
from desk.words import Tongue
from handlers.commands.oncall_asked import RefusedError
from handlers.commands.oncall_changes import Place
from handlers.commands.oncall_deeds import Told, act
from handlers.purposes import ContactCodes, webhook_secret

CHANGES = ("add", "verify", "remove")


def contact(place: Place, words: list[str]) -> int:
    """What `/oncall contact …` does, for `--as`. Codes go to the address itself, as in chat: whoever has the database
    vouches for nobody's mailbox.

    Returns the exit code: 0; 2 with the reason when nothing was changed; 1 without a database.
    """
    secret_key = place.settings.keys().secret_key
    codes = ContactCodes(secret_key)

    def do(moment: Moment, asker: Asker, t: Tongue) -> Told:
        person = moment.configuration.people.get(asker.person or "")
        if person is None:
            raise RefusedError("there is no such person in the file")
        before = _mark(moment, asker)
        message = own.answer(
            moment,
            " ".join([own.WORD, *words]),
            asker,
            t,
            codes,
            private_urls=place.settings.webhook_private,
            secret_of=lambda address: webhook_secret(secret_key, address),
        )
        changes = bool(words) and words[0].casefold() in CHANGES
        return Told(message, not changes or _mark(moment, asker) != before)

    return act(place, do)


def _mark(moment: Moment, asker: Asker) -> object:
    return flow.mark_of(moment, moment.configuration.people[asker.person or ""])
