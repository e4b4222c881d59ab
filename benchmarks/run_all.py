"""Every benchmark, one after the other, as docs/performance.md shows them: `make bench`."""

from __future__ import annotations

import subprocess
import sys

MODULES = (
    "benchmarks.stages",
    "benchmarks.ingest",
    "benchmarks.alert_latency",
    "benchmarks.oncall_resolve",
    "benchmarks.questions_quality",
)


def main() -> int:
    failed = []
    for module in MODULES:
        print(f"\n## python -m {module}\n", flush=True)
        if subprocess.run([sys.executable, "-m", module], check=False).returncode:
            failed.append(module)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
