"""What an incident says of a signal: payments that fail, players that stall, viewers who leave, a source not heard.

The figures of each of its scopes stand in the incident's `why["signals"]`, by market and signal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from desk.incidents.rules import Rise
from desk.incidents.why import Why
from desk.messages import Span, Text, When, woven
from desk.moment import Moment
from desk.signals import ABANDONED_CARTS, EXITS, PAYMENT_FAILURES, SILENCE, STALLS, is_signal
from desk.words import Tongue, category_name
from store import incidents
from store.incidents import Incident

MOST_SOURCES = 5  # that a card names


def facts(rise: Rise, why: Why) -> Mapping[str, Any]:
    """What an incident that opens with this rise keeps of it; nothing for complaints."""
    return {"signals": {_key(rise): dict(why.facts)}} if is_signal(rise.category) and why.facts else {}


def note(moment: Moment, row: Incident, rise: Rise, why: Why) -> bool:
    """Keep the newest figures of a signal; when it is over those stay that it had while it was an alarm, and only its
    minutes go on. Whether there were any."""
    if not is_signal(rise.category) or not why.facts:
        return False
    known = dict(row.why)
    before = known.get("signals", {}).get(_key(rise), {})
    its = dict(why.facts) if rise.alarm else {**why.facts, **before, "minutes": why.facts.get("minutes", [])}
    known["signals"] = {**known.get("signals", {}), _key(rise): its}
    incidents.note(moment.connection, row.id, why=known)
    return True


def _key(rise: Rise) -> str:
    return f"{rise.category}/{rise.market}"


def of_scope(why: Mapping[str, Any], market: str, signal: str) -> Mapping[str, Any]:
    """The figures of one scope, as its rise told them; empty where there are none."""
    found: Mapping[str, Any] = why.get("signals", {}).get(f"{signal}/{market}", {})
    return found


def called(t: Tongue, signal: str) -> str:
    """What a headline calls a signal."""
    name = category_name(t, signal)
    return name[:1].upper() + name[1:]


def figures(t: Tongue, signal: str, its: Mapping[str, Any]) -> str:
    """One clause with the figures: "38 % of 52 attempts fail, usually 4 %"; empty where nothing is known."""
    if not its:
        return ""
    if signal == SILENCE:
        return t("{sources} not heard", sources=t.listed([one["source"] for one in its["sources"][:MOST_SOURCES]]))
    share, usual, among = t.percent(its["share"]), t.percent(its["usual_share"]), round(its["among"])
    if signal == PAYMENT_FAILURES:
        return t("{share} of {among} attempts fail, usually {usual}", share=share, among=among, usual=usual)
    if signal == STALLS:
        return t("{share} of {among} viewers stall, usually {usual}", share=share, among=among, usual=usual)
    if signal == EXITS:
        return t(
            "{share} of {among} viewers left within two minutes, usually {usual}",
            share=share,
            among=among,
            usual=usual,
        )
    return t("{share} of {among} carts do not go on, usually {usual}", share=share, among=among, usual=usual)


def finding(t: Tongue, signal: str, its: Mapping[str, Any], *, told: bool = False, over: bool = False) -> list[Span]:
    """The card's first sentences; without the figures where they are `told` already."""
    if signal == SILENCE:
        return _silence(t, its, over)
    said = "" if told else figures(t, signal, its)
    spans: list[Span] = [Text(said + "." if t.locale.language != "zh" else said + "。", "strong")] if said else []
    if its and signal == ABANDONED_CARTS:
        more = t("About {missing} checkouts are missing in three minutes.", missing=round(its["viewers"]))
    elif its:
        more = t("{viewers} viewers in two minutes.", viewers=round(its["viewers"]))
    else:
        more = ""
    return [*spans, Text(" " + more if spans else more)] if more else spans


def _silence(t: Tongue, its: Mapping[str, Any], over: bool) -> list[Span]:
    spans: list[Span] = []
    said = (
        t("{source} sent nothing from {at} on, usually {rate} events a minute.")
        if over
        else t("{source} has sent nothing since {at}, usually {rate} events a minute.")
    )
    for one in its.get("sources", [])[:MOST_SOURCES]:
        since, usual = When(datetime.fromisoformat(one["since"])), Text(t.number(one["usual"]))
        spans += [Text(" ")] if spans else []
        spans += woven(said, source=Text(one["source"], "strong"), at=since, rate=usual)
    if over:
        return spans  # nobody has to look for what has come back
    check = t("Check whether its sender runs, what it is answered, and whether its key is still valid.")
    return [*spans, Text(" " + check)]


def joined(t: Tongue, category: str) -> str:
    """A line of history: what viewers say and what they do have come together."""
    if category == PAYMENT_FAILURES:
        return t("Payments fail too")
    if category == STALLS:
        return t("Players stall too")
    return t("Viewers complain of it too")


def ended(t: Tongue, category: str) -> str:
    return t("It is heard again") if category == SILENCE else t("The spike ended by itself")


def sources_chart(its: Sequence[Mapping[str, Any]], until: datetime) -> tuple[list[str], list[int], float]:
    """(starts of minutes, events of the silent sources in each, usual a minute), up to `until`."""
    newest = max(datetime.fromisoformat(one["until"]) for one in its)
    length = max(len(one["minutes"]) for one in its)
    last = newest.replace(second=0, microsecond=0, tzinfo=UTC) - timedelta(minutes=1)
    later = max(0, int((until - newest).total_seconds() // 60))
    totals = [sum(one["minutes"][-back] for one in its if len(one["minutes"]) >= back) for back in range(length, 0, -1)]
    starts = [last - timedelta(minutes=length - 1 - place) for place in range(length + later)]
    return [at.isoformat() for at in starts], [*totals, *[0] * later], sum(one["usual"] for one in its)
