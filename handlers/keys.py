"""The installation's two keys, made once: one hashes viewers, the other seals the secrets of sources.

They are two because they are lost differently: without the first, viewers of tomorrow are strangers to those of
yesterday; without the second, sources need new secrets.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet


class KeysError(Exception):
    """The file of keys cannot be used; the message says what to do, and holds no key."""


@dataclass(frozen=True, slots=True)
class Keys:
    """`viewer_key` is at most 64 bytes (BLAKE2's limit), `secret_key` a Fernet key."""

    viewer_key_id: str
    viewer_key: bytes = field(repr=False)
    secret_key: str = field(repr=False)


def viewer_key_id(key: bytes) -> str:
    """A short name for a key that tells nothing about it."""
    return "v" + hashlib.sha256(b"livedesk viewer key " + key).hexdigest()[:8]


def load_or_create_keys(path: Path) -> Keys:
    """The keys in a file that only its owner may read; made, with mode 600, when it is not there.

    A file that cannot be read is never replaced: with it the hashes of every viewer so far would lose their meaning.
    """
    try:
        return _load(path)
    except FileNotFoundError:
        _create(path)
        return _load(path)


def _load(path: Path) -> Keys:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise KeysError(f"{path} holds keys and others may read it (mode {mode:o}); run: chmod 600 {path}")
            said = json.load(file)
        viewer_key = bytes.fromhex(said["viewer_key"])
        Fernet(said["secret_key"])
        if len(viewer_key) < 16 or not isinstance(said["viewer_key_id"], str):
            raise ValueError
        return Keys(said["viewer_key_id"], viewer_key, said["secret_key"])
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeysError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        reason = f"{path} does not hold the installation's keys as they were written; bring it back from a backup"
        raise KeysError(f"{reason}, or move it away to start with new ones (viewers so far become strangers)") from None


def _create(path: Path) -> None:
    viewer_key = secrets.token_bytes(32)
    said = {
        "viewer_key_id": viewer_key_id(viewer_key),
        "viewer_key": viewer_key.hex(),
        "secret_key": Fernet.generate_key().decode(),
    }
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(said, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, fails when another process was first; then both use what that one made.
        os.link(fresh, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise KeysError(f"{path} cannot be written: {error.strerror}; make its folder writable") from None
    finally:
        fresh.unlink(missing_ok=True)
