"""The charts on offer, by the name a message uses (`desk.messages.ChartRef`). One file a chart, one line here."""

from __future__ import annotations

from analytics.charts import complaints, coverage, fairness, funnel, incident, oncall, retention, sentiment, signal
from analytics.charts.base import Chart

CHARTS: dict[str, Chart] = {
    "complaints": complaints.CHART,
    "coverage": coverage.CHART,
    "fairness": fairness.CHART,
    "funnel": funnel.CHART,
    "incident": incident.CHART,
    "oncall": oncall.CHART,
    "retention": retention.CHART,
    "sentiment": sentiment.CHART,
    "signal": signal.CHART,
}

__all__ = ["CHARTS", "Chart"]
