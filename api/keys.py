"""Keys for programs: made and revoked on the command line, kept as digests in one file of the data folder.

A key holds 256 random bits, so that no one can try them all, and one round of SHA-256 hides it as well as it can be
hidden: slow and salted hashes are for passwords, which people choose. The file is read again when it changes, so that a
key that was revoked is refused at once.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from filelock import FileLock
from pydantic import AfterValidator, TypeAdapter, ValidationError

from index.disk.atomic import write_whole
from index.errors import STORAGE, InputError, PressqaError, StorageError

FILE = "keys.json"
"""The name of the file of the keys in a data folder."""

MAX_NAME = 80
"""The longest name of a key, in characters."""

_TOKEN = re.compile(r"pressqa_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")

Scope = Literal["read", "write"]
"""What a key is for; ``write`` includes ``read``."""


class KeyRequiredError(PressqaError):
    """The request needs a key and has none."""


class KeyRefusedError(PressqaError):
    """The request has a key that is unknown, revoked or expired."""


class KeyScopeError(PressqaError):
    """The request has a key that is not for this."""


def _day(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError("a day is written YYYY-MM-DD")
    return text


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: ``sha256`` is the digest of what its owner holds; days and times are in UTC, ISO 8601.

    It may be used up to the day ``expires``, and not at all once it is ``revoked``.
    """

    id: str
    name: str
    scope: Scope
    created: str
    expires: Annotated[str, AfterValidator(_day)] | None
    revoked: str | None
    sha256: str

    def is_usable(self, today: date) -> bool:
        """Return True if the key is neither revoked nor expired."""
        return self.revoked is None and (self.expires is None or today.isoformat() <= self.expires)


_KEYS = TypeAdapter(list[Key])


def create_key(folder: Path, name: str, scope: Scope, expires: date | None, now: datetime) -> tuple[Key, str]:
    """Make a key, keep its digest, and return it with the text that its owner needs: nothing else can give it again.

    Raises `InputError` for a name or a day that cannot be, `StorageError` if the folder cannot be written.
    """
    if not 1 <= len(name.strip()) <= MAX_NAME or not name.isprintable():
        hint = f"name it in 1 to {MAX_NAME} characters on one line"
        raise InputError(f"{name[: 2 * MAX_NAME]!r} is no name for a key", hint)
    if expires is not None and expires < now.date():
        raise InputError(f"the day {expires} has passed", "choose a later one, or leave --expires out")
    key_id = secrets.token_hex(4)
    token = f"pressqa_{key_id}_{secrets.token_urlsafe(32)}"
    day = expires.isoformat() if expires else None
    key = Key(key_id, name.strip(), scope, now.isoformat(timespec="seconds"), day, None, _digest(token))
    with _changing(folder):
        _write(folder, [*read_keys(folder), key])
    return key, token


def revoke_key(folder: Path, key_id: str, now: datetime) -> Key:
    """Make a key unusable and return it; raises `InputError` for an id that no key has."""
    if (folder / FILE).exists():
        with _changing(folder):
            keys = read_keys(folder)
            for place, key in enumerate(keys):
                if key.id == key_id:
                    revoked = key if key.revoked else replace(key, revoked=now.isoformat(timespec="seconds"))
                    _write(folder, [*keys[:place], revoked, *keys[place + 1 :]])
                    return revoked
    raise InputError(f"no key has the id {key_id!r}", "pressqa keys list shows the ids")


def read_keys(folder: Path) -> list[Key]:
    """Return all keys, oldest first; raises `StorageError` if the file cannot be read."""
    path = folder / FILE
    hint = "restore it, or delete it and make new keys"
    try:
        return _KEYS.validate_json(path.read_bytes(), strict=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error}", hint) from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        raise StorageError(f"{path} is damaged: {where + ': ' if where else ''}{fault['msg']}", hint) from error


class KeyRing:
    """The keys of a data folder, as a server looks them up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, int, int] | None = None
        self._keys: dict[str, Key] = {}

    def find(self, token: str, today: date) -> Key:
        """Return the key that ``token`` is; raises `KeyRefusedError` if there is none, or it may not be used."""
        self._refresh()
        match = _TOKEN.fullmatch(token)
        key = self._keys.get(match[1]) if match else None
        # Compared even where no key has the id, and in constant time: how long it takes tells nothing about the digest.
        is_same = hmac.compare_digest(_digest(token), key.sha256 if key else _digest(""))
        if key is None or not is_same:
            raise KeyRefusedError("the key is not one of this server's", "check that it was copied whole")
        if key.revoked is not None:
            raise KeyRefusedError(f"the key {key.id} was revoked", "ask whoever runs the server for another")
        if not key.is_usable(today):
            raise KeyRefusedError(f"the key {key.id} expired on {key.expires}", "ask for another")
        return key

    def _refresh(self) -> None:
        try:
            status = (self._folder / FILE).stat()
        except OSError:
            self._seen, self._keys = None, {}
            return
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        if seen != self._seen:
            self._keys = {key.id: key for key in read_keys(self._folder)}
            self._seen = seen


def challenge(error: Exception, *, asks: bool = False) -> dict[str, str]:
    """Return the header by which a refusal says what is missing (RFC 6750); none for other errors.

    With ``asks`` a browser asks the person in front of it for a key, as a password (RFC 7617).
    """
    parameters: dict[type[Exception], str] = {
        KeyRequiredError: "",
        KeyRefusedError: ', error="invalid_token"',
        KeyScopeError: ', error="insufficient_scope", scope="write"',
    }
    told = parameters.get(type(error))
    if told is None:
        return {}
    basic = 'Basic realm="pressqa", charset="UTF-8"'
    return {"WWW-Authenticate": basic if asks else f'Bearer realm="pressqa"{told}'}


def today_utc() -> date:
    """Return the day in UTC, which keys expire by."""
    return datetime.now(UTC).date()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _changing(folder: Path) -> FileLock:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make the data folder {folder}: {error}", STORAGE) from error
    return FileLock(folder / "keys.lock", timeout=10)


def _write(folder: Path, keys: Sequence[Key]) -> None:
    entries: list[dict[str, Any]] = [asdict(key) for key in keys]
    try:
        write_whole(folder / FILE, (json.dumps(entries, indent=2) + "\n").encode(), private=True)
    except OSError as error:
        raise StorageError(f"cannot write {folder / FILE}: {error}", STORAGE) from error
