"""The user's reading options for a file, kept for the next file with the same header.

One small JSON file in the user's configuration folder: header digest to choice, the most recently used at the end.
"""

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path

from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.files.whole import whole
from exoplanet_desktop.wire.reading_options import ReadingOptions

MOST_KEPT = 200
_MOST_BYTES = 4_000_000  # of the file; a longer one is not ours

log = logging.getLogger(__name__)


def default_store() -> Path:
    """The default place of the choices: this user's configuration folder."""
    import platformdirs

    return platformdirs.user_config_path("exoplanet-desktop", appauthor=False) / "readings.json"


def header_digest(header: Sequence[str]) -> str:
    """A short key for the columns of a file, as the file writes them (`Layout.file_columns`)."""
    return hashlib.sha256("\x1f".join(header).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def remember(header: Sequence[str], choice: "ReadingOptions", store: Path | None = None) -> None:
    """Keeps the choice for a file with this header, as detected without a choice.

    An empty choice removes the entry. Raises UnavailableError if the file cannot be written.
    """

    store = store or default_store()
    kept = _kept(store)
    digest = header_digest(header)
    before = kept.pop(digest, None)
    if choice != ReadingOptions():
        kept[digest] = choice.to_json()
    if kept.get(digest) != before:
        _write(store, dict(list(kept.items())[-MOST_KEPT:]))


def recall(header: Sequence[str], store: Path | None = None) -> "ReadingOptions | None":
    """The choice for a file with this header; None if there is none, or this version does not understand it."""

    text = _kept(store or default_store()).get(header_digest(header))
    try:
        return ReadingOptions.from_json(text) if text is not None else None
    except InputError as error:
        log.warning("A kept way of reading is left out: %s", error)
        return None


def forget(header: Sequence[str], store: Path | None = None) -> bool:
    """Removes the choice for files with this header; returns whether there was one. Raises UnavailableError."""
    store = store or default_store()
    kept = _kept(store)
    found = kept.pop(header_digest(header), None) is not None
    if found:
        _write(store, kept)
    return found


def _kept(store: Path) -> dict[str, str]:
    """Choices as JSON by digest; none if the file is missing or damaged, because it may come from anywhere."""
    try:
        if store.stat().st_size > _MOST_BYTES:
            return {}
        kept = json.loads(store.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {key: text for key, text in kept.items() if isinstance(text, str)}


def _write(store: Path, kept: dict[str, str]) -> None:
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"{store.parent} cannot be created: {error.strerror}. Nothing is saved for the next file."
        ) from error
    with whole(store) as part:
        part.write_text(json.dumps(kept, indent=1), encoding="utf-8")
