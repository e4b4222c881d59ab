from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from handlers.keys import Keys, KeysError, load_or_create_keys, viewer_key_id


def test_it_makes_keys_that_only_their_owner_may_read(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys.json"

    keys = load_or_create_keys(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(keys.viewer_key) == 32
    assert keys.viewer_key_id == viewer_key_id(keys.viewer_key)
    Fernet(keys.secret_key)


def test_it_finds_the_same_keys_again(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"

    assert load_or_create_keys(path) == load_or_create_keys(path)


def test_it_makes_other_keys_elsewhere(tmp_path: Path) -> None:
    one, two = load_or_create_keys(tmp_path / "one.json"), load_or_create_keys(tmp_path / "two.json")

    assert one.viewer_key != two.viewer_key
    assert one.secret_key != two.secret_key


def test_it_gives_everybody_the_same_keys_when_several_start_at_once(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: load_or_create_keys(path), range(32)))

    assert all(keys == found[0] for keys in found)
    assert [file.name for file in tmp_path.iterdir()] == ["keys.json"], "no half-made file stays behind"


def test_it_refuses_keys_that_others_may_read(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    load_or_create_keys(path)
    path.chmod(0o640)

    with pytest.raises(KeysError, match=r"mode 640.*chmod 600"):
        load_or_create_keys(path)


GOOD = {"viewer_key_id": "v1", "viewer_key": "ab" * 32, "secret_key": Fernet.generate_key().decode()}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        json.dumps({**GOOD, "viewer_key": "hunter2"}),
        json.dumps({**GOOD, "viewer_key": "abcd"}),
        json.dumps({**GOOD, "secret_key": "hunter2"}),
        json.dumps({**GOOD, "viewer_key_id": None}),
    ],
)
def test_it_never_replaces_a_file_that_it_cannot_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(KeysError, match="backup") as caught:
        load_or_create_keys(path)

    assert path.read_text() == text
    assert "hunter2" not in str(caught.value)


def test_it_says_what_to_do_when_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")

    with pytest.raises(KeysError):
        load_or_create_keys(tmp_path / "var" / "keys.json")


def test_it_shows_no_key() -> None:
    shown = repr(Keys("v1", b"hunter2", "hunter3"))

    assert "hunter" not in shown
    assert "v1" in shown
