"""The tasks: train, predict, merge, simulate."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from exoplanet_desktop.cli.console import Console, print_json, print_rows
from exoplanet_desktop.cli.diagnosis import diagnose_rows
from exoplanet_desktop.cli.guard import FAILED, OK
from exoplanet_desktop.cli.options import (
    CATALOG,
    OUTPUT,
    RULES,
    Place,
    balance_of,
    data_dir_option,
    features_of,
    features_option,
    json_option,
    model_of,
    model_option,
    place_options,
    rule_of,
    satellite_of,
    satellite_option,
)
from exoplanet_desktop.cli.paths import existing, open_log, writable
from exoplanet_desktop.cli.work import (
    backend_at,
    blamed_on,
    check_prediction_file,
    check_training,
    one_file,
    train_on,
    watch,
)
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.vocabulary import Balance, ModelLabels

if TYPE_CHECKING:
    from exoplanet_desktop.client.backend import Backend
    from exoplanet_desktop.client.checks import PredictRequest
    from exoplanet_desktop.wire.payloads import PredictReply


@click.command()
@click.argument("csv", nargs=-1, required=True, type=CATALOG)
@satellite_option
@model_option
@features_option
@click.option("--balance", metavar="|".join(Balance), help="Weigh each row alike, or each class alike [none].")
@click.option("--use-model-labels", is_flag=True, help="Learn from rows too whose label a model made (merged files).")
@click.option("--rule", metavar="|".join(RULES), help="Of several files: which rows are duplicates [exact].")
@click.option("--no-sentinel", is_flag=True, help="Do without the score of the same protocol with blind features.")
@place_options
@json_option
def train(
    csv: tuple[Path, ...],
    satellite: str | None,
    model: str,
    features: str | None,
    balance: str | None,
    use_model_labels: bool,
    rule: str | None,
    no_sentinel: bool,
    data_dir: Path | None,
    backend: str | None,
    token_file: Path | None,
    as_json: bool,
) -> None:
    """Train a classifier on one catalog, or on several that are merged first.

    Where several catalogs hold the same objects with different dispositions, --rule says which rows to learn from.
    Prints accuracy on held-out stars and over the folds; with --json, the final status of the job.
    """
    from exoplanet_desktop.cli.summaries import training_summary

    kind, feature_set, weights = model_of(model), features_of(features), balance_of(balance)
    mission = satellite_of(satellite, csv[0])
    check_training(csv, mission)
    duplicates = None if rule is None else rule_of(rule, no_dedupe=False)
    console = Console()
    with (
        one_file(csv, console, duplicates) as whole,
        backend_at(Place(data_dir, backend, token_file), console) as there,
    ):
        status, result = train_on(
            there,
            whole,
            mission,
            kind,
            console,
            feature_set,
            weights,
            sentinel=False if no_sentinel else None,
            model_labels=ModelLabels.USE if use_model_labels else ModelLabels.LEAVE_OUT,
        )
    if as_json:
        print_json(status)
    else:
        print_rows(training_summary(mission, kind, result))


@click.command()
@click.argument("csv", type=CATALOG)
@satellite_option
@model_option
@features_option
@click.option("--from-row", type=int, metavar="N", help="First row to predict, counted from 0.")
@click.option("--to-row", type=int, metavar="M", help="Last row to predict, itself included.")
@click.option("--train-on", type=CATALOG, metavar="CSV", help="Train on this catalog first.")
@click.option("-o", "--output", type=OUTPUT, metavar="OUT.csv", help="Where the table with the predictions goes.")
@place_options
@json_option
def predict(
    csv: Path,
    satellite: str | None,
    model: str,
    features: str | None,
    from_row: int | None,
    to_row: int | None,
    train_on: Path | None,
    output: Path | None,
    data_dir: Path | None,
    backend: str | None,
    token_file: Path | None,
    as_json: bool,
) -> int:
    """Predict the dispositions of a catalog's rows with the newest model of its kind.

    Prints how many rows fell into each class and how many agree with known labels; with --json, the reply without its
    rows. Ends with 1 where the backend predicted anything else than it was asked to.
    """
    from exoplanet_desktop.client.checks import PredictRequest

    mission = satellite_of(satellite, csv)
    _check_range(from_row, to_row)
    writable(output, csv, *([train_on] if train_on else []))
    check_prediction_file(csv, mission)
    if train_on:
        check_training([train_on], mission)
    asked = PredictRequest(
        mission, model_of(model), from_row, to_row, features_of(features), results_limit=0 if backend is None else None
    )
    console = Console()
    with backend_at(Place(data_dir, backend, token_file), console) as there:
        return _predict(there, csv, train_on, asked, output, console, as_json=as_json)


def _check_range(from_row: int | None, to_row: int | None) -> None:
    for name, row in (("--from-row", from_row), ("--to-row", to_row)):
        if row is not None and row < 0:
            raise InputError(f"{name} {row} is not a row: rows are counted from 0. Give 0 or more.")
    if from_row is not None and to_row is not None and from_row > to_row:
        raise InputError(f"The rows {from_row} to {to_row} are none. Give a first row that is not behind the last.")


def _predict(
    backend: "Backend",
    csv: Path,
    train_csv: Path | None,
    asked: "PredictRequest",
    output: Path | None,
    console: Console,
    *,
    as_json: bool,
) -> int:
    from exoplanet_desktop.cli.summaries import prediction_summary
    from exoplanet_desktop.client.checks import check_prediction, differences

    if train_csv is not None:
        train_on(backend, train_csv, asked.satellite, asked.model, console, asked.features)
    with blamed_on(lambda: diagnose_rows(csv, asked.from_row, asked.to_row)):
        reply = _reply(backend, csv, asked, console)
    if output is not None:
        backend.download(reply.csv_file, output, progress=console.receiving(output.name))
    console.end()
    for deviation in check_prediction(reply, asked):
        console.note(f"Careful: {deviation}")
    if as_json:
        print_json(reply, without=frozenset({"results"}), beside=output)
    else:
        print_rows(prediction_summary(reply, asked, output), beside=output)
    return FAILED if differences(reply, asked) else OK


def _reply(backend: "Backend", csv: Path, asked: "PredictRequest", console: Console) -> "PredictReply":
    from exoplanet_desktop.client.jobs import prediction_of
    from exoplanet_desktop.wire.payloads import TrainAccepted

    answer = backend.predict(
        csv,
        asked.satellite,
        asked.model,
        from_row=asked.from_row,
        to_row=asked.to_row,
        features=asked.features,
        results_limit=asked.results_limit,
        progress=console.sending(csv.name),
    )
    return prediction_of(watch(backend, answer, console)) if isinstance(answer, TrainAccepted) else answer


@click.command()
@click.argument("csv", nargs=-1, required=True, type=CATALOG)
@click.option("--rule", metavar="|".join(RULES), help="Which rows are duplicates, and which of them stays [exact].")
@click.option("--identifier", metavar="COLUMN", help="The column that names the object; else the satellite's own.")
@click.option("--no-dedupe", is_flag=True, help="Keep rows that are there twice; the same as --rule none.")
@click.option("-o", "--output", type=OUTPUT, metavar="OUT.csv", help="Where the merged file goes.")
@place_options
@json_option
def merge(
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
    """Merge two catalogs or more: the rows of the first, then the new rows of the next.

    Duplicates are rows that say the same in all cells (exact), or rows of the same object, of which the first, the
    last or the most complete one stays. The merged file stays in the backend's list; -o saves it too. A backend that
    does not merge so leaves it to this machine, and then -o is needed. With --json, prints the reply.
    """
    from exoplanet_desktop.catalogs.reading import sniff
    from exoplanet_desktop.cli.merging import merged
    from exoplanet_desktop.client.merges import MergeWish

    if len(csv) < 2:
        raise InputError("A merge needs two files or more. Name another one.")
    wish = MergeWish(csv, rule_of(rule, no_dedupe=no_dedupe), identifier)
    existing(*csv)
    writable(output, *csv)
    for file in csv:
        sniff(file)
    console = Console()
    with backend_at(Place(data_dir, backend, token_file), console) as there:
        reply, who = merged(there, wish, output, console)
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
@click.option("--rows", type=int, required=True, metavar="N", help="How many objects.")
@click.option("--seed", type=int, default=42, show_default=True, metavar="S", help="The same seed, the same catalog.")
@click.option("-o", "--output", type=OUTPUT, required=True, metavar="OUT.csv", help="The file to write.")
@data_dir_option
def simulate(satellite: str | None, rows: int, seed: int, output: Path, data_dir: Path | None) -> None:
    """Write a synthetic catalog with the archive's columns, for demonstrations and load; not for science."""
    from exoplanet_desktop.catalogs.satellites import satellite_info
    from exoplanet_desktop.catalogs.simulate import simulate as write

    if satellite is None:
        raise InputError("Which catalog is to be simulated? Name one with --satellite.")
    mission = satellite_info(satellite).satellite
    if rows < 1:
        raise InputError(f"A catalog of {rows} rows cannot be simulated. Ask for one row or more.")
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
