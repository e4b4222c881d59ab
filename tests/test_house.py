"""The house's own rules, checked: imports run one way, files stay readable, nothing names where it was built."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = ("analytics", "store", "desk", "handlers", "sandbox", "migrations")

# Who may import whom. What is not listed is not allowed.
ALLOWED: dict[str, set[str]] = {
    "analytics": set(),
    "store": set(),
    "migrations": {"store"},
    "desk": {"analytics", "store"},
    "handlers": {"desk", "store", "analytics"},
    "sandbox": set(),
}
# The exceptions, each with its reason.
EXCEPTIONS = {
    ("sandbox", "handlers.slack.blockkit"): "one validator of Slack's limits, in the sandbox as before every post",
    ("handlers/demo", "sandbox"): "the demo leads the sandbox it plays in",
}
# A flow is the file of a topic that knows the store; showing, figures and sections load facts for one, too.
DESK_KNOWS_STORE = re.compile(
    r"desk/(\w+/(flow|showing|life|said|why|figures|sections|asking|asked|now|home|duty|cells|minutes|incidents|mutes"
    r"|together|snapshots|earlier)|incidents/(charts|signals)"
    r"|oncall/(altered|changing|current|foreseen|pages|requests)|questions/change_log|watch/(behaviour|counts|rises|sources)|sweep|picking)\.py$"
)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def sources() -> list[Path]:
    return [path for part in PARTS for path in sorted((ROOT / part).rglob("*.py"))]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_it_imports_one_way(path: Path) -> None:
    here = str(path.relative_to(ROOT))
    part = here.split("/")[0]
    for module in imports(path):
        other = module.split(".")[0]
        if other == "bot":
            pytest.fail(f"{here} imports bot, which is above everything")
        if other not in PARTS or other == part or other in ALLOWED[part]:
            continue
        excused = any(here.startswith(place) and module.startswith(name) for place, name in EXCEPTIONS)
        assert excused, f"{here} imports {module}"


@pytest.mark.parametrize(
    "path", [one for one in sources() if one.parts[-3] == "desk" or one.parts[-2] == "desk"], ids=lambda path: path.stem
)
def test_it_keeps_rules_apart_from_the_store(path: Path) -> None:
    here = str(path.relative_to(ROOT))
    if not DESK_KNOWS_STORE.search(here):
        assert not any(module.split(".")[0] == "store" for module in imports(path)), here


def test_it_reads_no_clock_of_its_own_in_the_desk_or_in_analytics() -> None:
    """Time is passed in; only the edges may ask what time it is."""
    asked = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time|utc_now)\(")
    for part in ("desk", "analytics", "store"):
        for path in sorted((ROOT / part).rglob("*.py")):
            assert not asked.search(path.read_text("utf-8")), path


def test_it_names_no_place_where_it_was_built() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    places = re.compile(r"(^|[^a-z])/(work|root|home/\w+)/|pypi\.or" r"g|python" r"hosted", re.MULTILINE)
    for name in tracked.stdout.split():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".yaml", ".toml", ".lock", ".json", ".po"} and path.exists():
            found = places.search(path.read_text("utf-8", "replace"))
            assert found is None, f"{name}: {found[0]!r}" if found else ""
