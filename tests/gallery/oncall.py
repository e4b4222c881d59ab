"""What people on call are told and asked: pages that wait, acknowledgements that end, shifts that begin and end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from desk.gaps import flow as gaps
from desk.incidents import flow as incident_flow
from desk.incidents.rules import Rise
from desk.incidents.why import Why
from desk.reachable import flow as reachable
from desk.shifts import flow as shifts
from store import shifts as read_of_slack
from store.shifts import Disturbance
from tests.factories import WORKSPACE
from tests.gallery import house
from tests.gallery.looks import Look
from tests.gallery.states import state
from tests.gallery.world import World
from tests.stories.evening import SHOW

URGENT, IMPORTANT = 40.0, 12.0  # complaints a minute: P1 and P2
ANA = {"name": "Ana Weber", "timezone": "Europe/Berlin", "languages": ["de", "en"], "contacts": {"slack": "U0ANAWEBER"}}
OLGA = {"name": "Olga Petrova", "timezone": "Europe/Lisbon"}
WAIT = timedelta(minutes=1)


def turns(w: World, **changes: Any) -> tuple[str, str]:
    """A schedule of the reader's by day and a colleague's in the evening, on the reader's clock; the night is nobody's.
    Returns the two."""
    first, second = (person for person in ("maya", "jon")) if w.locale == "en" else ("wei", "lin")
    plain: Mapping[str, Any] = house.read(w.locale)
    zone = plain["teams"]["desk"]["timezone"]
    layers = [
        {
            "name": name,
            "rotation": {"type": "daily", "start": "2026-01-05", "members": [member]},
            "restrictions": [{"from": start, "to": end}],
        }
        for name, member, start, end in (("day", first, "09:00", "17:00"), ("evening", second, "17:00", "23:00"))
    ]
    teams = {"desk": {**plain["teams"]["desk"], "leads": [first]}}
    schedules = {"nights": {"timezone": zone, "no_gaps": True, "layers": layers}}
    w.house(**{"people": {**plain["people"], "ana": ANA}, "schedules": schedules, "teams": teams, **changes})
    return first, second


def policy(**changes: Any) -> dict[str, Any]:
    steps = [{"notify": [{"schedule": "nights"}], "wait": "5m"}, {"notify": [{"person": "ana"}], "wait": "10m"}]
    return {"page": {"steps": steps, **changes}}


def local(w: World, day: int, hour: int, minute: int = 0) -> datetime:
    """That time in March 2026 on the reader's clock."""
    zone = w.evening.configuration.people[w.reader.person].zone
    return datetime(2026, 3, day, hour, minute, tzinfo=zone)


def rise(w: World, observed: float, category: str = "payment") -> None:
    """What the detector of one scope says at the end of a tick."""
    at = w.evening.at
    said = Rise(SHOW, "us", category, at, at, True, False, observed, 1.0, 0.4, 0.02, round(observed))
    w.write(lambda moment: incident_flow.meet(moment, [(said, Why(round(observed), None, (), "", ("en",)))]))


def at(w: World, day: int, hour: int, minute: int = 0) -> None:
    """The clock stands there, and notices of shifts are planned from then on."""
    w.evening.at = local(w, day, hour, minute)
    w.write(shifts.plan)


@state
async def held(w: World, look: Look) -> None:
    """A P2 at night, for somebody in Berlin: the page waits for their morning."""
    turns(w, policies={"page": {"steps": [{"notify": [{"person": "ana"}]}], "urgency": {"P2": "low"}}})
    w.evening.at = datetime.fromisoformat("2026-03-06T02:00:00+00:00")
    rise(w, IMPORTANT)
    await look.card(w, thread=True)


@state
async def disturbed(w: World, look: Look) -> None:
    """Whoever is paged has do-not-disturb on."""
    turns(w, policies=policy())
    at(w, 6, 16)
    now = w.evening.at
    silent = Disturbance(w.reader.user, now - timedelta(hours=1), now + timedelta(hours=15))
    w.write(lambda m: read_of_slack.keep_disturbances(m.connection, WORKSPACE, "slack", [silent], now))
    rise(w, URGENT)
    w.until(now + WAIT)
    await look.card(w, thread=True)
    await look.page(w)


@state
async def confirming(w: World, look: Look) -> None:
    turns(w, policies=policy(acknowledgement_expires="30m"))
    at(w, 6, 16)
    rise(w, URGENT)
    w.evening.tap("acknowledge", w.reader.person)
    await look.card(w, "taken")
    w.until(w.evening.at + 26 * WAIT)
    await look.page(w, "asked")
    w.until(w.evening.at + 5 * WAIT)
    await look.card(w, "expired", thread=True)
    await look.page(w, "expired-page")


@state
async def shift(w: World, look: Look) -> None:
    """A shift begins and ends, with one incident open; the note is edited, sent, confirmed."""
    _, second = turns(w, policies=policy())
    other = w.evening.configuration.people[second].contacts["slack"]
    at(w, 6, 8, 30)
    rise(w, URGENT)
    w.until(local(w, 6, 9, 1))
    await look.page(w, "start")
    w.evening.tap("acknowledge", w.reader.person)
    w.until(local(w, 6, 17))
    await look.page(w, "draft")
    await w.press(w.reader.user, w.reader.direct, "remarks")
    await look.modal(w, w.reader.user, "remarks")
    words = {
        "en": "The bank says nine o'clock.\nI promised Li a call.",
        "zh_CN": "银行说九点恢复。\n我要给李回电话。",
    }
    await w.box.control.submit_view(w.reader.user, {"remarks": words[w.locale]})
    await w.press(w.reader.user, w.reader.direct, "send_note", until="followup")
    await look.person(w, other, "received")
    w.until(local(w, 6, 17, 20))
    await look.person(w, other, "reminded")
    w.until(local(w, 6, 17, 50))
    await look.card(w, "not-confirmed")
    await w.press(other, f"D{other[1:]}", "have_it", until="followup")
    await look.page(w, "confirmed")


@state
async def swapped(w: World, look: Look) -> None:
    """A swap is asked for in the channel, offered and agreed to; then somebody is asked to cover."""
    _, second = turns(w, policies=policy())
    other = w.evening.configuration.people[second].contacts["slack"]
    at(w, 6, 10)
    await w.ask("/oncall swap")
    await look.modal(w, w.reader.user, "form")
    (view,) = await w.box.control.views(w.reader.user)
    mine = next(one["element"]["options"][1] for one in view["blocks"] if one["block_id"] == "shift")
    await w.box.control.submit_view(w.reader.user, {"shift": mine["value"]})
    await w.box.control.close_view(w.reader.user)
    await look.card(w, "asked")
    await w.press(other, w.reader.channel, "offer", until="followup")
    await look.answers(w, other, "which")
    await w.press(other, w.reader.channel, "give", until="followup")
    await look.page(w, "offered")
    await w.press(w.reader.user, w.reader.direct, "agree", until="followup")
    await look.card(w, "agreed")
    await look.person(w, other, "changed")
    await w.ask("/oncall cover me tomorrow 09:00 to 17:00" if w.locale == "en" else "/oncall cover 明天 09:00 到 17:00")
    await look.card(w, "cover")
    await w.press(other, w.reader.channel, "take_it", until="followup")
    w.until(w.evening.at + 5 * WAIT)
    await look.person(w, other, "covering")
    await look.page(w, "covered")


@state
async def overridden(w: World, look: Look) -> None:
    _, second = turns(w, policies=policy())
    other = w.evening.configuration.people[second].contacts["slack"]
    at(w, 6, 10)
    await w.ask("/oncall override")
    await look.modal(w, w.reader.user, "form")
    await look.modal(w, w.reader.user, "error", {"start": "2026-03-06T12:00", "end": "2026-03-06T11:00"})
    now = int(w.evening.at.timestamp())
    await w.box.control.submit_view(w.reader.user, {"person": second, "start": now + 3600, "end": now + 7200})
    await look.modal(w, w.reader.user, "done")
    await w.box.control.close_view(w.reader.user)
    w.until(w.evening.at + 5 * WAIT)
    await look.person(w, other, "told")
    await w.ask("/oncall take")
    await w.ask("/oncall leave 2026-03-12 to 2026-03-13")
    await w.ask("/oncall log")
    await look.card(w, "log")


@state
async def leave_form(w: World, look: Look) -> None:
    turns(w)
    at(w, 6, 10)
    await w.ask("/oncall leave")
    await look.modal(w, w.reader.user, "form")


@state
async def contact(w: World, look: Look) -> None:
    turns(w, policies=policy())
    at(w, 6, 10)
    await w.ask("/oncall contact")
    await w.ask("/oncall contact add email maya@example.com")
    await w.ask("/oncall contact")
    await w.ask("/oncall contact check")
    await look.card(w)


@state
async def unreachable(w: World, look: Look) -> None:
    """Somebody comes on call whom no page reaches."""
    _, second = turns(w)
    people = dict(house.read(w.locale)["people"])
    people[second] = {key: value for key, value in people[second].items() if key != "contacts"}
    turns(w, people={**people, "ana": ANA}, policies=policy())
    at(w, 6, 10)
    w.write(reachable.soon)
    w.until(w.evening.at + WAIT)
    await look.card(w)
    await w.ask("/oncall contact check")
    await look.card(w, "check")


@state
async def paged_by_hand(w: World, look: Look) -> None:
    turns(w, policies=policy())
    at(w, 6, 10)
    words = {"en": "the studio has no sound", "zh_CN": "直播间没有声音"}[w.locale]
    await w.ask(f"/oncall page nights {words}", user="U0ANAWEBER")
    await look.answers(w, "U0ANAWEBER", "confirmation")
    await look.card(w, thread=True)
    await look.page(w)
    w.evening.tap("acknowledge", w.reader.person)
    await look.person(w, "U0ANAWEBER", "caller")


@state
async def asked_oncall(w: World, look: Look) -> None:
    turns(w, policies=policy())
    at(w, 6, 10)
    for text in ("", " me", " who us", " explain", " nights"):
        await w.ask(f"/oncall{text}")
    await look.card(w)


@state
async def asked_plan(w: World, look: Look) -> None:
    turns(w, policies=policy())
    at(w, 6, 10)
    await w.ask("/oncall week", until="chart")
    for text in (" gaps", " covers", " fairness", " handover"):
        await w.ask(f"/oncall{text}")
    await look.card(w)


@state
async def gap(w: World, look: Look) -> None:
    """Hours without anybody, announced in the team's morning; one of them is filled at a tap."""
    turns(w, policies=policy())
    at(w, 6, 8)
    w.write(gaps.plan)
    w.until(local(w, 6, 9, 1))
    await look.card(w)
    await w.press(w.reader.user, w.reader.channel, "fill", until="followup")
    await look.card(w, "filled")
