"""The chart on an incident's card: complaints a minute, or a signal's rate or share, against what is usual."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from desk.incidents import signals
from desk.incidents.why import complaints_chart, name_of, zone_of
from desk.messages import ChartRef
from desk.moment import Moment
from desk.signals import ABANDONED_CARTS, PAYMENT_FAILURES, SILENCE, is_signal
from desk.words import Tongue, category_name
from store.incidents import Incident, Scope

SHARES = (PAYMENT_FAILURES, ABANDONED_CARTS)  # drawn as shares; the others as viewers a minute
LEAST_OF_A_MINUTE = 20  # seconds of one that has only begun, below which it is left out


def chart_of(moment: Moment, row: Incident, scopes: Sequence[Scope], t: Tongue) -> ChartRef | None:
    """What an incident's card shows; None for what belongs to no show."""
    if not row.show:
        return None
    if not is_signal(row.category):
        return complaints_chart(moment, row, scopes, t)
    own = [scope for scope in scopes if scope.category == row.category]
    drawn = _silence(moment, row, own) if row.category == SILENCE else _counted(row, own)
    if drawn is None:
        return None
    minutes, observed, usual, is_share = drawn
    data = {
        "signal": row.category,
        "markets": [name_of(moment, scope.market) for scope in own if scope.market],
        "minutes": minutes,
        "observed": observed,
        "usual": usual,
        "share": is_share,
        "began_at": row.began_at.isoformat(),
        "ended_at": row.resolved_at.isoformat() if row.resolved_at else None,
        "zone": zone_of(moment, row),
        "locale": str(t.locale),
    }
    return ChartRef("signal", data, _alt(t, row.category, observed, usual, is_share))


Drawn = tuple[list[str], list[float], float, bool]  # starts of minutes, values, the usual one, whether they are shares


def _counted(row: Incident, scopes: Sequence[Scope]) -> Drawn | None:
    """From the minutes that the signal's own state keeps: a card is made while others wait for the database."""
    known = [its for scope in scopes if (its := signals.of_scope(row.why, scope.market, row.category))]
    minutes: dict[int, list[float]] = {}
    for its in known:
        for start, concerned, among, seconds in its.get("minutes", []):
            sums = minutes.setdefault(start, [0.0, 0.0, 0.0])
            sums[0], sums[1], sums[2] = sums[0] + concerned, sums[1] + among, max(sums[2], seconds)
    until = row.resolved_at.timestamp() if row.resolved_at else float("inf")
    shown = [at for at in sorted(minutes) if minutes[at][2] >= LEAST_OF_A_MINUTE and at < until]
    if not shown:
        return None
    starts = [datetime.fromtimestamp(at, UTC).isoformat() for at in shown]
    if row.category not in SHARES:
        rates = [minutes[at][0] * 60 / minutes[at][2] for at in shown]
        return starts, rates, sum(scope.usual for scope in scopes), False
    shares = [min(1.0, minutes[at][0] / minutes[at][1]) if minutes[at][1] else 0.0 for at in shown]
    usual = sum(its["usual_share"] for its in known) / len(known)
    return starts, shares, 1 - usual if row.category == ABANDONED_CARTS else usual, True


def _silence(moment: Moment, row: Incident, scopes: Sequence[Scope]) -> Drawn | None:
    its = [one for scope in scopes for one in signals.of_scope(row.why, scope.market, SILENCE).get("sources", [])]
    if not its:
        return None
    minutes, counts, usual = signals.sources_chart(its, row.resolved_at or max(moment.now, row.opened_at))
    return minutes, [float(one) for one in counts], usual, False


def _alt(t: Tongue, signal: str, observed: Sequence[float], usual: float, is_share: bool) -> str:
    name = category_name(t, signal)
    name = name[:1].upper() + name[1:]
    say = t.percent if is_share else t.number
    if signal == SILENCE:
        return t(
            "{signal}: {last} events in the last minute, {usual} usually.",
            signal=name,
            last=say(observed[-1] if observed else 0.0),
            usual=say(usual),
        )
    if signal == ABANDONED_CARTS:
        low = min(observed[-3:], default=0.0)
        return t("Checkouts for each cart: {low} at the lowest, {usual} usually.", low=say(low), usual=say(usual))
    peak = max(observed, default=0.0)
    if is_share:
        return t("{signal}: {peak} at the highest, {usual} usually.", signal=name, peak=say(peak), usual=say(usual))
    return t(
        "{signal} a minute: {peak} at the highest, {usual} usually.", signal=name, peak=say(peak), usual=say(usual)
    )
