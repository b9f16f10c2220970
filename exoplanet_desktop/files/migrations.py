"""How what an older version of the program wrote becomes what this one reads: one list of numbered steps a format."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Migrations(Generic[T]):
    """The steps of one format. `tests/files/test_migrations.py` holds each to a name, a docstring and a test.

    Attributes:
        name: of the format, in one word.
        steps: `to_2`, which makes version 2 of version 1, `to_3` and so on; each changes what it is given.
    """

    name: str
    steps: tuple[Callable[[T], None], ...] = ()

    @property
    def version(self) -> int:
        """The newest one, which this program writes."""
        return 1 + len(self.steps)

    def upgrade(self, found: T, version: object) -> None:
        """Bring `found`, which is of a `version`, up to date. Raises ValueError for one that nobody knows."""
        if not isinstance(version, int) or not 1 <= version <= self.version:
            raise ValueError(f"version {version!r} is not known here")
        for step in self.steps[version - 1 :]:
            step(found)
