"""How sure a mean is."""

from __future__ import annotations

import math
from statistics import NormalDist

# What is assumed of the spread before anybody has spoken, and how many observations that is worth: without it, two
# comments that happen to agree would look certain. 0.5 is the spread of sentiment in −1…1 between viewers.
USUAL_SPREAD = 0.5
WORTH = 4


def mean_interval(n: int, total: float, squares: float, share: float = 0.95) -> tuple[float, float] | None:
    """Interval of the mean of `n` values of sentiment with the given sum and sum of squares, within −1…1.

    Student's t with a prior on the spread (scaled inverse chi-square [1]): it narrows with n and never to nothing.
    None when nobody spoke. ValueError: n is negative.

    [1] Gelman et al., Bayesian Data Analysis, 3rd edition, section 3.2.

    >>> mean_interval(1, 0.5, 0.25)
    (-0.888, 1.0)
    >>> mean_interval(100, 50, 40)
    (0.422, 0.578)
    """
    if n < 0:
        raise ValueError(f"a count cannot be negative, got {n}")
    if n == 0:
        return None
    mean = total / n
    around = max(0.0, squares - n * mean * mean)  # rounding may leave it below 0
    degrees = WORTH + n - 1
    spread = math.sqrt((WORTH * USUAL_SPREAD**2 + around) / degrees)
    reach = t_quantile((1 + share) / 2, degrees) * spread / math.sqrt(n)
    return round(max(-1.0, mean - reach), 3), round(min(1.0, mean + reach), 3)


def t_quantile(share: float, degrees: int) -> float:
    """Quantile of Student's t by the expansion around the normal (Abramowitz & Stegun 26.7.5).

    Within 0.5 % from 4 degrees of freedom on, which is all that is needed here.

    >>> round(t_quantile(0.975, 10), 3)
    2.228
    """
    z = NormalDist().inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / degrees**power for power, term in enumerate(terms, start=1))
