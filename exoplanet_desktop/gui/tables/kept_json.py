"""The file of `TableMemory`, which somebody may have edited: what fits in it is taken, value by value.

Imports pydantic, so only workers import this.
"""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    OnErrorOmit,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from exoplanet_desktop.catalogs.tables.view import ColumnFilter, Test
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.files.whole import whole
from exoplanet_desktop.gui.tables.kept import ColumnLayout, Kept, KeptFile, KeptTables
from exoplanet_desktop.wire.reading_options import ReadingOptions

log = logging.getLogger("exoplanet_desktop.gui")

VERSION = 1
MOST_FILES = 200
MOST_BYTES = 2_000_000  # of the file; the oldest entries go first

Json = dict[str, Any]
Names = tuple[OnErrorOmit[str], ...]
Pixels = Annotated[int, Field(strict=True, gt=0, lt=10_000)]


class _Lenient(BaseModel):
    """A value that does not fit its field is as good as none."""

    @field_validator("*", mode="wrap")
    @classmethod
    def _or_default(cls, found: Any, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        try:
            return validate(found)
        except ValidationError:
            return cls.model_fields[str(info.field_name)].default


class _Layout(_Lenient):
    order: Names = ()
    hidden: Names = ()
    widths: dict[str, OnErrorOmit[Pixels]] | None = None
    frozen: Names = ()

    def plain(self) -> ColumnLayout:
        return ColumnLayout(**dict(self))


class _Filter(BaseModel):
    column: str
    test: Test
    value: str | Names

    def plain(self) -> ColumnFilter:
        """Raises ValueError for a value that the test knows nothing of."""
        several = {"between": (2,), "one of": range(1, 1 + len(self.value))}.get(self.test)
        if isinstance(self.value, str) is not (several is None):
            raise ValueError("one text or several, as the test needs them")
        if several is not None and (len(self.value) not in several or not any(self.value)):
            raise ValueError("the number of texts is not that of the test")
        return ColumnFilter(**dict(self))


Layout = Annotated[_Layout, AfterValidator(_Layout.plain)]
Filter = Annotated[_Filter, AfterValidator(_Filter.plain)]
SortKey = tuple[str, Annotated[bool, BeforeValidator(bool)]]


class _View(_Lenient):
    look: Layout = ColumnLayout()  # type: ignore[assignment]  # what `plain` makes of it
    where: str = ""
    filters: tuple[OnErrorOmit[Filter], ...] = ()
    sort: tuple[OnErrorOmit[SortKey], ...] = ()

    def plain(self) -> Kept:
        return Kept(**dict(self))


def _reading(found: object) -> ReadingOptions | None:
    if not isinstance(found, dict):
        return None
    said = {name: value for name, value in found.items() if value is not None}
    try:
        choice = ReadingOptions.from_json(json.dumps(said))
    except InputError:
        return None
    return choice if choice != ReadingOptions() else None


class _File(_Lenient):
    view: Annotated[_View, AfterValidator(_View.plain)] | None = None
    reading: Annotated[ReadingOptions | None, PlainValidator(_reading)] = None

    def plain(self) -> KeptFile:
        return KeptFile(**dict(self))


class _Tables(BaseModel):
    version: Literal[1]
    files: dict[str, OnErrorOmit[Annotated[_File, AfterValidator(_File.plain)]]]
    groups: dict[str, OnErrorOmit[Layout]]


def read_kept(path: Path) -> KeptTables:
    """What a file has; nothing where there is none, or where it is damaged or too large."""
    try:
        if path.stat().st_size > 2 * MOST_BYTES:
            return KeptTables()
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return KeptTables()
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s cannot be read (%s); tables look as if they were new", path, error)
        return KeptTables()
    try:
        tables = _Tables.model_validate(found)
    except ValidationError:
        return KeptTables()
    return KeptTables(dict(tables.files), dict(tables.groups))  # type: ignore[arg-type]  # what `plain` made of them


def write_kept(path: Path, tables: KeptTables) -> None:
    text = json.dumps(_bounded({"version": VERSION, **asdict(tables)}), ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")


def _bounded(data: Json) -> Json:
    """The same with the oldest files left out, as many as must be."""
    files = dict(list(data["files"].items())[-MOST_FILES:])
    sizes = {name: len(json.dumps(entry)) + len(name) for name, entry in files.items()}
    for name in list(files):
        if sum(sizes.values()) <= MOST_BYTES:
            break
        del files[name], sizes[name]
    return {**data, "files": files}
