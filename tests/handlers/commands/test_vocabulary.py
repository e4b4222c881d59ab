"""`bot.py vocabulary` on a real database: what it prints, what it refuses, and that it writes nothing."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from analytics.reading import Said
from analytics.understand import Understanding
from handlers.commands.vocabulary import Asked, vocabulary
from handlers.opening import load_configuration
from handlers.settings import DatabasePolicy
from store import events, readings
from store.engine import Store
from tests import databases
from tests.factories import NOON, WORKSPACE, new_event

SOON = NOON + timedelta(hours=1)
PILLS = "markets: {us: {}}\nvocabulary: {en: {complaint: {quality: {says: glowserum zonks}}}}\n"


@pytest.fixture
def policy(sqlite_template: Path, tmp_path: Path) -> DatabasePolicy:
    with databases.sqlite_database(sqlite_template, tmp_path) as url:
        made = Path(shutil.move(url.removeprefix("sqlite:///"), tmp_path / "kept.db"))
    return DatabasePolicy(f"sqlite:///{made}", "test")


@pytest.fixture
def heard(policy: DatabasePolicy) -> DatabasePolicy:
    """A database in which somebody complained in words that only the team knows."""
    from store.workspaces import ensure

    store = Store(policy.url)
    store.write(lambda c: ensure(c, "test", NOON))
    store.write(lambda c: events.append(c, WORKSPACE, [new_event("a", text="my GlowSerum zonks"),
                                                       new_event("b", text="no sound")], NOON))  # fmt: skip
    stored = store.read(lambda c: events.after(c, WORKSPACE, 0, 10))
    for one, reading in zip(stored, Understanding().read([Said(one.text or "") for one in stored]), strict=True):
        row = {
            **{"day": one.day, "event": one.id, "model": reading.model, "workspace": WORKSPACE, "lang": reading.lang},
            **{"sentiment": reading.sentiment, "label": reading.label, "intent": reading.intent},
            **{"intent_confidence": reading.intent_confidence, "category": reading.category, "categories": []},
            "redacted": reading.redacted,
        }
        store.write(lambda c, row=row: readings.keep(c, [row]))  # type: ignore[misc]
    store.close()
    return policy


def ask(policy: DatabasePolicy, asked: Asked) -> tuple[int, str]:
    out = io.StringIO()
    code = vocabulary(policy, asked, SOON, out)
    return code, out.getvalue()


def written(tmp_path: Path, text: str, name: str = "new.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_it_prints_what_would_change_and_an_example(heard: DatabasePolicy, tmp_path: Path) -> None:
    code, said = ask(heard, Asked(written(tmp_path, PILLS)))

    assert code == 0
    assert "2 comments from 2026-02-27 13:00 to 2026-03-06 13:00 UTC" in said
    assert "1 would be read differently" in said
    assert "nothing was written" in said
    assert " → complaint: quality: 1\n  my GlowSerum zonks  [en · us] (glowserum zonks)" in said


def test_it_says_the_same_to_programs(heard: DatabasePolicy, tmp_path: Path) -> None:
    _, said = ask(heard, Asked(written(tmp_path, PILLS), as_json=True))

    answer = json.loads(said)
    assert (answer["comments"], answer["changed"], answer["words"]["before"]) == (2, 1, "")
    assert answer["categories"]["quality"] == {"before": 0, "after": 1}
    assert answer["changes"][0]["examples"][0]["text"] == "my GlowSerum zonks"


def test_it_compares_with_what_the_bot_reads_with(heard: DatabasePolicy, tmp_path: Path) -> None:
    store = Store(heard.url)
    load_configuration(store, WORKSPACE, written(tmp_path, PILLS, "loaded.yaml"), NOON)
    store.close()

    _, unchanged = ask(heard, Asked(written(tmp_path, PILLS)))
    _, taken_back = ask(heard, Asked(written(tmp_path, "markets: {us: {}}\n", "old.yaml")))

    assert "0 would be read differently" in unchanged
    assert "against version 1" in unchanged
    assert "complaint: quality → " in taken_back


def test_it_compares_with_another_file(heard: DatabasePolicy, tmp_path: Path) -> None:
    new, old = written(tmp_path, PILLS), written(tmp_path, PILLS, "old.yaml")

    _, said = ask(heard, Asked(new, against=old))

    assert "0 would be read differently" in said


def test_it_says_when_nothing_was_said(heard: DatabasePolicy, tmp_path: Path) -> None:
    asked = Asked(written(tmp_path, PILLS), start="2025-01-01T00:00:00Z", end="2025-01-02T00:00:00Z")

    code, said = ask(heard, asked)

    assert code == 0
    assert "nothing was said then" in said


@pytest.mark.parametrize(
    ("text", "given", "reason"),
    [
        ("vocabulary: {en: {ask: how (much}}", {}, "new.yaml:1: vocabulary.en.ask: the phrase 'how (much'"),
        (PILLS, {"market": "su"}, "no market 'su'; there are us"),
        (PILLS, {"start": "2026-03-01T00:00", "end": "2026-03-02T00:00Z"}, "--from '2026-03-01T00:00' is no time"),
        (PILLS, {"start": "2026-03-02T00:00Z", "end": "2026-03-01T00:00Z"}, "not before"),
        (PILLS, {"start": "2026-03-02T00:00Z"}, "go together"),
    ],
)
def test_it_refuses_what_it_cannot_answer(
    policy: DatabasePolicy,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    given: dict[str, str],
    reason: str,
) -> None:
    code, _ = ask(policy, Asked(written(tmp_path, text), **given))  # type: ignore[arg-type]

    assert code == 2
    assert reason in capsys.readouterr().err


def test_it_fails_where_there_is_no_database_and_makes_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = ask(DatabasePolicy(f"sqlite:///{tmp_path / 'none.db'}", "test"), Asked(written(tmp_path, PILLS)))

    assert code == 1
    assert "bot.py serve" in capsys.readouterr().err
    assert not (tmp_path / "none.db").exists()


def test_it_writes_nothing(heard: DatabasePolicy, tmp_path: Path) -> None:
    database = Path(heard.url.removeprefix("sqlite:///"))
    before = hashlib.sha256(database.read_bytes()).hexdigest()

    ask(heard, Asked(written(tmp_path, PILLS)))

    assert hashlib.sha256(database.read_bytes()).hexdigest() == before
