"""The engine behind the calls: its store, its jobs, and the orders made from requests."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from exoplanet_desktop.catalogs.facts.satellites import SatelliteInfo
from exoplanet_desktop.catalogs.reading.layout import preview
from exoplanet_desktop.errors import InputError, NoModel, NotFound, shown
from exoplanet_desktop.server import names, records
from exoplanet_desktop.server.cluster import Cluster
from exoplanet_desktop.server.forms import Form
from exoplanet_desktop.server.job import Job, Order, Output
from exoplanet_desktop.server.jobs import JobRunner
from exoplanet_desktop.server.local import LocalFile, local_file
from exoplanet_desktop.server.replies import media_url, merge_reply
from exoplanet_desktop.server.settings import EngineSettings
from exoplanet_desktop.server.store import Incoming, Store, now
from exoplanet_desktop.server.tasks import HELD_OUT_FILE, MATRIX_FILE, MATRIX_NORMALISED_FILE, MODEL_FILE, TABLE_FILE
from exoplanet_desktop.server.tokens import MergeTokens
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import MergeRequest, PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Duplicates

log = logging.getLogger(__name__)

LETTERS = "abcdefghijklmnopqrstuvwxyz"  # for the files of a merge: file_a, file_b, …
_STEM = 40  # characters of a file's stem to use in a new file's name

Check = Callable[[Path, ReadingOptions | None], None]


@dataclass(frozen=True)
class InputFile:
    """A CSV that a request refers to.

    Attributes:
        path: of the file.
        reference: its relative path in the store, or its absolute one where the caller named it by path.
        info: how it came here.
        reading: how it is to be read, where that is not to be found out.
        local: the file that was named by path, which may change while a job waits or reads.
    """

    path: Path
    reference: str
    info: str
    reading: ReadingOptions | None = None
    local: LocalFile | None = None

    @property
    def stem(self) -> str:
        """The user's stem for it."""
        stem = self.path.stem if self.local is None else names.clean_stem(self.path.name)
        return names.plain_stem(stem)[:_STEM].strip(" .") or "file"

    @property
    def name(self) -> str:
        """The user's name for it."""
        return self.path.name if self.local else f"{self.stem}.csv"

    @property
    def stamps(self) -> dict[str, list[int]]:
        """What a job compares the file with while it reads."""
        return {str(self.path): list(self.local.stamp)} if self.local else {}


class Engine:
    """Opens the store of `settings.data_dir` and keeps it open until it is closed."""

    def __init__(self, settings: EngineSettings) -> None:
        """Raises UnavailableError if the data folder or the cluster is unusable, InputError if it is not a cluster."""
        self.settings = settings
        self.store = Store(settings.data_dir)
        self.tokens = MergeTokens(self.store.key, settings.merge_token_seconds)
        try:
            scheduler, folder = settings.cluster, self.store.folder("work") / "cluster"
            self._cluster = Cluster(scheduler, folder) if scheduler else None
        except BaseException:
            self.store.close()
            raise
        self.runner = JobRunner(self.store, settings, self._cluster.place if self._cluster else None)
        self._is_closed = False

    def close(self) -> None:
        """End all jobs and processes, then release the data folder. May be called twice."""
        if not self._is_closed:
            self._is_closed = True
            self.runner.close()
            if self._cluster is not None:
                self._cluster.close()
            self.store.close()

    # --- files

    async def take(self, incoming: Incoming, reading: ReadingOptions | None, check: Check) -> InputFile:
        """Keep an upload that passes `check`."""
        await asyncio.to_thread(check, incoming.path, reading)
        name, existed = await asyncio.to_thread(self.store.adopt, incoming)
        info = f"File exists. Using existing: {name}" if existed else f"Uploaded: {name}"
        return InputFile(self.store.folder("uploads") / name, f"uploads/{name}", info, reading)

    async def find(self, reference: str, reading: ReadingOptions | None, check: Check) -> InputFile:
        """A CSV that the store has already."""
        rel_path = await asyncio.to_thread(self.store.find_csv, reference)
        path = self.store.root / rel_path
        await asyncio.to_thread(check, path, reading)
        return InputFile(path, rel_path, f"Using existing: {path.name}", reading)

    async def read_local(self, text: str, reading: ReadingOptions | None, check: Check) -> InputFile:
        """A file of this machine that the caller names by path. Raises InputError where this engine opens none."""
        if not self.settings.local_paths:
            raise InputError("This server opens no files by path. Upload the file.")
        found = await asyncio.to_thread(local_file, text)
        await asyncio.to_thread(check, found.path, reading)
        return InputFile(found.path, str(found.path), f"Reading in place: {found.path.name}", reading, found)

    async def source(
        self, form: Form, names: tuple[str, str, str], reading: ReadingOptions | None, check: Check
    ) -> InputFile | None:
        """The CSV that a form holds, names, or gives the path of, in the fields of these names; None without any."""
        file_field, name_field, path_field = names
        if incoming := form.files.get(file_field):
            return await self.take(incoming, reading, check)
        if path := form.path(path_field):
            return await self.read_local(path, reading, check)
        reference = form.text(name_field)
        return await self.find(reference, reading, check) if reference else None

    # --- orders

    def train_order(self, source: InputFile, request: TrainRequest) -> Order:
        filename = self.store.claim("models", f"{request.satellite}_{request.model}_{request.features}_", ".exomodel")
        version = filename.removesuffix(".exomodel")
        model = Output(MODEL_FILE, "models", filename)
        matrix = Output(MATRIX_FILE, "plots", f"cm_{version}.png")
        normalised = Output(MATRIX_NORMALISED_FILE, "plots", f"cm_{version}_normalized.png")
        held_out = Output(HELD_OUT_FILE, "heldout", f"heldout_{version}.csv")
        outputs = {"cm_image": matrix, "cm_norm_image": normalised, "model": model, "held_out": held_out}
        places = {"model_version": version}
        for key, output in outputs.items():
            places[f"{key}_path"] = output.rel_path
            places[f"{key}_url"] = media_url("", output.rel_path)
        reading = as_text(source.reading)
        params = {"data_path": source.reference, **request.params(), **_kept("reading", reading)}
        args = {
            **request.to_json(),
            "csv": str(source.path),
            "data_digest": source.local.digest if source.local else None,
            "reading": reading,
            "places": places,
        }

        def settle(connection: Connection, job: Job, summary: Mapping[str, Any]) -> None:
            words = (str(request.satellite), str(request.model), str(request.features), str(request.balance))
            scores = (summary.get("accuracy"), summary.get("cv_mean"), summary.get("cv_std"))
            learnt = (request.without, source.name, summary.get("class_rows") or {})
            record = records.ModelRecord(version, *words, now(), *scores, job.id, filename, *learnt)
            records.write_model(connection, record)

        return Order("train", args, params, tuple(outputs.values()), (source.reference,), settle=settle)

    def find_model(self, request: PredictRequest) -> records.ModelRecord:
        """The newest version that fits what is asked for; a reduced model only where it is named.

        Raises NoModel if there is none.
        """
        satellite, model, features, version = (
            request.satellite,
            request.model,
            request.features,
            request.model_version,
        )
        known = records.list_models(self.store.database)
        if version is not None and all(found.version != version for found in known):
            raise NoModel(f"There is no model version “{shown(version)}”. Choose one from the list of models.")
        for found in known:
            fits = (found.satellite, found.model) == (satellite, model) and features in (None, found.features)
            if fits and (found.version == version or (version is None and not found.without)):
                if not (self.store.folder("models") / found.filename).is_file():
                    raise NoModel(f"The file of the model {found.version} is gone. Train the model again.")
                return found
        if version is not None:
            raise InputError(
                f"The model version “{version}” is not a {satellite} {model} model. Leave one of them out."
            )
        kind = f"{satellite} {model}" + (f" ({features})" if features else "")
        raise NoModel(f"No {kind} model has been trained yet. Train one first, or choose another model.")

    def predict_order(
        self, source: InputFile, request: PredictRequest, model: records.ModelRecord, base: str, *, as_job: bool
    ) -> Order:
        prefix = f"{source.stem}__pred_{model.satellite}_{model.model}_"
        output = Output(TABLE_FILE, "uploads", self.store.claim("uploads", prefix, ".csv"))
        params = {
            "data_path": source.reference,
            "satellite": model.satellite,
            "model": model.model,
            "features": model.features,
            "model_version": model.version,
            "from_row": request.from_row,
            "to_row": request.to_row,
            **_kept("reading", as_text(source.reading)),
        }
        reply = {
            "satellite": model.satellite,
            "model_type": model.model,
            "features": model.features,
            "model_version": model.version,
            "csv_file": media_url(base, output.rel_path),
        }
        args = {
            **request.to_json(),
            "csv": str(source.path),
            "stamps": source.stamps,
            "model_path": str(self.store.folder("models") / model.filename),
            "reading": as_text(source.reading),
            "reply": reply,
        }
        return Order("predict", args, params, (output,), (source.reference,), recorded=as_job)

    def merge_order(self, sources: Sequence[InputFile], request: MergeRequest, base: str, *, as_job: bool) -> Order:
        name = self._merged_name(sources, request.output_name)
        output = Output(TABLE_FILE, "mergefiles", name)
        said = [as_text(source.reading) for source in sources]
        params: dict[str, Any] = {
            f"file_{letter}": source.reference for letter, source in zip(LETTERS, sources, strict=False)
        }
        params |= {
            "dedupe": request.rule is not Duplicates.NONE,
            "rule": request.rule,
            "identifier": request.identifier,
            "output_name": name,
            **_kept("readings", said if any(said) else None),
        }
        args = {
            "files": [str(source.path) for source in sources],
            "stamps": {path: stamp for source in sources for path, stamp in source.stamps.items()},
            **request.to_json(),
            "readings": said,
        }

        def settle(connection: Connection, _: Job, summary: Mapping[str, Any]) -> None:
            status = (self.store.folder("mergefiles") / name).stat()
            records.write_merged(connection, name, summary["rows"], status.st_size, status.st_mtime_ns)

        def reply(summary: Mapping[str, Any]) -> dict[str, Any]:
            return merge_reply(base, output.rel_path, summary, self.tokens)

        inputs = tuple(source.reference for source in sources)
        return Order("merge", args, params, (output,), inputs, recorded=as_job, settle=settle, reply=reply)

    def _merged_name(self, sources: Sequence[InputFile], output_name: str | None) -> str:
        if output_name is None:
            more = f"and_{len(sources) - 2}_more__" if len(sources) > 2 else ""
            stems = f"{sources[0].stem}__{sources[1].stem}__"
            return self.store.claim("mergefiles", f"merged__{stems}{more}", ".csv")
        name = output_name if names.has_csv_suffix(output_name) else f"{output_name}.csv"
        names.check_name(name)
        if not self.store.claim_exactly("mergefiles", name):
            raise InputError(f"There is already a merged file “{shown(name)}”. Choose another name.")
        return name

    async def submit(self, order: Order) -> Job:
        """Queue a job. If that fails, release the names of its output files. Raises TooMany and UnavailableError."""
        try:
            return await asyncio.to_thread(self.runner.submit, order)
        except BaseException:
            for output in order.outputs:
                self.store.release(output.folder, output.name)
            raise

    def delete_merged(self, name: str) -> None:
        """Raises NotFound for an unknown file, InputError for one that a job is reading."""
        if not names.is_good(name):
            raise NotFound("There is no such merged file on this server. Look it up in the list again.")
        if self.runner.uses(f"mergefiles/{name}"):
            raise InputError("A job is using this merged file. Delete it when the job has ended.")
        self.store.delete_merged(name)


def check_columns(info: SatelliteInfo, check: Callable[[tuple[str, ...], SatelliteInfo], None]) -> Check:
    """A check that refuses at once what a job could only fail on. It reads a few kilobytes.

    It raises UnreadableFile for what is no table with rows, and what `check` raises.
    """

    def columns(path: Path, reading: ReadingOptions | None) -> None:
        check(preview(path, 1, reading).layout.columns, info)

    return columns


def check_readable(path: Path, reading: ReadingOptions | None) -> None:
    """Raises UnreadableFile for what is no table with rows."""
    preview(path, 1, reading)


def as_text(reading: ReadingOptions | None) -> str | None:
    """A reading in the form used by jobs and their records."""
    return None if reading is None else reading.to_json()


def _kept(name: str, value: Any) -> dict[str, Any]:
    """Fields that a record contains only if they were given."""
    return {} if value is None else {name: value}
