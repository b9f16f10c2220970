"""Stores tokens in the system's keyring if there is one, otherwise in a file that only the user can read."""

import importlib
import json
import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.whole import whole

log = logging.getLogger("exoplanet_desktop.client")

SERVICE = "exoplanet-desktop"
_REAL = 1  # keyring's priority of a recommended backend: not "fail", "null" or plain text


def system_keyring() -> Any | None:
    """The module `keyring` if it is installed and has a real keyring; otherwise None."""
    try:
        keyring = importlib.import_module("keyring")
        backend = keyring.get_keyring()
        return keyring if backend.priority >= _REAL else None
    except ImportError:
        return None
    except Exception as error:  # keyring backends of all kinds, over D-Bus and the like, raise anything
        log.info("no keyring: %r", error)
        return None


class TokenStore:
    """Tokens by key. `keyring` finds the keyring; it is called once, when a token is first needed."""

    def __init__(self, folder: Path, keyring: Callable[[], Any | None] = system_keyring) -> None:
        self._path = folder / "tokens.json"
        self._find, self._found, self._keyring = keyring, False, None

    def get(self, key: str) -> str | None:
        """The token; None if there is none."""
        if (keyring := self._system()) is not None:
            try:
                token = keyring.get_password(SERVICE, key)
                if token:
                    return str(token)
            except Exception as error:  # a locked keyring, or one whose service has stopped
                log.warning("cannot read a token from the keyring: %r", error)
        return self._read().get(key)

    def set(self, key: str, token: str) -> None:
        """Stores a token. Raises UnavailableError if that fails everywhere."""
        if (keyring := self._system()) is not None:
            try:
                keyring.set_password(SERVICE, key, token)
            except Exception as error:
                log.warning("cannot store a token in the keyring: %r", error)
                # From now on tokens go to the file, and `place` reports it.
                self._keyring = None
            else:
                self._forget(key)
                return
        self._write({**self._read(), key: token})

    def remove(self, key: str) -> None:
        """Deletes a token. Raises UnavailableError if the keyring does not delete it."""
        self._forget(key)
        if (keyring := self._system()) is not None:
            try:
                if keyring.get_password(SERVICE, key) is not None:
                    keyring.delete_password(SERVICE, key)
            except Exception as error:  # a locked keyring, or one whose service has stopped
                log.warning("cannot delete a token from the keyring: %r", error)
                raise UnavailableError(
                    "The keyring of this system did not answer, so it may still hold the token. Unlock it, and delete "
                    f"the entry “{SERVICE}” there."
                ) from error

    def place(self) -> str:
        """Where tokens are stored and who can read them, in one sentence."""
        if self._system() is not None:
            return "Tokens are kept in the keyring of this system."
        if os.name != "posix":
            return (
                f"There is no system keyring for this program, so tokens are kept in {self._path}, in your own folder."
            )
        if self._path.exists() and stat.S_IMODE(self._path.stat().st_mode) & 0o077:
            return f"Warning: tokens are kept in {self._path}, and others on this computer can read that file."
        return (
            f"There is no system keyring for this program, so tokens are kept in {self._path}, "
            "a file that only you can read."
        )

    def _system(self) -> Any | None:
        if not self._found:
            self._found, self._keyring = True, self._find()
        return self._keyring

    def _forget(self, key: str) -> None:
        kept = self._read()
        if kept.pop(key, None) is not None:
            self._write(kept)

    def _read(self) -> dict[str, str]:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            log.warning("the tokens in %s cannot be read: %r", self._path, type(error))
            return {}
        if not isinstance(kept, dict):
            return {}
        return {key: token for key, token in kept.items() if isinstance(token, str)}

    def _write(self, kept: dict[str, str]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with whole(self._path, private=True) as part:
                part.write_text(json.dumps(kept), encoding="utf-8")
        except OSError as error:
            raise UnavailableError(
                f"The token cannot be kept in {self._path}: {error.strerror or error}. Check the folder."
            ) from error
