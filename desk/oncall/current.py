"""The schedules as they are now. Every question about the plan asks here, so that there is one place to change."""

from __future__ import annotations

from desk.configuration.model import Configuration
from desk.moment import Moment
from desk.oncall.model import Schedule


def current(moment: Moment, key: str) -> Schedule:
    """A schedule with everything that is laid over it."""
    return moment.configuration.schedules[key]


def planned(moment: Moment) -> Configuration:
    """The configuration with every schedule as it is now."""
    return moment.configuration
