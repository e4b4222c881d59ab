"""What earlier shows say is usual, looked up once when a show begins in a market."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime

from analytics.detectors import Prior
from desk.intake.event import SPOKEN
from desk.moment import Moment
from desk.watch import usual
from store import earlier


def priors(
    moment: Moment, show: str, markets: Collection[str], start: int, categories: Collection[str]
) -> dict[tuple[str, str], Prior]:
    """(market, category) → what is usual there, for a show that is watched from `start` on (seconds since 1970).

    Two queries, whatever the number of markets: the newest shows that ended before, and their hours. Empty where no
    earlier show was heard, and for what belongs to no show, which has no beginning.
    """
    if not show or not markets:
        return {}
    now = datetime.fromtimestamp(start, UTC)
    since = now - usual.LOOK_BACK
    connection, workspace = moment.connection, moment.workspace
    shows = [one for one in earlier.shows_before(connection, workspace, since, now, usual.SHOWS) if one != show]
    comments: Counter[tuple[str, str, int]] = Counter()
    complaints: Counter[tuple[str, str, int, str]] = Counter()
    for cell in earlier.hours(connection, workspace, shows, sorted(markets), sorted(SPOKEN), since, now):
        comments[cell.market, cell.show, cell.start] += cell.events
        complaints[cell.market, cell.show, cell.start, cell.category] += cell.events
    found = {}
    for market in {market for market, _, _ in comments}:
        for category in categories:
            hours = [
                usual.Hour(one, at, count, complaints[market, one, at, category])
                for (where, one, at), count in comments.items()
                if where == market
            ]
            found[market, category] = usual.prior(usual.weighed(hours, moment.configuration.shows, show, now))
    return found
