"""Every benchmark, one after the other, as docs/performance.md shows them: `make bench`. It takes about half an hour."""

from __future__ import annotations

import subprocess
import sys

RUNS = (
    "benchmarks.detectors",
    "benchmarks.stages",
    "benchmarks.ingest",
    "benchmarks.ingest --live",
    "benchmarks.ingest --live --comments",
    "benchmarks.alert_latency",
    "benchmarks.commands",
    "benchmarks.oncall_resolve",
    "benchmarks.oncall_changes",
    "benchmarks.questions_quality",
)


def main() -> int:
    failed = []
    for run in RUNS:
        print(f"\n## python -m {run}\n", flush=True)
        if subprocess.run([sys.executable, "-m", *run.split()], check=False).returncode:
            failed.append(run)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
