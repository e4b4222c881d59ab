"""The detector on simulated evenings: one series at a time, as the simulation judges it, and as the desk would page.

The simulation is a script of its own (`spike_bench.py`: it makes the evenings and judges scores); this gives it the
production detector beside the three references it brings. Then it plays the same evenings with all markets of a show at
once through the desk's rules, which know more than one series: markets that rise together are one incident, what is
open is collected into, and a rise that is too small pages nobody. Viewers of a minute are the sum of its ticks' here,
as the simulation does not say who is who; the desk merges sketches. The last table tells what a detector would gain by
hearing of the other markets.

    python -m benchmarks.evenings --data DIR [--simulation spike_bench.py] [--seeds 100-119]
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from analytics.detectors import HiddenMarkov, update_all
from analytics.detectors.base import Tick, Verdict
from desk.incidents import rules

TICK = 10.0
GRACE = 60.0  # seconds after a spike's end in which an incident still counts for it, as in the simulation
AFTER = 360.0
BUDGET = 0.25  # false pages a stream-hour at which the last table compares
BOOSTS = (0.0, 3.0, 8.0)
REFERENCES = {"z-score": "ZScore10", "EWMA chart": "Ewma", "20 in a minute": "FixedThreshold"}


def load(path: Path) -> Any:
    """The simulation's module; FileNotFoundError where it is not."""
    if not path.is_file():
        raise FileNotFoundError(path)
    spec = importlib.util.spec_from_file_location("spike_bench", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules["spike_bench"] = module
    spec.loader.exec_module(module)
    return module


def verdicts(series: list[Any]) -> list[list[Verdict]]:
    """What the production detector says of every tick of one stream's series, side by side."""
    detectors = [HiddenMarkov() for _ in series]
    said: list[list[Verdict]] = [[] for _ in series]
    columns = [(one.complaints.tolist(), one.total.tolist(), one.distinct.tolist()) for one in series]
    for index in range(len(columns[0][0])):
        ticks = [Tick(TICK * (index + 1), TICK, c[index], t[index], d[index]) for c, t, d in columns]
        for its, verdict in zip(said, update_all(detectors, ticks), strict=True):
            its.append(verdict)
    return said


@dataclass
class Incident:
    category: int
    at: float
    scopes: dict[int, bool] = field(default_factory=dict)  # market → whether it is calm
    opened: dict[int, float] = field(default_factory=dict)
    paged: float | None = None  # when it was bad enough to page
    ended: float = math.inf


def desk(series: list[Any], said: list[list[Verdict]]) -> list[Incident]:
    """The incidents of one stream by the desk's own rules."""
    found: list[Incident] = []
    for index in range(len(said[0])):
        now = TICK * (index + 1)
        live = [one for one in found if one.ended == math.inf]
        for one, its in zip(series, said, strict=True):
            _, market, category = one.key
            verdict = its[index]
            mine = next((other for other in live if other.category == category and market in other.scopes), None)
            if not verdict.alarm and mine is None:
                continue
            rise = _rise(one, verdict, index)
            scopes = [
                rules.OpenScope(0, number, str(where), str(incident.category), _at(incident.opened[where]), calm)
                for number, incident in enumerate(live)
                for where, calm in incident.scopes.items()
            ]
            decision = rules.decide(rise, scopes)
            if isinstance(decision, rules.Open):
                mine = Incident(category, now, {market: False}, {market: now})
                found.append(mine)
                live.append(mine)
            elif isinstance(decision, rules.Join):
                mine = live[decision.incident]
                mine.scopes[market], mine.opened[market] = False, now
            elif isinstance(decision, rules.Collect) and mine is not None:
                mine.scopes[market] = decision.calm
            if mine is None:
                continue
            if mine.paged is None and rules.severity(rise.observed, rise.usual, rise.distinct) != "P3":
                mine.paged = now
            if all(mine.scopes.values()):
                mine.ended = now
                live.remove(mine)
    return found


def _rise(one: Any, verdict: Verdict, index: int) -> rules.Rise:
    minute = slice(max(0, index - 5), index + 1)
    complaints, total = float(one.complaints[minute].sum()), float(one.total[minute].sum())
    return rules.Rise(
        show=str(one.key[0]),
        market=str(one.key[1]),
        category=str(one.key[2]),
        at=_at(TICK * (index + 1)),
        began_at=_at(verdict.since or 0.0),
        alarm=verdict.alarm,
        calm=verdict.calm,
        observed=complaints,
        usual=verdict.expected * 60 / TICK,
        share=complaints / total if total else 0.0,
        usual_share=verdict.usual_share,
        distinct=int(one.distinct[minute].sum()),
    )


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@dataclass
class Tally:
    """Incidents against spikes; a spike of all markets is one."""

    hours: float = 0.0
    opened: int = 0
    false: int = 0
    false_paged: int = 0
    delays: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    paged: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, series: list[Any], incidents: list[Incident]) -> None:
        self.hours += len(series[0].complaints) * TICK / 3600
        self.opened += len(incidents)
        spikes = {
            (one.key[2], None if spike.all_markets else one.key[1], spike.start): spike
            for one in series
            for spike in one.spikes
        }
        markets = {one.key[1] for one in series}
        excused: set[int] = set()
        for (category, market, _), spike in spikes.items():
            where = markets if market is None else {market}
            delay = paged = math.inf
            for number, incident in enumerate(incidents):
                hit = [at for place, at in incident.opened.items() if place in where]
                if incident.category != category:
                    continue
                if any(spike.start < at <= spike.end + AFTER for at in hit):
                    excused.add(number)
                inside = [at for at in hit if spike.start < at <= spike.end + GRACE]
                if inside:
                    delay = min(delay, min(inside) - spike.start)
                    if incident.paged is not None and incident.paged <= spike.end + GRACE:
                        paged = min(paged, max(incident.paged, min(inside)) - spike.start)
            self.delays[spike.size].append(delay)
            self.paged[spike.size].append(paged)
        wrong = [one for number, one in enumerate(incidents) if number not in excused]
        self.false += len(wrong)
        self.false_paged += sum(one.paged is not None for one in wrong)


def boosted(groups: list[list[tuple[Any, np.ndarray, float]]], boost: float) -> list[tuple[Any, np.ndarray, float]]:
    """Scores whose odds are (1 + boost × the highest score of the same category in another market) times better."""
    runs = []
    for stream in groups:
        for one, score, threshold in stream:
            others = [s for other, s, _ in stream if other.key[2] == one.key[2] and other is not one]
            best = np.max(others, axis=0) if others else np.zeros_like(score)
            odds = np.clip(score, 0, 1 - 1e-9) / (1 - np.clip(score, 0, 1 - 1e-9)) * (1 + boost * best)
            thin = np.isclose(score, threshold / 2)  # too few viewers, whatever goes on elsewhere
            runs.append((one, np.where(thin, score, odds / (1 + odds)), threshold))
    return runs


def _row(name: str, found: dict[str, Any]) -> str:
    recall, decoys = found["recall"], found["decoy_paged"]
    shares = " | ".join(f"{recall[size]:.2f}" for size in ("2", "3", "5", "10"))
    return (
        f"| {name} | {found['false_pages_per_stream_hour']:.2f} | {shares} | {found['recall60']['10']:.2f} | "
        f"{found['delay_p50_s']:.0f} s | {found['delay_p95_by_size_s']['10'] or 0:.0f} s | {100 * decoys['raid']:.1f} % | "
        f"{100 * decoys['spam']:.1f} % | {100 * decoys['drop']:.1f} % | {found['points']:.1f} |"
    )


HEAD = (
    "| detector | false pages a stream-hour | ×2 | ×3 | ×5 | ×10 | ×10 in 60 s | delay p50 | p95 ×10 | raids paged | "
    "spam | drops | points |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def _recalls(delays: dict[int, list[float]], within: float = math.inf) -> list[str]:
    return [
        f"{sum(one < math.inf and one <= within for one in delays[size]) / len(delays[size]):.2f}" for size in delays
    ]


def tables(simulation: Any, seeds: list[int]) -> str:
    runs, groups, tally = [], [], Tally()
    for seed in seeds:
        for stream in range(4):
            series = simulation.simulate_stream(seed, stream)
            for one in series:
                one.seed = seed
            said = verdicts(series)
            tally.add(series, desk(series, said))
            threshold = HiddenMarkov().threshold
            groups.append(
                [(one, np.array([v.score for v in its]), threshold) for one, its in zip(series, said, strict=True)]
            )
            runs += groups[-1]
    lines = [HEAD, _row("**hidden_markov**", simulation.evaluate(runs))]
    every = [one for one, _, _ in runs]
    for name, factory in REFERENCES.items():
        lines.append(_row(name, simulation.evaluate(simulation.measure(getattr(simulation, factory), every)[0])))
    sizes = sorted(tally.delays)
    delays, paged = ({size: of[size] for size in sizes} for of in (tally.delays, tally.paged))
    lines += [
        "",
        "All markets of a show through the desk's rules; a spike of all markets counts once:",
        "",
        "| | false a stream-hour | " + " | ".join(f"×{size}" for size in sizes) + " | ×10 in 60 s |",
        "|---|---|" + "---|" * (len(sizes) + 1),
    ]
    for name, wrong, of in (
        ("incidents", tally.false, delays),
        ("of them P1 or P2, which wake", tally.false_paged, paged),
    ):
        shares = " | ".join(_recalls(of))
        lines.append(f"| {name} | {wrong / tally.hours:.2f} | {shares} | {_recalls({10: of[10]}, 60.0)[0]} |")
    lines += ["", f"Hearing of the other markets, each at the threshold with {BUDGET} false pages an hour:", "", HEAD]
    for boost in BOOSTS:
        name = f"odds × (1 + {boost:.0f} × other market's score)" if boost else "alone"
        lines.append(_row(name, simulation.at_budget(boosted(groups, boost), BUDGET)))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--simulation", type=Path, help="spike_bench.py; looked for in ../bench beside the data")
    parser.add_argument("--seeds", default="100-119")
    asked = parser.parse_args()
    path = asked.simulation or asked.data.resolve().parent / "bench" / "spike_bench.py"
    try:
        simulation = load(path)
    except FileNotFoundError:
        print(f"No simulation at {path}: name it with --simulation.")
        return 0
    print(tables(simulation, simulation.parse_seeds(asked.seeds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
