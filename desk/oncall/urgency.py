"""How soon somebody must know of an incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desk.configuration.model import Market, Policy, Urgency
from desk.messages import Severity

USUAL: Mapping[Severity, Urgency] = {"P1": "high", "P2": "high", "P3": "none"}
_RANK: Mapping[Urgency, int] = {"high": 0, "low": 1, "none": 2}


def urgency(policy: Policy | None, markets: Sequence[Market], severity: Severity) -> Urgency:
    """P1 is always high. For the others the policy decides; where it does not say, the most urgent of the markets that
    do; else P2 is high and P3 is none.

    >>> urgency(Policy("p", ()), (), "P2"), urgency(Policy("p", (), urgency={"P2": "low"}), (), "P2")
    ('high', 'low')
    """
    if severity == "P1":
        return "high"
    if policy is not None and severity in policy.urgency:
        return policy.urgency[severity]
    said = [market.urgency[severity] for market in markets if severity in market.urgency]
    return min(said, key=_RANK.__getitem__, default=USUAL[severity])
