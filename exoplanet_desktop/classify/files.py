"""Files that appear whole or not at all."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exoplanet_desktop.errors import UnavailableError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes its place at the end, and is removed where something fails.

    Raises UnavailableError where the disk does not take it.
    """
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnavailableError(
            f"{path.name} cannot be written: {reason}. Free some space or choose another folder."
        ) from error
    finally:
        part.unlink(missing_ok=True)
