"""The user's backends: name, address, CA file and timeouts, stored as JSON. Tokens are stored elsewhere."""

import json
import ssl
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.timeouts import CallLimits, Timeouts
from exoplanet_desktop.client.http.urls import normalise_base
from exoplanet_desktop.client.profiles.token_store import TokenStore
from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.files.whole import whole_file

SCHEMA_VERSION = 1
_LARGEST = 1_000_000  # maximum size of the file in bytes


@dataclass(frozen=True)
class Profile:
    """A backend as the user configured it.

    Attributes:
        name: unique among the profiles.
        address: "" for the embedded engine.
        ca_file: PEM file of a lab's own certificate authorities; "" for those of the system.
        connect_s: seconds allowed for connecting, 1 to 120.
        silence_s: seconds that a quick call may stay silent, 1 to 600.
    """

    name: str
    address: str
    ca_file: str = ""
    connect_s: float = 5.0
    silence_s: float = 15.0

    @property
    def is_embedded(self) -> bool:
        return not self.address

    def checked(self) -> "Profile":
        """The profile with its address normalised. Raises InputError naming the first unusable part."""
        name = " ".join(self.name.split())
        if not name or len(name) > 80:
            raise InputError("A backend needs a name of 1 to 80 characters.")
        if not (1 <= self.connect_s <= 120 and 1 <= self.silence_s <= 600):
            raise InputError("Timeouts are 1 to 120 s for connecting and 1 to 600 s for an answer.")
        if self.ca_file and not Path(self.ca_file).is_file():
            raise InputError(f"There is no CA file {self.ca_file}. Choose another, or leave it empty.")
        if self.ca_file and not _holds_certificates(self.ca_file):
            raise InputError(f"The CA file {self.ca_file} contains no readable certificate (PEM). Choose your lab's.")
        return replace(self, name=name, address=normalise_base(self.address))


def _holds_certificates(ca_file: str) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=ca_file)
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        return False
    return True


EMBEDDED = Profile("Embedded engine", "")


class Profiles:
    """The profiles and tokens in `folder`; the embedded engine always comes first.

    Attributes:
        warning: what in the file could not be read, for the user; "" if nothing.
    """

    def __init__(self, folder: Path, tokens: TokenStore | None = None) -> None:
        self._path = folder / "backends.json"
        self._tokens = tokens or TokenStore(folder)
        self.warning = ""
        self._own = self._load()

    def all(self) -> tuple[Profile, ...]:
        return (EMBEDDED, *self._own)

    def find(self, name: str) -> Profile | None:
        return next((profile for profile in self.all() if profile.name == name), None)

    def save(self, profile: Profile, *, replacing: str | None = None) -> Profile:
        """Saves a profile, replacing the one named `replacing` or one of the same name; returns it as saved.

        A token belongs to its address: a profile with a new address starts without one. Raises InputError for unusable
        values, UnavailableError if the file cannot be written.
        """
        profile = profile.checked()
        if profile.name == EMBEDDED.name:
            raise InputError(f"The name “{EMBEDDED.name}” is taken. Choose another.")
        old = next((own for own in self._own if own.name == (replacing or profile.name)), None)
        if any(own.name == profile.name for own in self._own if own is not old):
            raise InputError(f"There is already a backend named “{profile.name}”. Choose another name.")
        token = self._tokens.get(_key(old)) if old and old.address == profile.address else None
        kept = [profile if own is old else own for own in self._own] + ([] if old else [profile])
        self._write(kept)
        if old and _key(old) != _key(profile):
            if token:
                self._tokens.set(_key(profile), token)
            self._tokens.remove(_key(old))
        return profile

    def remove(self, name: str) -> None:
        """Deletes a profile and its token; the embedded engine cannot be deleted.

        Raises UnavailableError if the keyring does not delete the token; the profile is deleted anyway.
        """
        for profile in [own for own in self._own if own.name == name]:
            self._write([own for own in self._own if own is not profile])
            self._tokens.remove(_key(profile))

    def token(self, profile: Profile) -> str | None:
        return None if profile.is_embedded else self._tokens.get(_key(profile))

    def set_token(self, profile: Profile, token: str) -> None:
        """Stores a profile's token; "" deletes it. Raises UnavailableError if it cannot be stored."""
        if token.strip():
            self._tokens.set(_key(profile), token.strip())
        else:
            self._tokens.remove(_key(profile))

    def token_place(self) -> str:
        """Where tokens are stored and who can read them, in one sentence."""
        return self._tokens.place()

    def connect(self, profile: Profile) -> Backend:
        """The backend at a profile's address. Raises InputError for unusable values."""
        return backend_of(profile, self.token(profile))

    def _load(self) -> list[Profile]:
        try:
            if self._path.stat().st_size > _LARGEST:
                raise ValueError("it is too large")
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if not isinstance(kept, dict) or not isinstance(kept.get("backends"), list):
                raise ValueError("it does not contain a list of backends")
            if kept.get("schema_version") != SCHEMA_VERSION:
                raise ValueError("it was written by another version of this program")
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError) as error:
            self.warning = (
                f"The list of backends in {self._path} cannot be read ({error}). "
                "Only the embedded engine is known; the file stays as it is until a backend is added."
            )
            return []
        return self._usable(kept["backends"])

    def _usable(self, kept: Sequence[Any]) -> list[Profile]:
        found: dict[str, Profile] = {}
        for entry in kept:
            profile = _profile(entry)
            if profile is None or profile.name in found or profile.name == EMBEDDED.name:
                self.warning = f"An entry of the list of backends in {self._path} cannot be used and was left out."
            else:
                found[profile.name] = profile
        return list(found.values())

    def _write(self, profiles: Sequence[Profile]) -> None:
        try:
            if self.warning and self._path.exists():
                # Do not discard a hand-written file because of one comma.
                self._path.replace(self._path.with_suffix(".unreadable.json"))
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnavailableError(
                f"The list of backends in {self._path} cannot be written: {error.strerror or error}. Check the folder."
            ) from error
        self.warning = ""
        content = {"schema_version": SCHEMA_VERSION, "backends": [asdict(profile) for profile in profiles]}
        with whole_file(self._path) as file:
            file.write(json.dumps(content, indent=1).encode())
        self._own = list(profiles)


def backend_of(profile: Profile, token: str | None) -> Backend:
    """A backend with a profile's CA file and timeouts. Raises InputError for unusable values."""
    if profile.is_embedded:
        raise InputError("The embedded engine has no address of its own. Start it instead.")
    profile = profile.checked()
    usual = Timeouts()
    quick = CallLimits(profile.silence_s, 3 * profile.silence_s, usual.quick.reply_bytes)
    file = CallLimits(max(profile.silence_s, usual.file.silence_s), usual.file.total_s, usual.file.reply_bytes)
    timeouts = replace(usual, quick=quick, file=file, connect_s=profile.connect_s)
    return Backend(profile.address, token, verify=profile.ca_file or True, timeouts=timeouts)


def _key(profile: Profile) -> str:
    return f"{profile.name} @ {profile.address}"


def _profile(entry: Any) -> Profile | None:
    """A profile from JSON that may have been edited by hand; None if unusable."""
    if not isinstance(entry, dict):
        return None
    texts = {name: entry.get(name, "") for name in ("name", "address", "ca_file")}
    numbers = {name: entry[name] for name in ("connect_s", "silence_s") if name in entry}
    if not all(isinstance(text, str) for text in texts.values()):
        return None
    if not all(isinstance(number, int | float) for number in numbers.values()):
        return None
    profile = Profile(**texts, **numbers)
    try:
        # A CA file that is missing now, such as on a USB stick, is reported when the backend is called.
        return replace(replace(profile, ca_file="").checked(), ca_file=profile.ca_file)
    except InputError:
        return None
