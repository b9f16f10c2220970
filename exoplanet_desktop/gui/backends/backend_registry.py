"""The user's backends and the connections to them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection

if TYPE_CHECKING:
    from exoplanet_desktop.client.http.transfers import ShouldStop
    from exoplanet_desktop.client.profiles.profiles import Profile, Profiles


@dataclass(frozen=True)
class ProfilesSnapshot:
    """The profiles as the dialog shows them, read from disk at one moment.

    Attributes:
        profiles: the embedded engine first.
        token_place: where tokens are stored and who can read them, in a sentence.
        warning: what in the file could not be read.
    """

    profiles: "tuple[Profile, ...]"
    token_place: str
    warning: str


class BackendRegistry:
    """Reads, changes and connects profiles in a worker, one call after another, so that two dialogs never interfere."""

    def __init__(self, workers: Workers, folder: Path) -> None:
        self._workers, self._folder = workers, folder
        self._opened: Profiles | None = None
        self._lock = asyncio.Lock()
        self._connections: dict[str, Connection] = {}

    async def known(self) -> ProfilesSnapshot:
        async with self._lock:
            return await self._workers.call(self._known)

    async def find(self, name: str) -> "Profile | None":
        async with self._lock:
            return await self._workers.call(lambda: self._profiles().find(name))

    async def save(self, profile: "Profile", replacing: str | None, token: str | None) -> "Profile":
        """Save a profile, and its token unless that is None; "" deletes the token. Raises AppError."""

        def write() -> "Profile":
            kept = self._profiles().save(profile, replacing=replacing)
            if token is not None:
                self._profiles().set_token(kept, token)
            return kept

        async with self._lock:
            kept = await self._workers.call(write)
        if replacing is not None and (connection := self._connections.pop(replacing, None)) is not None:
            connection.title = kept.name
            self._connections[kept.name] = connection
        return kept

    async def remove(self, name: str) -> None:
        """Delete a profile and its token; its running jobs are still watched. Raises UnavailableError."""
        try:
            async with self._lock:
                await self._workers.call(lambda: self._profiles().remove(name))
        finally:  # even if the keyring keeps the token, the profile is deleted
            self._connections.pop(name, None)

    async def token(self, profile: "Profile") -> str | None:
        async with self._lock:
            return await self._workers.call(lambda: self._profiles().token(profile))

    async def take_over(self, address: str) -> str:
        """The name of the profile with an address, created if missing. Raises AppError.

        Before profiles existed, the settings stored only the address.
        """
        from exoplanet_desktop.client.http.urls import normalise_base
        from exoplanet_desktop.client.profiles.profiles import Profile

        base = normalise_base(address)
        known = await self.known()
        for profile in known.profiles:
            if profile.address == base:
                return profile.name
        host = base.partition("://")[2]
        return (await self.save(Profile(host, base), None, None)).name

    async def connect(self, name: str, should_stop: "ShouldStop | None" = None) -> Connection:
        """Contact a profile's backend. Raises AppError.

        An existing connection is renewed, so that its watched jobs continue with the new token.
        """
        profile = await self.find(name)
        if profile is None or profile.is_embedded:
            raise InputError(tr("There is no backend named “{name}”. Choose one from the list.", name=name))
        return await self._connected(profile, should_stop)

    async def reach(self, address: str) -> Connection:
        """A connection to the backend that just answered at an address, under any profile. Raises AppError."""
        for connection in self._connections.values():
            if connection.backend.base_url == address:
                connection.health = await self._workers.call(connection.backend.health)
                return connection
        known = await self.known()
        for profile in known.profiles:
            if profile.address == address:
                return await self._connected(profile)
        raise UnavailableError(
            tr(
                "The backend at {address} is not in your list. Add it in the Backend menu to continue this run.",
                address=address,
            )
        )

    async def _connected(self, profile: "Profile", should_stop: "ShouldStop | None" = None) -> Connection:
        from exoplanet_desktop.client.profiles.profiles import backend_of
        from exoplanet_desktop.client.profiles.route import route_to

        token = await self.token(profile)
        backend = await self._workers.call(backend_of, profile, token)
        health = await self._workers.call(backend.health, should_stop)
        route = await self._workers.call(route_to, backend.base_url, profile.ca_file)
        there = self._connections.get(profile.name)
        if there is None or there.backend.base_url != backend.base_url:
            there = self._connections[profile.name] = Connection(backend, profile.name, embedded=False)
        there.backend, there.health, there.route = backend, health, route
        return there

    def _profiles(self) -> "Profiles":
        if self._opened is None:
            from exoplanet_desktop.client.profiles.profiles import Profiles

            self._opened = Profiles(self._folder)
        return self._opened

    def _known(self) -> ProfilesSnapshot:
        profiles = self._profiles()
        return ProfilesSnapshot(profiles.all(), profiles.token_place(), profiles.warning)
