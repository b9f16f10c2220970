"""Shared by the tasks: a backend to work with, checks of catalogs before upload, and complete trainings."""

import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.cli.console import Console
from exoplanet_desktop.cli.diagnosis import diagnose_training
from exoplanet_desktop.cli.options import Place
from exoplanet_desktop.cli.paths import existing, open_log, token_in
from exoplanet_desktop.errors import AppError, BugError, InputError, NoAnswer, UnavailableError
from exoplanet_desktop.resources import default_data_dir
from exoplanet_desktop.wire.requests import PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Duplicates, Features, Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend
    from exoplanet_desktop.wire.payloads import JobStatus, PredictReply, TrainAccepted, TrainResult
    from exoplanet_desktop.wire.reading_options import ReadingOptions

log = logging.getLogger("exoplanet_desktop.cli")
job_log = logging.getLogger("exoplanet_desktop.cli.job")


@contextmanager
def backend_at(place: Place, console: Console) -> Iterator["Backend"]:
    """The backend to work with; an engine of our own stops when the block ends, however it ends."""
    from exoplanet_desktop.client.calls.backend import Backend
    from exoplanet_desktop.client.profiles.engine import EmbeddedEngine

    folder = open_log(place.data_dir)
    if place.backend is not None:
        backend = Backend(place.backend, token_in(place.token_file) if place.token_file else None)
        backend.health()
        yield backend
        return
    if place.token_file is not None:
        raise InputError("--token-file needs --backend. Name the backend, or leave the token out.")
    console.progress(None, "Starting the engine")
    engine = EmbeddedEngine(folder.absolute())
    try:
        yield engine.start()
    finally:
        console.end()
        engine.stop()


def check_training(files: Sequence[Path], satellite: Satellite, choices: Sequence["ReadingOptions"] = ()) -> None:
    """Raises InputError if a training on these files would fail. Of several files, one must have the label.

    `choices`: the user's reading options for each file, if any.
    """
    from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_training, check_kind
    from exoplanet_desktop.catalogs.reading.layout import sniff

    existing(*files)
    said = choices or (None,) * len(files)
    layouts = [sniff(file, choice) for file, choice in zip(files, said, strict=True)]
    for layout in layouts:
        check_kind(layout.columns, SATELLITES[satellite], "training")
    check_for_training({column for layout in layouts for column in layout.columns}, SATELLITES[satellite])


def check_prediction_file(file: Path, satellite: Satellite, choice: "ReadingOptions | None" = None) -> None:
    """Raises InputError if a file cannot be used for prediction."""
    from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_prediction
    from exoplanet_desktop.catalogs.reading.layout import sniff

    existing(file)
    check_for_prediction(sniff(file, choice).columns, SATELLITES[satellite])


def labels_told(files: Sequence[Path], choices: Sequence["ReadingOptions"], satellite: Satellite) -> list[str]:
    """Warnings about the labels of files for a training, one sentence each."""
    from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
    from exoplanet_desktop.catalogs.reading.layout import sniff
    from exoplanet_desktop.catalogs.tables.labels import warnings_before_training

    layouts = [sniff(file, choice) for file, choice in zip(files, choices, strict=True)]
    return list(warnings_before_training(layouts, SATELLITES[satellite]))


def absent_columns(file: Path, asked: PredictRequest, choice: "ReadingOptions | None" = None) -> tuple[str, ...]:
    """The requested model's feature columns that a file lacks, or that are empty in the requested rows."""
    from exoplanet_desktop.catalogs.reading.layout import sniff
    from exoplanet_desktop.catalogs.tables.table import Table
    from exoplanet_desktop.classify.features import absent_inputs, feature_set

    with Table.open(file, layout=sniff(file, choice)) as table:
        rows = (asked.from_row or 0, table.row_count - 1 if asked.to_row is None else asked.to_row)
        return absent_inputs(table, feature_set(asked.satellite, asked.features or Features.VETTED), *rows)


@contextmanager
def one_file(
    files: Sequence[Path], choices: Sequence["ReadingOptions"], console: Console, rule: Duplicates | None = None
) -> Iterator[tuple[Path, "ReadingOptions | None"]]:
    """The file itself, or all of them merged in order into a temporary file; and its reading options.

    `rule`: which rows are duplicates. Without one, raises InputError if an object has different dispositions.
    """
    from exoplanet_desktop.catalogs.merging.merge import merge_many
    from exoplanet_desktop.catalogs.merging.same_objects import same_objects
    from exoplanet_desktop.client.jobs.merges import reading_of_merged

    if len(files) == 1:
        yield files[0], choices[0]
        return
    if rule is None:
        found = same_objects(files, choices, report=_as_one_stage(console, f"Reading through {len(files)} files"))
        if found.different:
            raise InputError(
                f"{found.sentence} Use --rule to choose which of their rows to train on: `last` for the later files, "
                "`first` for the earlier ones, `most-complete` for the most complete rows, `exact` for all that "
                "differ."
            )
        if found.objects:
            console.note(found.sentence)
    with tempfile.TemporaryDirectory(prefix="exoplanet-desktop-", ignore_cleanup_errors=True) as folder:
        whole = Path(folder) / "merged.csv"
        report = _as_one_stage(console, f"Merging {len(files)} files")
        summary = merge_many(files, whole, rule=rule or Duplicates.EXACT, choices=choices, report=report)
        if summary.duplicates:
            console.note(
                f"{summary.duplicates:,} rows are duplicates by the rule `{rule or Duplicates.EXACT}` and are left out."
            )
        yield whole, reading_of_merged(choices)


def _as_one_stage(console: Console, stage: str) -> Callable[[float, str], None]:
    def report(share: float, _: str) -> None:
        console.progress(share, stage)

    return report


def train_on(
    backend: "Backend",
    csv: Path,
    request: TrainRequest,
    console: Console,
    choice: "ReadingOptions | None" = None,
) -> tuple["JobStatus", "TrainResult"]:
    """A training from upload to metrics. Raises the AppError that tells why there are none."""
    from exoplanet_desktop.client.calls.labels import to_learn_from
    from exoplanet_desktop.client.jobs.jobs import judge

    with (
        blamed_on(lambda: diagnose_training(csv, request.satellite, choice)),
        to_learn_from(backend, csv, request.model_labels, reading=choice) as (sent, out),
    ):
        if out:
            console.note(f"{out:,} rows have labels made by a model; they are left out.")
        accepted = backend.train(
            sent,
            request,
            reading=choice if sent == csv else None,
            told=console.note,
            progress=console.sending(csv.name),
        )
        status = watch(backend, accepted, console)
        outcome = judge(status)
        if outcome.result is None:
            raise outcome.error or BugError("The training ended without a result and without a reason.")
    return status, outcome.result


def saved_table(
    backend: "Backend",
    reply: "PredictReply",
    asked: PredictRequest,
    sent: tuple[Path, "ReadingOptions"],
    output: Path,
    console: Console,
) -> tuple[str, ...]:
    """Saves the table of a prediction; that of a plain backend as it was asked for. Returns what is odd about it.

    `sent`: the user's file, and how it is read. Raises UnavailableError for another table; `output` is then as it was.
    """
    from exoplanet_desktop.client.calls.sent import reads_as_told
    from exoplanet_desktop.client.http.transfers import copy_file
    from exoplanet_desktop.client.jobs.received import check_predicted
    from exoplanet_desktop.client.jobs.result_table import settle_table
    from exoplanet_desktop.files.temporary import temporary_folder

    with temporary_folder("result") as folder:  # the target may be a pipe
        table = folder / "predicted.csv"
        backend.download(reply.csv_file, table, progress=console.receiving(output.name))
        odd = () if reads_as_told(backend) else settle_table(table, reply, asked.satellite)
        odd += check_predicted(table, reply, asked, *sent)
        copy_file(table, output)
    return odd


def warning_of_seen(
    backend: "Backend",
    files: Sequence[Path],
    choices: Sequence["ReadingOptions"],
    asked: PredictRequest,
    data_dir: Path | None,
) -> str:
    """A warning about rows that the model was trained on, if the backend does not report them; "" if there are none.

    Args:
        files, choices: the file to classify, and the model's training file if it was trained just before.
        data_dir: folder of the window's record of runs, the other source of this information.
    """
    from exoplanet_desktop.client.calls.sent import reads_as_told
    from exoplanet_desktop.record.reading import RecordReader
    from exoplanet_desktop.record.seen import TrainingFile, seen_rows, taught_by_record

    if reads_as_told(backend):
        return ""
    taught = [TrainingFile(*one) for one in zip(files[1:], choices[1:], strict=True)]
    folder = (data_dir or default_data_dir()) / "record"
    if not taught and (folder / "runs.sqlite").is_file():
        try:
            with RecordReader(folder) as record:
                taught = taught_by_record(record, backend.base_url, asked.satellite, asked.model, asked.features)
        except AppError as error:
            log.info("the record of runs is not read: %s", error)
    rows = (asked.from_row, asked.to_row)
    found = seen_rows(files[0], choices[0], taught, asked.satellite, rows=rows)
    return found.sentence if found else ""


@contextmanager
def blamed_on(diagnose: Callable[[], None]) -> Iterator[None]:
    """Lets `diagnose` raise an InputError in place of a backend's failure if the file caused it."""
    try:
        yield
    except NoAnswer:
        raise
    except UnavailableError as error:
        log.info("the backend failed: %s", error)
        diagnose()
        raise


def watch(backend: "Backend", accepted: "TrainAccepted", console: Console) -> "JobStatus":
    """Follows a job to its end; copies its log into ours."""
    from exoplanet_desktop.client.jobs.jobs import follow

    try:
        return follow(
            backend,
            accepted,
            on_status=console.status,
            on_log=lambda text: job_log.info("%s", text.rstrip()),
            on_quiet=console.note,
        )
    finally:
        console.end()
