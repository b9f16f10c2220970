"""The engine behind the calls: its store, its jobs, and the orders that requests become."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from exoplanet_desktop.catalogs.facts.satellites import (
    SATELLITES,
    SatelliteInfo,
    check_for_prediction,
    check_for_training,
    check_left_out,
)
from exoplanet_desktop.catalogs.merging.duplicates import Duplicates
from exoplanet_desktop.catalogs.reading.layout import Choice, preview
from exoplanet_desktop.errors import InputError, NoModel, NotFound
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
from exoplanet_desktop.wire.vocabulary import Balance, Features, KnownRows, Model, ModelLabels, Satellite

log = logging.getLogger(__name__)

LETTERS = "abcdefghijklmnopqrstuvwxyz"  # of the files of a merge: file_a, file_b, …
_STEM = 40  # characters of a file's stem that go into a new file's name

Check = Callable[[Path], None]


@dataclass(frozen=True)
class InputFile:
    """A CSV that a request means.

    Attributes:
        path: of the file.
        reference: its relative path in the store, or its absolute one where the caller named it by path.
        info: how it came here.
        local: the file that was named by path, which may change while a job waits or reads.
    """

    path: Path
    reference: str
    info: str
    local: LocalFile | None = None

    @property
    def stem(self) -> str:
        """The user's stem for it."""
        stem = self.path.stem if self.local is None else names.clean_stem(self.path.name)
        return names.plain_stem(stem)[:_STEM].strip(" .") or "file"

    @property
    def stamps(self) -> dict[str, list[int]]:
        """What a job holds the file against while it reads."""
        return {str(self.path): list(self.local.stamp)} if self.local else {}


class Engine:
    """Opens the store of `settings.data_dir` and holds it until it is closed."""

    def __init__(self, settings: EngineSettings) -> None:
        """Raises UnavailableError where the data folder or the cluster cannot be used, InputError for no cluster."""
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
        """End all jobs and processes, then let go of the data folder. May be called twice."""
        if not self._is_closed:
            self._is_closed = True
            self.runner.close()
            if self._cluster is not None:
                self._cluster.close()
            self.store.close()

    # --- files

    async def take(self, incoming: Incoming, check: Check) -> InputFile:
        """Keep an upload that passes `check`."""
        await asyncio.to_thread(check, incoming.path)
        name, existed = await asyncio.to_thread(self.store.adopt, incoming)
        info = f"File exists. Using existing: {name}" if existed else f"Uploaded: {name}"
        return InputFile(self.store.folder("uploads") / name, f"uploads/{name}", info)

    async def find(self, reference: str, check: Check) -> InputFile:
        """A CSV that the store has already."""
        rel_path = await asyncio.to_thread(self.store.find_csv, reference)
        path = self.store.root / rel_path
        await asyncio.to_thread(check, path)
        return InputFile(path, rel_path, f"Using existing: {path.name}")

    async def read_local(self, text: str, check: Check) -> InputFile:
        """A file of this machine that the caller names by path. Raises InputError where this engine opens none."""
        if not self.settings.local_paths:
            raise InputError("This server opens no files by path. Upload the file.")
        found = await asyncio.to_thread(local_file, text)
        await asyncio.to_thread(check, found.path)
        return InputFile(found.path, str(found.path), f"Reading in place: {found.path.name}", found)

    async def source(
        self, form: Form, file_field: str, name_field: str, path_field: str, check: Check
    ) -> InputFile | None:
        """The CSV that a form holds as a file, names, or gives the path of; None where it does nothing of these."""
        if incoming := form.files.get(file_field):
            return await self.take(incoming, check)
        if path := form.path(path_field):
            return await self.read_local(path, check)
        reference = form.text(name_field)
        return await self.find(reference, check) if reference else None

    # --- orders

    def train_order(self, source: InputFile, options: "TrainParams") -> Order:
        filename = self.store.claim("models", f"{options.satellite}_{options.model}_{options.features}_", ".exomodel")
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
        params = {"data_path": source.reference, **options.params()}
        args = {
            **params,
            "sentinel": options.sentinel,
            "without": list(options.without),
            "csv": str(source.path),
            "data_digest": source.local.digest if source.local else None,
            "reading": as_text(options.reading),
            "places": places,
        }

        def settle(connection: Connection, job: Job, summary: Mapping[str, Any]) -> None:
            words = (str(options.satellite), str(options.model), str(options.features), str(options.balance))
            scores = (summary.get("accuracy"), summary.get("cv_mean"), summary.get("cv_std"))
            record = records.ModelRecord(version, *words, now(), *scores, job.id, filename, options.without)
            records.write_model(connection, record)

        return Order("train", args, params, tuple(outputs.values()), (source.reference,), settle=settle)

    def find_model(
        self, satellite: Satellite, model: Model, features: Features | None, version: str | None
    ) -> records.ModelRecord:
        """The newest version that fits what is asked for; a reduced model only where it is named.

        Raises NoModel where there is none.
        """
        known = records.list_models(self.store.database)
        if version is not None and all(found.version != version for found in known):
            raise NoModel(f"There is no model version “{names.shown(version)}”. Choose one from the list of models.")
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

    def predict_order(self, source: InputFile, options: "PredictParams", base: str) -> Order:
        model = options.model
        prefix = f"{source.stem}__pred_{model.satellite}_{model.model}_"
        output = Output(TABLE_FILE, "uploads", self.store.claim("uploads", prefix, ".csv"))
        params = {
            "data_path": source.reference,
            "satellite": model.satellite,
            "model": model.model,
            "features": model.features,
            "model_version": model.version,
            "from_row": options.from_row,
            "to_row": options.to_row,
            **_kept("reading", as_text(options.reading)),
        }
        reply = {
            "satellite": model.satellite,
            "model_type": model.model,
            "features": model.features,
            "model_version": model.version,
            "csv_file": media_url(base, output.rel_path),
        }
        args = {
            "csv": str(source.path),
            "stamps": source.stamps,
            "model_path": str(self.store.folder("models") / model.filename),
            "from_row": options.from_row,
            "to_row": options.to_row,
            "results_limit": options.results_limit,
            "explain": options.explain,
            "reading": as_text(options.reading),
            "known_rows": options.known_rows,
            "reply": reply,
        }
        return Order("predict", args, params, (output,), (source.reference,), recorded=options.as_job)

    def merge_order(
        self, sources: Sequence[InputFile], readings: Sequence[Choice | None], options: "MergeParams", base: str
    ) -> Order:
        """`readings`: how each of the sources is to be read."""
        name = self._merged_name(sources, options.output_name)
        output = Output(TABLE_FILE, "mergefiles", name)
        said = [as_text(reading) for reading in readings]
        params: dict[str, Any] = {
            f"file_{letter}": source.reference for letter, source in zip(LETTERS, sources, strict=False)
        }
        params |= {
            "dedupe": options.rule is not Duplicates.NONE,
            "rule": options.rule,
            "identifier": options.identifier,
            "output_name": name,
            **_kept("readings", said if any(said) else None),
        }
        args = {
            "files": [str(source.path) for source in sources],
            "stamps": {path: stamp for source in sources for path, stamp in source.stamps.items()},
            "rule": options.rule,
            "identifier": options.identifier,
            "readings": said,
        }

        def settle(connection: Connection, _: Job, summary: Mapping[str, Any]) -> None:
            status = (self.store.folder("mergefiles") / name).stat()
            records.write_merged(connection, name, summary["rows"], status.st_size, status.st_mtime_ns)

        def reply(summary: Mapping[str, Any]) -> dict[str, Any]:
            return merge_reply(base, output.rel_path, summary, self.tokens)

        inputs = tuple(source.reference for source in sources)
        return Order("merge", args, params, (output,), inputs, recorded=options.as_job, settle=settle, reply=reply)

    def _merged_name(self, sources: Sequence[InputFile], output_name: str | None) -> str:
        if output_name is None:
            more = f"and_{len(sources) - 2}_more__" if len(sources) > 2 else ""
            stems = f"{sources[0].stem}__{sources[1].stem}__"
            return self.store.claim("mergefiles", f"merged__{stems}{more}", ".csv")
        name = output_name if names.has_csv_suffix(output_name) else f"{output_name}.csv"
        names.check_name(name)
        if not self.store.claim_exactly("mergefiles", name):
            raise InputError(f"There is already a merged file “{names.shown(name)}”. Choose another name.")
        return name

    async def submit(self, order: Order) -> Job:
        """Raises TooMany, UnavailableError; the names that the order claimed are then free again."""
        try:
            return await asyncio.to_thread(self.runner.submit, order)
        except BaseException:
            for output in order.outputs:
                self.store.release(output.folder, output.name)
            raise

    def delete_merged(self, name: str) -> None:
        """Raises NotFound for an unknown file, InputError for one that a job reads."""
        if not names.is_good(name):
            raise NotFound("There is no such merged file on this server. Look it up in the list again.")
        if self.runner.uses(f"mergefiles/{name}"):
            raise InputError("A job is using this merged file. Delete it when the job has ended.")
        self.store.delete_merged(name)


@dataclass(frozen=True)
class TrainParams:
    """The options of a training."""

    satellite: Satellite
    model: Model
    features: Features
    balance: Balance
    sentinel: bool
    model_labels: ModelLabels
    reading: Choice | None = None
    without: tuple[str, ...] = ()

    @staticmethod
    def read(form: Form) -> "TrainParams":
        """Raises InputError."""
        satellite = form.choice(Satellite, "satellite", "satellite")
        without = form.names("without")
        check_left_out(without, SATELLITES[satellite])
        return TrainParams(
            satellite=satellite,
            model=form.choice(Model, "model", "model", "model_type"),
            features=form.choice(Features, "feature set", "features", default=Features.VETTED),
            balance=form.choice(Balance, "class balance", "balance", default=Balance.NONE),
            sentinel=form.flag("sentinel", True),
            model_labels=form.choice(
                ModelLabels, "way to treat model-made labels", "model_labels", default=ModelLabels.LEAVE_OUT
            ),
            reading=form.reading(),
            without=without,
        )

    def params(self) -> dict[str, Any]:
        words = {
            "satellite": self.satellite,
            "model": self.model,
            "features": self.features,
            "balance": self.balance,
            "model_labels": self.model_labels,
        }
        params: dict[str, Any] = {name: str(word) for name, word in words.items()}
        params |= {"without": list(self.without)} if self.without else {}
        return params | _kept("reading", as_text(self.reading))

    def check(self, path: Path) -> None:
        check_table(path, self.reading, SATELLITES[self.satellite], check_for_training)


@dataclass(frozen=True)
class MergeParams:
    """The options of a merge; `identifier` is the column of the rules by identifier, where not the satellite's."""

    rule: Duplicates
    identifier: str | None
    output_name: str | None
    as_job: bool

    @staticmethod
    def read(form: Form, *, may_wait: bool = True) -> "MergeParams":
        """Raises InputError."""
        dedupe = form.flag("dedupe", True)
        plain = Duplicates.EXACT if dedupe else Duplicates.NONE
        rule = form.choice(Duplicates, "rule for duplicates", "rule", default=plain)
        if form.text("dedupe") and (rule is Duplicates.NONE) is dedupe:
            raise InputError(
                f"The rule “{rule}” and dedupe={str(dedupe).lower()} contradict each other. Send only one of them."
            )
        output_name = form.text("output_name")
        if output_name is not None:
            names.check_name(output_name)
        return MergeParams(rule, form.text("identifier"), output_name, may_wait and form.flag("async", False))


@dataclass(frozen=True)
class PredictParams:
    """The options of a prediction; rows count from 0, both inclusive."""

    model: records.ModelRecord
    from_row: int | None
    to_row: int | None
    results_limit: int | None
    explain: int
    as_job: bool
    reading: Choice | None = None
    known_rows: KnownRows = KnownRows.HELD_OUT

    def check(self, path: Path) -> None:
        check_table(path, self.reading, SATELLITES[Satellite(self.model.satellite)], check_for_prediction)


def check_table(
    path: Path,
    reading: Choice | None,
    info: SatelliteInfo,
    check: Callable[[tuple[str, ...], SatelliteInfo], None],
) -> None:
    """Refuse at once what a job could only fail on. Reads a few kilobytes.

    Raises UnreadableFile for what is no table with rows, MissingColumns.
    """
    check(preview(path, 1, reading).layout.columns, info)


def check_readable(reading: Choice | None) -> Check:
    """A check that raises UnreadableFile for what is no table with rows."""

    def readable(path: Path) -> None:
        preview(path, 1, reading)

    return readable


def as_text(reading: Choice | None) -> str | None:
    """A reading as jobs and their records have it."""
    return None if reading is None else reading.to_json()


def _kept(name: str, value: Any) -> dict[str, Any]:
    """What a record tells only where it was given."""
    return {} if value is None else {name: value}
