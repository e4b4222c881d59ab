from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.commands.analyze import OK, WRONG_INPUT, analyze

KEYS = {"lang", "sentiment", "label", "intent", "category", "categories", "redacted"}


def run(*lines: bytes) -> tuple[int, list[dict[str, Any]], str]:
    out, err = io.StringIO(), io.StringIO()
    code = analyze(None, io.BytesIO(b"".join(line + b"\n" for line in lines)), out, err)
    return code, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8))
def test_it_answers_line_for_line(texts: list[str]) -> None:
    code, answers, _ = run(*(json.dumps({"text": text}).encode() for text in texts))

    assert code == OK
    assert len(answers) == len(texts)
    for answer in answers:
        assert set(answer) == KEYS
        assert -1 <= answer["sentiment"] <= 1
        assert (answer["category"] is None) == (answer["intent"] != "complaint")


def test_it_takes_lone_surrogates_as_programs_escape_them() -> None:
    code, answers, _ = run(rb'{"text": "\ud83d broken"}')

    assert (code, len(answers)) == (OK, 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{broken", "line 2: no JSON"),
        (b"  ", "line 2: is blank"),
        (b'{"text": 7}', "line 2: field text"),
        (b'["text"]', "line 2: field text"),
        (b'{"text": "x", "lang": 7}', "line 2: field lang"),
        (b"\xff\xfe", "line 2: no JSON"),
        (b'{"text": "' + b"x" * 1_000_001 + b'"}', "line 2: longer than"),
    ],
)
def test_it_names_the_line_that_is_wrong_and_answers_those_before(line: bytes, reason: str) -> None:
    code, answers, said = run(b'{"text": "fine"}', line, b'{"text": "never reached"}')

    assert code == WRONG_INPUT
    assert len(answers) == 1
    assert reason in said


def test_it_says_which_file_cannot_be_read(tmp_path: Path) -> None:
    err = io.StringIO()

    assert analyze(tmp_path / "nowhere.ndjson", io.BytesIO(), io.StringIO(), err) == WRONG_INPUT
    assert "nowhere.ndjson" in err.getvalue()
