"""Swaps and covers with people who have no chat: what is asked of them is mailed, and answered from the mail by links,
through the real sender, a real mail server and the real page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from aiohttp import ClientSession
from cryptography.fernet import Fernet

from desk.messages import Fill
from desk.oncall import requests
from desk.oncall.current import current
from desk.oncall.requests import NotDone
from desk.oncall.resolve import who
from handlers.acknowledging.http import make_router, page_handler
from handlers.acknowledging.links import AcknowledgeLinks
from handlers.configuration import load_text
from handlers.sender import Sender
from store import oncall_requests
from store.engine import Store
from store.oncall_requests import Request
from tests.factories import WORKSPACE
from tests.fakes.platform import ScriptedPlatform
from tests.handlers.email.server import MailServer, mail_server
from tests.handlers.feedback.serving import serve
from tests.handlers.webhook.test_platform import KEY, platform, receiver
from tests.stories.shifts import ANA, Shifts, berlin
from tests.stories.test_telling import CHANNEL, IN_CHINESE, headlines, mails, opened
from tests.stories.test_telling_house import mailing, text_of

LINK = re.compile(r"^(?P<label>.+)\n(?P<url>\S*/v1/acknowledge/lda_[\w.-]+)$", re.MULTILINE)
ANAS, BENS = (berlin("10T09:00"), berlin("10T13:00")), (berlin("11T13:00"), berlin("11T21:00"))


@dataclass
class House:
    shifts: Shifts
    server: MailServer
    sender: Sender
    client: ClientSession

    async def mailed(self, subject: str) -> dict[str, str]:
        """The links of the newest mail of a subject, by their labels."""
        await self.sender.drain()
        found = [mail for mail in self.server.mails if subject in " ".join(str(mail["Subject"]).split())]
        assert found, [str(mail["Subject"]) for mail in self.server.mails]
        text = text_of(found[-1]).replace("\r\n", "\n")
        return {one["label"]: one["url"] for one in LINK.finditer(text)}

    async def look(self, url: str, method: str = "GET") -> str:
        async with self.client.request(method, url) as answer:
            assert answer.status == 200
            return await answer.text()

    async def press(self, url: str, **chosen: str) -> str:
        async with self.client.post(url, data=chosen) as answer:
            assert answer.status == 200
            return await answer.text()

    def asks(self, kind: str, person: str, span: tuple[datetime, datetime], asked: str | None) -> Request:
        made = self.shifts.store.write(
            lambda c: requests.ask(self.shifts.moment(c), kind, "emea", person, *span, asked)
        )
        assert isinstance(made, Request), made
        return made

    def request(self) -> Request:
        found = self.shifts.store.read(lambda c: oncall_requests.get(c, WORKSPACE, 1))
        assert found is not None
        return found

    def on_call(self, at: datetime) -> tuple[str, ...]:
        plan = self.shifts.store.read(lambda c: current(self.shifts.moment(c), "emea"))
        return who(plan, at + timedelta(hours=1)).people


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    shifts = opened(store)
    links = AcknowledgeLinks(Fernet.generate_key().decode(), "", lambda: shifts.at)
    async with mail_server() as server, AsyncExitStack() as stack:
        handle = page_handler(store, WORKSPACE, lambda: shifts.configuration, lambda: shifts.at)
        port = await stack.enter_async_context(serve(lambda: make_router(links, handle)))
        client = await stack.enter_async_context(ClientSession(f"http://127.0.0.1:{port}"))
        yield House(shifts, server, mailing(shifts, server, links, ScriptedPlatform()), client)


# ── asked of somebody without chat ───────────────────────────────────────────────────────────────────────────────


async def test_a_swap_is_answered_from_the_mail_with_a_shift_of_ones_own(house: House) -> None:
    house.asks("swap", "ana", ANAS, "ben")

    links = await house.mailed("Ana Weber would like to swap a shift: emea, Tue 10 Mar 09:00 – 13:00 (Berlin)")

    assert list(links) == ["Offer a shift of mine", "Take it, no swap", "No, thanks"]
    page = await house.look(links["Offer a shift of mine"])
    assert "Ana Weber then decides; nothing changes before." in page
    choices = dict(re.findall(r'value="(emea:\d+:\d+)" required> ([^<]+)<', page))
    wanted = next(value for value, label in choices.items() if label == "emea · Wed 11 Mar 13:00 – 21:00")
    assert "No, thanks" not in page, "one button a page"

    told = await house.press(links["Offer a shift of mine"], choice=wanted)

    assert "Offered; Ana Weber decides" in told
    (offer,) = house.shifts.store.read(lambda c: oncall_requests.offers(c, 1))
    assert (offer.person, offer.starts_at, offer.ends_at, offer.state) == ("ben", *BENS, "open")
    assert "Ben Krüger offers a shift for yours" in headlines(house.shifts.told(ANA))


@pytest.mark.parametrize("chosen", ["", "emea:1:2", "nowhere:1773129600:1773158400", "x" * 9000])
async def test_no_other_shift_can_be_offered_than_the_page_names(house: House, chosen: str) -> None:
    house.asks("swap", "ana", ANAS, "ben")
    links = await house.mailed("Ana Weber would like to swap")

    page = await house.press(links["Offer a shift of mine"], choice=chosen)

    assert 'type="radio"' in page, "it asks again"
    assert house.shifts.store.read(lambda c: oncall_requests.offers(c, 1)) == []


@pytest.mark.parametrize(("kind", "label"), [("swap", "Take it, no swap"), ("cover", "I take it")])
async def test_it_is_taken_from_the_mail_once(house: House, kind: str, label: str) -> None:
    house.asks(kind, "ana", ANAS, "ben")
    links = await house.mailed("Ana Weber")

    for method in ("GET", "HEAD", "GET"):
        page = await house.look(links[label], method)
    assert "You will be on call for emea, Tue 10 Mar 09:00 – 13:00 (Berlin)." in page
    assert house.request().state == "open", "mail scanners follow links"

    done = await house.press(links[label])

    assert "Ben Krüger takes Ana Weber&#x27;s shift" in done
    assert "Ana Weber → Ben Krüger" in done
    assert "<form" not in done
    assert house.on_call(ANAS[0]) == ("ben",)
    for again in (await house.press(links[label]), await house.look(links["No, thanks"])):
        assert "Ben Krüger was first: it is taken." in again
        assert "<form" not in again


async def test_it_is_turned_down_from_the_mail_and_whoever_asked_hears_of_it(house: House) -> None:
    house.asks("swap", "ana", ANAS, "ben")
    links = await house.mailed("Ana Weber")
    assert "Ana Weber is told, and can ask somebody else." in await house.look(links["No, thanks"])

    done = await house.press(links["No, thanks"])

    assert "Turned down; they are told" in done
    assert (house.request().state, house.request().decided_by) == ("declined", "ben")
    (told,) = [one for one in house.shifts.told(ANA) if "turned down" in one.headline]
    assert told.headline == "Ben Krüger turned down your request: emea, Tue 10 Mar 09:00 – 13:00 (Berlin)"
    card = house.shifts.told(CHANNEL)[0]
    assert card.headline.startswith("Ben Krüger turned down what Ana Weber asked: emea")
    assert card.actions == ()
    assert "Ben Krüger turned it down." in await house.look(links["Take it, no swap"])
    assert house.on_call(ANAS[0]) == ("ana",)
    assert house.asks("swap", "ana", ANAS, None).state == "open", "somebody else can be asked"


async def test_what_changed_meanwhile_is_said_and_nothing_is_done(house: House) -> None:
    house.asks("cover", "ana", ANAS, "ben")
    links = await house.mailed("Ana Weber")
    house.shifts.store.write(lambda c: requests.withdraw(house.shifts.moment(c), 1, "ana"))

    assert "It was withdrawn, so nobody is asked any more." in await house.press(links["I take it"])
    assert house.on_call(ANAS[0]) == ("ana",)


async def test_a_link_ends_with_what_it_asks(house: House) -> None:
    house.asks("cover", "ana", ANAS, "ben")
    links = await house.mailed("Ana Weber")

    house.shifts.at = berlin("10T12:00")
    assert "<form" in await house.look(links["I take it"]), "days later it is good: the shift has not ended"
    house.shifts.at = berlin("10T13:00")
    assert "Its time has come" in await house.press(links["I take it"])


async def test_the_mail_says_what_an_admin_can_do_where_the_links_lead_nowhere(house: House) -> None:
    house.asks("swap", "ana", ANAS, "ben")
    await house.mailed("Ana Weber")

    (mail,) = [one for one in house.server.mails if "Ana Weber" in str(one["Subject"])]
    assert "bot.py oncall answer 1 offer|take|refuse --as ben" in " ".join(text_of(mail).split())


# ── asked by somebody without chat ───────────────────────────────────────────────────────────────────────────────


async def offered(house: House) -> dict[str, str]:
    """Ben has asked, and Ana offers her Tuesday morning."""
    house.asks("swap", "ben", BENS, None)
    given = house.shifts.store.write(lambda c: requests.give(house.shifts.moment(c), 1, "ana", "emea", *ANAS))
    assert not isinstance(given, NotDone)
    return await house.mailed("Ana Weber offers a shift for yours")


async def test_an_offer_is_agreed_to_from_the_mail(house: House) -> None:
    links = await offered(house)
    assert list(links) == ["Swap", "No, thanks"]
    page = await house.look(links["Swap"])
    assert "You would get: emea · Tue 10 Mar 09:00 – 13:00" in page
    assert "They would get: emea · Wed 11 Mar 13:00 – 21:00" in page

    done = await house.press(links["Swap"])

    assert "You swapped shifts with Ana Weber" in done
    assert (house.on_call(ANAS[0]), house.on_call(BENS[0])) == (("ben",), ("ana",))
    assert "it is taken" in await house.press(links["No, thanks"])


async def test_an_offer_is_turned_down_from_the_mail(house: House) -> None:
    links = await offered(house)
    assert "Ana Weber is told, and can offer another shift." in await house.look(links["No, thanks"])

    assert "Turned down; they are told" in await house.press(links["No, thanks"])

    assert "Ben Krüger turned down the shift that you offered" in headlines(house.shifts.told(ANA))
    assert "This offer is no longer open." in await house.press(links["Swap"])
    assert house.request().state == "open"


# ── in chat, in their night, in their language, by webhook ───────────────────────────────────────────────────────


def test_whoever_is_asked_in_chat_has_the_same_buttons(store: Store) -> None:
    shifts = opened(store, by_mail=False)
    asked = shifts.store.write(lambda c: requests.ask(shifts.moment(c), "swap", "emea", "ben", *BENS, "ana"))
    assert isinstance(asked, Request)

    (mine,) = [one for one in shifts.told(ANA) if "swap" in one.headline]
    (teams,) = [one for one in shifts.told(CHANNEL) if "swap" in one.headline]
    assert [action.verb for action in mine.actions] == ["offer", "take_it", "refuse"]
    assert [action.verb for action in teams.actions] == ["offer", "take_it", "withdraw"]
    assert shifts.store.write(lambda c: requests.refuse(shifts.moment(c), 1, "maya")) == NotDone("asked_other", "ana")
    assert isinstance(shifts.store.write(lambda c: requests.refuse(shifts.moment(c), 1, "ana")), Request)
    assert shifts.store.write(lambda c: requests.refuse(shifts.moment(c), 1, "ana")) == NotDone("declined", "ana")


def test_what_is_asked_of_nobody_in_particular_is_nobodys_to_turn_down(store: Store) -> None:
    shifts = opened(store)
    shifts.store.write(lambda c: requests.ask(shifts.moment(c), "swap", "emea", "ben", *BENS, None))

    assert shifts.store.write(lambda c: requests.refuse(shifts.moment(c), 1, "ana")) == NotDone("not_theirs", "ben")


@pytest.mark.parametrize("by", ["ana", "ben"])
def test_what_is_over_before_their_morning_is_not_mailed(store: Store, by: str) -> None:
    shifts = opened(store, at="06T23:30")
    if by == "ana":  # asks Ben, and withdraws
        shifts.store.write(lambda c: requests.ask(shifts.moment(c), "swap", "emea", "ana", *ANAS, "ben"))
        assert mails(shifts) == []
        shifts.store.write(lambda c: requests.withdraw(shifts.moment(c), 1, "ana"))
    else:  # asked, is offered a shift, and agrees on the command line
        shifts.store.write(lambda c: requests.ask(shifts.moment(c), "swap", "emea", "ben", *BENS, None))
        shifts.store.write(lambda c: requests.give(shifts.moment(c), 1, "ana", "emea", *ANAS))
        shifts.store.write(lambda c: requests.agree(shifts.moment(c), 1, "ben", "cli"))

    shifts.until(berlin("07T07:05"), every=timedelta(minutes=5))

    assert not [one for one in headlines(mails(shifts)) if "swap a shift" in one or "offers" in one]


def test_what_is_asked_in_their_night_is_mailed_in_their_morning(store: Store) -> None:
    shifts = opened(store, at="06T23:30")
    shifts.store.write(lambda c: requests.ask(shifts.moment(c), "swap", "emea", "ana", *ANAS, "ben"))

    shifts.until(berlin("07T07:05"), every=timedelta(minutes=5))

    (told,) = [one for one in mails(shifts) if "swap a shift" in one.headline]
    assert [action.verb for action in told.actions] == ["offer", "take_it", "refuse"]


async def test_a_webhook_says_which_answer_each_link_gives(store: Store) -> None:
    shifts = opened(store)
    shifts.store.write(lambda c: requests.ask(shifts.moment(c), "cover", "emea", "ana", *ANAS, "ben"))
    (told,) = [one for one in mails(shifts) if "take a shift" in one.headline]

    async with receiver() as hook:
        await platform().post(hook.url, None, told, Fill(), KEY)

    said: Any = orjson.loads(hook.requests[0][1])
    assert [(one["request"], one["does"]) for one in said["answer"]] == [(1, "take_it"), (1, "refuse")]
    assert all("/v1/acknowledge/lda_" in one["url"] for one in said["answer"])


async def test_the_page_speaks_the_language_of_the_mail(house: House) -> None:
    spoken = IN_CHINESE.replace("members: [ana, ben], markets", "locale: zh_CN, members: [ana, ben], markets")
    known = load_text(spoken, "livedesk.yaml")
    house.shifts.configuration = replace(known, further_ways=("email", "webhook"))
    house.asks("cover", "ana", ANAS, "ben")
    links = await house.mailed("Ana Weber")

    assert all(not label.isascii() for label in links), links
    done = await house.press(next(iter(links.values())))
    assert 'lang="zh' in done
    assert "Turned" not in done
