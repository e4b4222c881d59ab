"""How one sandbox behaves. Every delay of Slack's can be shortened, so that tests need not wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DEFAULT_ROSTER = Path(__file__).with_name("roster.yaml")


@dataclass(frozen=True, slots=True)
class Settings:
    """`rate_scale` 1 is Slack's pace, 10 ten times as much, 0 no limits. Seconds unless the name says otherwise."""

    host: str = "127.0.0.1"
    port: int = 8765  # 0: any free port
    public_url: str | None = None  # as the browser sees it; made from host and port when left out
    delivery: Literal["socket", "http"] = "socket"
    request_url: str | None = None  # where signed HTTP deliveries go, e.g. http://127.0.0.1:8080/slack/events
    rate_scale: float = 1.0
    ack_timeout: float = 3.0
    trigger_life: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    response_url_life: float = 1800.0
    response_url_uses: int = 5
    file_delay: float = 0.3  # Slack processes uploads after it has answered
    echo_own: bool = True  # Slack sends a bot its own messages as events, too
    state: Path | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where this sandbox can be reached, without a slash at the end."""

    url: str

    @property
    def api(self) -> str:
        return f"{self.url}/api/"

    @property
    def websocket(self) -> str:
        return self.url.replace("http", "ws", 1) + "/link"
