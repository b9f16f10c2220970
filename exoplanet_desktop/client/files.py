"""The files of a backend: saved, lent where the engine is our own, or fetched where they are small."""

from pathlib import Path
from urllib.parse import unquote, urlencode, urlsplit

from exoplanet_desktop.client import downloads
from exoplanet_desktop.client.caller import Caller
from exoplanet_desktop.client.transfers import Progress, ShouldStop, copy_file
from exoplanet_desktop.client.urls import rebase


class Files(Caller):
    """The part of a backend that hands out files."""

    def download(
        self,
        url: str,
        target: Path,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> None:
        """Saves a file of the backend as `target`, which appears whole or not at all.

        A connection that breaks on the way is taken up again where it broke, where the backend can do that.
        """
        if source := self.local_file(url):
            copy_file(source, target, progress, should_stop)
            return
        address = rebase(self.base_url, url)
        downloads.download(self.http, address, target, self.timeouts.file, progress, should_stop)

    def provide(
        self,
        url: str,
        target: Path,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> None:
        """Has a file of the backend at `target` to be read, not changed: by a link where the engine is our own."""
        if source := self.local_file(url):
            for link in (target.hardlink_to, target.symlink_to):
                try:
                    link(source)
                    return
                except OSError:
                    continue  # another disk, or a system that wants rights for links
        self.download(url, target, progress, should_stop)

    def local_file(self, url: str) -> Path | None:
        """Where a file of our own engine lies, to be read and not changed; None for every other backend."""
        if not self._own or not self.has("local-path"):
            return None
        path = unquote(urlsplit(rebase(self.base_url, url)).path).removeprefix(urlsplit(self.base_url).path)
        query = urlencode({"path": path.removeprefix("/media/")})
        reply = self._json(self._get(f"/api/local-file?{query}", "say where the file is"), "the place of a file")
        return Path(str(reply.get("local_path")))

    def fetch(self, url: str, limit: int = 20_000_000) -> bytes:
        """The content of a small file of the backend, such as a picture. Raises TooLarge over `limit` bytes."""
        address, limits = rebase(self.base_url, url), self.timeouts.quick.up_to(limit)
        return self.http.exchange("GET", address, "hand out the file", limits=limits).body
