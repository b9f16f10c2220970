"""Files of a backend: saved, linked if the engine is our own, or fetched if small."""

from pathlib import Path
from urllib.parse import unquote, urlencode, urlsplit

from exoplanet_desktop.client.http import downloads
from exoplanet_desktop.client.http.caller import Caller
from exoplanet_desktop.client.http.transfers import Progress, ShouldStop, copy_file
from exoplanet_desktop.client.http.urls import rebase


class Files(Caller):
    """The file calls of a backend."""

    def download(
        self,
        url: str,
        target: Path,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> None:
        """Saves a file of the backend as `target`, which appears complete or not at all.

        Resumes an interrupted download if the backend supports it.
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
        """Makes a file of the backend available at `target`, read-only: as a link if the engine is our own."""
        if source := self.local_file(url):
            for link in (target.hardlink_to, target.symlink_to):
                try:
                    link(source)
                    return
                except OSError:
                    continue  # another disk, or a system that requires a privilege for links
        self.download(url, target, progress, should_stop)

    def local_file(self, url: str) -> Path | None:
        """The path of our own engine's file, for reading only; None for every other backend."""
        if not self._own or not self.has("local-path"):
            return None
        path = unquote(urlsplit(rebase(self.base_url, url)).path).removeprefix(urlsplit(self.base_url).path)
        query = urlencode({"path": path.removeprefix("/media/")})
        reply = self._json(self._get(f"/api/local-file?{query}", "say where the file is"), "the place of a file")
        return Path(str(reply.get("local_path")))

    def fetch(self, url: str, limit: int = 20_000_000) -> bytes:
        """The content of a small file on the backend, such as a picture. Raises TooLarge above `limit` bytes."""
        address, limits = rebase(self.base_url, url), self.timeouts.quick.up_to(limit)
        return self.http.exchange("GET", address, "hand out the file", limits=limits).body
