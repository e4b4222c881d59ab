"""`/live incidents [show]`: what is open and what was; `/live incidents 12`: the whole record of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from desk.incidents.card import actor
from desk.incidents.rules import LIVEDESK, OVER
from desk.incidents.said import name
from desk.incidents.showing import market_name
from desk.incidents.why import title_of
from desk.messages import Bullets, Command, Facts, Message, Paragraph, Part, Span, Table, Text, When
from desk.moment import Moment
from desk.questions.asking import Asker, meant
from desk.questions.unknown import unknown_show
from desk.signals import is_signal
from desk.words import Tongue, category_name
from store import incidents
from store.incidents import Incident

MOST_LISTED = 20
MOST_RECORDED = 60  # of one incident's record, the newest


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    number = text.strip().removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 16:
        row = incidents.get(moment.connection, moment.workspace, int(number))
        return _record(moment, row, asker, t) if row else _unknown(int(number), asker, t)
    show = None
    if text.strip():
        found = meant(moment, text)
        if found is None or found.first is None:
            return unknown_show(moment, text, found, asker, t, command="/live incidents")
        show = found.key
    return _list(moment, show, asker, t)


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _list(moment: Moment, show: str | None, asker: Asker, t: Tongue) -> Message:
    open_ones = incidents.open_ones(moment.connection, moment.workspace, show)
    ended = [
        one
        for one in incidents.recent(moment.connection, moment.workspace, show, len(open_ones) + MOST_LISTED)
        if one.state in OVER
    ]
    listed = [*reversed(open_ones), *ended][:MOST_LISTED]
    if not listed:
        headline = (
            t("No incidents in {show}", show=title_of(moment, show)) if show else t("There were no incidents yet")
        )
        return _message(headline, (Paragraph((Text(t("A rise in complaints becomes one.")),)),), asker, t)
    header = (t("No."), t("What"), t("State"), t("Since"), t("Owner"), t("Taken after"), t("How it ended"))
    rows = tuple(_row(moment, one, asker, t) for one in listed)
    headline = (
        t("One incident is open") if len(open_ones) == 1
        else t("{n} incidents are open", n=len(open_ones)) if open_ones
        else t("No incident is open")
    )  # fmt: skip
    footer: tuple[Span, ...] = (
        Text(t("The whole record of one:") + " "),
        Command(f"/live incidents {listed[0].id}"),
    )
    return _message(headline, (Table(header, rows),), asker, t, footer)


def _row(moment: Moment, one: Incident, asker: Asker, t: Tongue) -> tuple[str, ...]:
    return (
        str(one.id),
        f"{one.severity} · {category_name(t, one.category)} · {_markets(moment, one, t)}",
        _state(one, t),
        t.day_time(one.began_at, asker.zone),
        name(moment, one.acknowledged_by) if one.acknowledged_by else "",
        _taken_after(one, t),
        _end(moment, one, asker, t),
    )


def _state(one: Incident, t: Tongue) -> str:
    state = {
        "open": t("open"),
        "acknowledged": t("in hand"),
        "resolved": t("over"),
        "expired": t("expired"),
    }[one.state]
    if one.muted is not None and one.state not in OVER:
        state = t("{state}, muted", state=state)
    return f"{state} (×{one.reopened + 1})" if one.reopened else state


def _taken_after(one: Incident, t: Tongue) -> str:
    """How long it was open before somebody had it, this time."""
    if one.acknowledged_at is None:
        return ""
    return t.duration(max(one.acknowledged_at - (one.reopened_at or one.opened_at), timedelta(0)))


def _end(moment: Moment, one: Incident, asker: Asker, t: Tongue) -> str:
    if one.state not in OVER or one.resolved_at is None:
        return ""
    at = t.day_time(one.resolved_at, asker.zone)
    if one.state == "expired":
        return t("expired {at}", at=at)
    if one.resolved_by == LIVEDESK:
        return t("by itself {at}", at=at)
    return t("resolved by {who} {at}", who=name(moment, one.resolved_by), at=at)


def _markets(moment: Moment, one: Incident, t: Tongue) -> str:
    markets = dict.fromkeys(scope.market for scope in incidents.scopes(moment.connection, one.id))
    return t.listed([_market(moment, market) for market in markets])


def _market(moment: Moment, market: str) -> str:
    return market_name(moment, market)


# ── the record of one ────────────────────────────────────────────────────────────────────────────────────────────


def _record(moment: Moment, one: Incident, asker: Asker, t: Tongue) -> Message:
    lines = incidents.history(moment.connection, one.id)
    pairs: list[tuple[str, tuple[Span, ...]]] = [
        (t("State"), (Text(_state(one, t)),)),
        (t("Show"), (Text(title_of(moment, one.show) or "—"),)),
        (t("Since"), (When(one.began_at, "date_time"),)),
    ]
    if one.acknowledged_by is not None:
        pairs.append((t("Owner"), (actor(one.acknowledged_by), Text(" · " + _taken_after(one, t)))))
    if one.state in OVER:
        pairs.append((t("How it ended"), (Text(_end(moment, one, asker, t)),)))
    items = tuple(_line(moment, line, t) for line in lines[-MOST_RECORDED:])
    parts: list[Part] = [Facts(tuple(pairs))]
    if len(lines) > MOST_RECORDED:
        parts.append(Paragraph((Text(t("The newest {n} entries.", n=MOST_RECORDED), "muted"),)))
    parts.append(Bullets(items))
    said = {"number": one.id, "severity": one.severity, "category": category_name(t, one.category)}
    headline = (
        t("Incident {number}: {severity}, {category} in {markets}", **said, markets=_markets(moment, one, t))
        if is_signal(one.category)
        else t(
            "Incident {number}: {severity}, {category} complaints in {markets}",
            **said,
            markets=_markets(moment, one, t),
        )
    )
    return _message(headline, tuple(parts), asker, t)


def _line(moment: Moment, line: Mapping[str, Any], t: Tongue) -> tuple[Span, ...]:
    """When, what, and by whom: Livedesk is not named for what it does by itself."""
    spans: list[Span] = [When(line["at"], "date_time"), Text(" · " + _what(moment, line, t))]
    if line["actor"] != LIVEDESK:
        spans += [Text(" · "), actor(line["actor"])]
    return tuple(spans)


def _what(moment: Moment, line: Mapping[str, Any], t: Tongue) -> str:
    detail = line["detail"]
    market = _market(moment, str(detail.get("market", "")))
    quiet = t(" (muted: nobody was told)") if detail.get("mute") else ""
    known = {
        "opened": lambda: t("opened in {market}", market=market) + quiet,
        "reopened": lambda: t("open again in {market}", market=market) + quiet,
        "joined": lambda: t("rising in {market} too", market=market),
        "worsened": lambda: t("worse: {before}, now {after}", before=detail.get("from"), after=detail.get("to")),
        "paged": lambda: t(
            "paged {person} ({why})", person=name(moment, detail.get("person")), why=detail.get("why", "")
        ),
        "held": lambda: t(
            "held the page for {person} until {at}", person=name(moment, detail.get("person")), at=_until(detail, t)
        ),
        "withdrawn": lambda: t("withdrew the page held for {person}", person=name(moment, detail.get("person"))),
        "asked": lambda: t("asked {person} whether they are still at it", person=name(moment, detail.get("person"))),
        "confirmed": lambda: t("confirmed"),
        "lapsed": lambda: t(
            "open again: {person} did not confirm the acknowledgement", person=name(moment, detail.get("person"))
        ),
        "told": lambda: str(detail.get("text", "")),
        "escalated": lambda: t("escalated"),
        "exhausted": lambda: t("nobody acknowledged: the policy is exhausted"),
        "acknowledged": lambda: t("acknowledged"),
        "resolved": lambda: t("resolved"),
        "ended": lambda: t("ended by itself"),
        "expired": lambda: t("expired"),
        "muted": lambda: t("muted"),
        "unmuted": lambda: t("mute ended"),
    }.get(line["what"])
    return known() if known else str(line["what"])


def _until(detail: Mapping[str, Any], t: Tongue) -> str:
    until = datetime.fromisoformat(str(detail.get("until")))
    return t("{at} UTC", at=t.day_time(until, ZoneInfo("UTC")))


def _unknown(number: int, asker: Asker, t: Tongue) -> Message:
    advice = Paragraph((Text(t("These are known:") + " "), Command("/live incidents")))
    return _message(t("I know no incident {number}", number=number), (advice,), asker, t)


def _message(headline: str, parts: tuple[Part, ...], asker: Asker, t: Tongue, footer: tuple[Span, ...] = ()) -> Message:
    return Message(
        kind="answer", headline=headline, parts=parts, footer=footer, locale=str(t.locale), zone=str(asker.zone)
    )
