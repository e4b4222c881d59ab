"""`python -m sandbox`: the workspace without the bot's command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sandbox.server import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Slack workspace to try a bot in.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--roster", type=Path, help="YAML or JSON with people, channels and the app")
    parser.add_argument("--state", type=Path, help="keep messages in this file")
    parser.add_argument("--rate-scale", type=float, default=1.0, help="Slack's pace times this; 0 for no limits")
    parser.add_argument("--request-url", help="deliver signed HTTP to this URL instead of Socket Mode")
    parser.add_argument("--public-url", help="the address that the browser sees, if another one")
    given = parser.parse_args()
    try:
        run(
            given.host,
            given.port,
            given.roster,
            given.state,
            rate_scale=given.rate_scale,
            delivery="http" if given.request_url else "socket",
            request_url=given.request_url,
            public_url=given.public_url,
        )
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The sandbox cannot start: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
