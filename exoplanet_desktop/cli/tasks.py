"""The tasks: train, predict, merge, simulate."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_left_out
from exoplanet_desktop.cli.console import Console, print_json, print_rows
from exoplanet_desktop.cli.diagnosis import diagnose_rows
from exoplanet_desktop.cli.guard import FAILED, OK
from exoplanet_desktop.cli.options import (
    CATALOG,
    OUTPUT,
    RULES,
    Place,
    ReadingFlags,
    balance_of,
    choices_of,
    data_dir_option,
    features_of,
    features_option,
    json_option,
    known_rows_of,
    model_of,
    model_option,
    names_of,
    place_options,
    reading_options,
    rule_of,
    satellite_of,
    satellite_option,
)
from exoplanet_desktop.cli.paths import existing, open_log, writable
from exoplanet_desktop.cli.plain_models import Learnt, checked_model, claim_of, with_check, with_sums
from exoplanet_desktop.cli.work import (
    absent_columns,
    backend_at,
    blamed_on,
    check_prediction_file,
    check_training,
    labels_told,
    one_file,
    saved_table,
    train_on,
    warning_of_seen,
    watch,
)
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.requests import PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Balance, KnownRows, ModelLabels

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend
    from exoplanet_desktop.wire.payloads import PredictReply
    from exoplanet_desktop.wire.reading_options import ReadingOptions


@click.command()
@click.argument("csv", nargs=-1, required=True, type=CATALOG)
@satellite_option
@model_option
@features_option
@click.option("--balance", metavar="|".join(Balance), help="Equal weight per row (none), or balanced classes [none].")
@click.option("--use-model-labels", is_flag=True, help="Also train on rows whose label a model made (merged files).")
@click.option("--without", metavar="A,B,…", help="Columns to leave out, for example for files that lack them.")
@click.option("--rule", metavar="|".join(RULES), help="With several files: which rows are duplicates [exact].")
@click.option("--no-sentinel", is_flag=True, help="Skip the second score, with blind features.")
@reading_options
@place_options
@json_option
def train(
    said: ReadingFlags,
    csv: tuple[Path, ...],
    satellite: str | None,
    model: str,
    features: str | None,
    balance: str | None,
    use_model_labels: bool,
    without: str | None,
    rule: str | None,
    no_sentinel: bool,
    data_dir: Path | None,
    backend: str | None,
    token_file: Path | None,
    as_json: bool,
) -> int:
    """Train a classifier on one catalog, or on several that are merged first.

    If several catalogs have the same objects with different dispositions, --rule says which rows to train on.
    Prints accuracy on held-out stars and over the folds; with --json, the final status of the job. A model of a
    backend that does not say how it measured is checked on rows of the catalog; exits with 1 if the model contradicts
    its reported accuracy.
    """
    from exoplanet_desktop.cli.summaries import training_summary

    kind, feature_set, weights = model_of(model), features_of(features), balance_of(balance)
    console = Console()
    choices = choices_of(said, csv, satellite, console.note)
    mission = satellite_of(satellite, csv[0], choices[0])
    check_training(csv, mission, choices)
    request = TrainRequest(
        mission,
        kind,
        features=feature_set,
        balance=weights,
        sentinel=False if no_sentinel else None,
        model_labels=ModelLabels.USE if use_model_labels else ModelLabels.LEAVE_OUT,
        without=names_of(without),
    )
    check_left_out(request.without, SATELLITES[mission])
    for warning in labels_told(csv, choices, mission):
        console.note(warning)
    duplicates = None if rule is None else rule_of(rule, no_dedupe=False)
    place = Place(data_dir, backend, token_file)
    with one_file(csv, choices, console, duplicates) as (whole, choice), backend_at(place, console) as there:
        status, result = train_on(there, whole, request, console, choice)
        learnt = Learnt(csv, choices, whole, choice, duplicates)
        parity = checked_model(there, learnt, request, status, result, data_dir, console)
    if as_json:
        print_json(with_check(status, parity))
    else:
        print_rows(training_summary(mission, kind, result, parity))
    return FAILED if parity and parity.contradiction else OK


@click.command()
@click.argument("csv", type=CATALOG)
@satellite_option
@model_option
@features_option
@click.option("--from-row", type=int, metavar="N", help="First row to predict, counted from 0.")
@click.option("--to-row", type=int, metavar="M", help="Last row to predict, inclusive.")
@click.option("--train-on", type=CATALOG, metavar="CSV", help="Train on this catalog first.")
@click.option("--match-columns", is_flag=True, help="With --train-on: train only on the columns that CSV has.")
@click.option("--known-rows", metavar="|".join(KnownRows), help="What predicts rows used in training [held-out].")
@click.option("-o", "--output", type=OUTPUT, metavar="OUT.csv", help="File for the table with the predictions.")
@reading_options
@place_options
@json_option
def predict(
    said: ReadingFlags,
    csv: Path,
    satellite: str | None,
    model: str,
    features: str | None,
    from_row: int | None,
    to_row: int | None,
    train_on: Path | None,
    match_columns: bool,
    known_rows: str | None,
    output: Path | None,
    data_dir: Path | None,
    backend: str | None,
    token_file: Path | None,
    as_json: bool,
) -> int:
    """Predict the dispositions of a catalog's rows with the newest model of its kind.

    Prints how many rows fell into each class and how many agree with known labels; with --json, the reply without its
    rows. Exits with 1 if the backend predicted anything other than what was requested, or if too few rows agree for
    the accuracy that it reported.
    """
    _check_range(from_row, to_row)
    files = (csv, *([train_on] if train_on else []))
    writable(output, *files)
    console = Console()
    choices = choices_of(said, files, satellite, console.note)
    mission = satellite_of(satellite, csv, choices[0])
    check_prediction_file(csv, mission, choices[0])
    if train_on:
        check_training([train_on], mission, choices[1:])
    elif match_columns:
        raise InputError("--match-columns needs --train-on. Name the catalog to train on.")
    asked = PredictRequest(
        mission,
        model_of(model),
        from_row,
        to_row,
        features=features_of(features),
        known_rows=known_rows_of(known_rows),
        results_limit=0 if backend is None else None,
    )
    with backend_at(Place(data_dir, backend, token_file), console) as there:
        if train_on:
            asked = _trained_for(there, files, choices, asked, data_dir, console, match_columns=match_columns)
        return _predict(there, files, choices, asked, output, data_dir, console, as_json=as_json)


def _check_range(from_row: int | None, to_row: int | None) -> None:
    for name, row in (("--from-row", from_row), ("--to-row", to_row)):
        if row is not None and row < 0:
            raise InputError(f"{name} {row} is not a row: rows are counted from 0. Give 0 or more.")
    if from_row is not None and to_row is not None and from_row > to_row:
        raise InputError(f"There are no rows {from_row} to {to_row}. Give a first row that is not after the last.")


def _predict(
    backend: "Backend",
    files: Sequence[Path],
    choices: "Sequence[ReadingOptions]",
    asked: PredictRequest,
    output: Path | None,
    data_dir: Path | None,
    console: Console,
    *,
    as_json: bool,
) -> int:
    from exoplanet_desktop.cli.summaries import prediction_summary
    from exoplanet_desktop.client.calls.checks import check_prediction, differences
    from exoplanet_desktop.client.calls.sent import reads_as_told
    from exoplanet_desktop.client.jobs.agreement import counted
    from exoplanet_desktop.client.jobs.claims import objections, unheld
    from exoplanet_desktop.client.jobs.reply_rows import only_asked
    from exoplanet_desktop.client.jobs.saved_note import keep_note

    csv, choice = files[0], choices[0]
    with blamed_on(lambda: diagnose_rows(csv, asked.from_row, asked.to_row, choice)):
        reply = _reply(backend, csv, choice, asked, console)
    is_plain, deviations = not reads_as_told(backend), check_prediction(reply, asked)
    is_other = bool(differences(reply, asked))
    if is_plain:
        reply = only_asked(reply, asked)
    if output is not None:
        deviations += saved_table(backend, reply, asked, (csv, choice), output, console)
    console.end()
    sums = counted(reply, csv, asked.satellite, reading=choice)
    against: tuple[str, ...] = ()
    claim = claim_of(backend, asked, data_dir) if is_plain else None
    if claim is not None:
        against = objections(reply, sums, claim, asked.satellite)
        notes = (*against, unheld(sums, claim), *(reply.notes or ()))
        reply = reply.model_copy(update={"notes": [note for note in notes if note]})
    note = keep_note(output, reply, against) if output is not None else None
    if sentence := warning_of_seen(backend, files, choices, asked, data_dir):
        console.note(f"Warning: {sentence}")
    for warning in (*against, *deviations):
        console.note(f"Warning: {warning}")
    if as_json:
        print_json(with_sums(reply, sums), without=frozenset({"results"}), beside=output)
    else:
        rest = reply.model_copy(update={"notes": (reply.notes or [])[len(against) :]})
        print_rows(prediction_summary(rest, sums, asked, output, note, claim), beside=output)
    return FAILED if against or is_other else OK


def _trained_for(
    backend: "Backend",
    files: Sequence[Path],
    choices: "Sequence[ReadingOptions]",
    asked: PredictRequest,
    data_dir: Path | None,
    console: Console,
    *,
    match_columns: bool,
) -> PredictRequest:
    """Trains on the second file; the request then names the resulting model, if the backend names it."""
    csv, train_csv = files
    without = absent_columns(csv, asked, choices[0]) if match_columns else ()
    if match_columns and not without:
        console.note("No feature column is missing from this file, so the model is trained on all of them.")
    labels = ModelLabels.LEAVE_OUT
    request = TrainRequest(asked.satellite, asked.model, asked.features, model_labels=labels, without=without)
    status, result = train_on(backend, train_csv, request, console, choices[1])
    learnt = Learnt([train_csv], choices[1:], train_csv, choices[1])
    checked_model(backend, learnt, request, status, result, data_dir, console)
    return replace(asked, model_version=result.model_version) if without else asked


def _reply(
    backend: "Backend",
    csv: Path,
    choice: "ReadingOptions",
    asked: PredictRequest,
    console: Console,
) -> "PredictReply":
    from exoplanet_desktop.client.jobs.jobs import prediction_of
    from exoplanet_desktop.wire.payloads import TrainAccepted

    answer = backend.predict(
        csv,
        asked,
        reading=choice,
        told=console.note,
        progress=console.sending(csv.name),
    )
    return prediction_of(watch(backend, answer, console)) if isinstance(answer, TrainAccepted) else answer


@click.command()
@click.argument("csv", nargs=-1, required=True, type=CATALOG)
@click.option("--rule", metavar="|".join(RULES), help="Which rows are duplicates, and which of them to keep [exact].")
@click.option(
    "--identifier", metavar="COLUMN", help=("The column with the object identifier; by default the satellite's.")
)
@click.option("--no-dedupe", is_flag=True, help="Keep duplicate rows; the same as --rule none.")
@click.option("-o", "--output", type=OUTPUT, metavar="OUT.csv", help="File for the merged table.")
@reading_options
@place_options
@json_option
def merge(
    said: ReadingFlags,
    csv: tuple[Path, ...],
    rule: str | None,
    identifier: str | None,
    no_dedupe: bool,
    output: Path | None,
    data_dir: Path | None,
    backend: str | None,
    token_file: Path | None,
    as_json: bool,
) -> None:
    """Merge two or more catalogs: the rows of the first, then the new rows of the next.

    Duplicates are rows that agree in every cell (exact), or rows of the same object, of which the first, the last or
    the most complete one is kept. The merged file stays in the backend's list; -o also saves it. If the backend cannot
    merge this way, this machine does it, and then -o is needed. With --json, prints the reply.
    """
    from exoplanet_desktop.catalogs.reading.layout import sniff
    from exoplanet_desktop.cli.merging import merged
    from exoplanet_desktop.client.jobs.merges import MergeTask

    if len(csv) < 2:
        raise InputError("A merge needs at least two files. Name another one.")
    duplicates = rule_of(rule, no_dedupe=no_dedupe)
    existing(*csv)
    writable(output, *csv)
    console = Console()
    choices = choices_of(said, csv, None, console.note)
    for file, choice in zip(csv, choices, strict=True):
        sniff(file, choice)
    request = MergeTask(csv, rule=duplicates, identifier=identifier, readings=choices)
    with backend_at(Place(data_dir, backend, token_file), console) as there:
        reply, who = merged(there, request, output, console)
    console.end()
    if as_json:
        print_json(reply, beside=output)
    else:
        rows = [("merged", f"{reply.merged_rows:,} rows by {who}"), ("file", reply.merged_filename)]
        rows += [("duplicates", f"{reply.duplicates:,} rows dropped")] if reply.duplicates else []
        rows += [("note", note) for note in reply.notes or ()]
        print_rows([*rows, *([("saved", str(output))] if output else [])], beside=output)


@click.command()
@satellite_option
@click.option("--rows", type=int, required=True, metavar="N", help="Number of objects.")
@click.option(
    "--seed", type=int, default=42, show_default=True, metavar="S", help=("The same seed gives the same catalog.")
)
@click.option("-o", "--output", type=OUTPUT, required=True, metavar="OUT.csv", help="The file to write.")
@data_dir_option
def simulate(satellite: str | None, rows: int, seed: int, output: Path, data_dir: Path | None) -> None:
    """Write a synthetic catalog with the archive's columns, for demonstrations and load tests; not for science."""
    from exoplanet_desktop.catalogs.facts.satellites import satellite_info
    from exoplanet_desktop.catalogs.simulate.catalog import simulate as write

    if satellite is None:
        raise InputError("Which catalog should be simulated? Name one with --satellite.")
    mission = satellite_info(satellite).satellite
    if rows < 1:
        raise InputError(f"A catalog of {rows} rows cannot be simulated. Ask for at least one row.")
    if seed < 0:
        raise InputError(f"The seed {seed} is negative. Give 0 or more.")
    writable(output)
    open_log(data_dir)
    console = Console()
    write(mission, rows, seed, output, report=console.progress)
    console.end()
    print_rows(
        [("simulated", f"{rows:,} rows of a {mission} catalog, seed {seed}"), ("saved", str(output))], beside=output
    )
