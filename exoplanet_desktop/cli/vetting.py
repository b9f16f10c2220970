"""The command `checks`: physical checks of a catalog's objects, without a model."""

import csv as csv_format
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exoplanet_desktop.cli.console import Console, print_rows
from exoplanet_desktop.cli.options import (
    CATALOG,
    OUTPUT,
    ReadingFlags,
    choices_of,
    reading_options,
    satellite_of,
    satellite_option,
)
from exoplanet_desktop.cli.paths import writable
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.files.whole import whole

if TYPE_CHECKING:
    from exoplanet_desktop.vetting.checks import CheckedObjects, CheckReport
    from exoplanet_desktop.vetting.inputs import ObjectInputs

_MOST_PAIRS = 10  # of one object, in words


@click.command()
@click.argument("csv", type=CATALOG)
@satellite_option
@click.option("--object", "name", metavar="NAME", help="Show the checks of this object only, failed ones first.")
@click.option("--bound", "bounds", multiple=True, metavar="CHECK=X", help="Another bound for a check; repeatable.")
@click.option("-o", "--output", type=OUTPUT, metavar="OUT.csv", help="File for the checks of each object.")
@click.option("--pairs", type=OUTPUT, metavar="PAIRS.csv", help="File for the pairs of objects with one ephemeris.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
@reading_options
def checks(
    said: ReadingFlags,
    csv: Path,
    satellite: str | None,
    name: str | None,
    bounds: tuple[str, ...],
    output: Path | None,
    pairs: Path | None,
    as_json: bool,
) -> None:
    """Check whether the objects of a catalog can be planets at all: by physics, not by a model.

    Each check passes, fails, only shows its value, or cannot be made for want of a column or cell. Failing is a reason
    to look, not a disposition: the share of each disposition in the catalog that fails is printed beside it.
    """
    from exoplanet_desktop.catalogs.reading.layout import sniff
    from exoplanet_desktop.catalogs.tables.account import sentences
    from exoplanet_desktop.catalogs.tables.suspects import table_suspects
    from exoplanet_desktop.catalogs.tables.table import Table
    from exoplanet_desktop.vetting.checks import run_checks
    from exoplanet_desktop.vetting.inputs import read_objects

    for target in (output, pairs):
        writable(target, csv)
    console = Console()
    (choice,) = choices_of(said, (csv,), satellite, console.note)
    mission = satellite_of(satellite, csv, choice)
    with Table.open(csv, layout=sniff(csv, choice), report=console.progress) as table:
        objects = read_objects(table, mission)
        inputs = list(objects.columns.values())
        doubts = sentences(table.account(inputs), table.layout.units)
        doubts += [suspect.sentence() for suspect in table_suspects(table, mission)]
    console.end()
    for doubt in doubts:
        console.note(doubt)
    report = run_checks(objects, _bounds(bounds))
    if output is not None:
        _write(output, _object_rows(report))
    if pairs is not None:
        _write(pairs, _pair_rows(report))
    beside = output or pairs
    if name is not None:
        _print_object(report, name, as_json=as_json, beside=beside)
    elif as_json:
        click.echo(json.dumps(_as_json(report, doubts), indent=2, ensure_ascii=False), err=_is_stdout(beside))
    else:
        print_rows(_summary(report, csv.name, output, pairs), beside=beside)


def _is_stdout(target: Path | None) -> bool:
    return target == Path("/dev/stdout")


def _bounds(texts: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for text in texts:
        key, equals, number = text.partition("=")
        try:
            found[key.strip()] = float(number)
        except ValueError:
            equals = ""
        if not equals or found.get(key.strip()) != found.get(key.strip()):
            raise InputError(f"“{text}” is not a bound. Write the check and a number, such as radius=25.")
    return found


def _summary(report: "CheckReport", file: str, output: Path | None, pairs: Path | None) -> list[tuple[str, str]]:
    objects = report.objects
    rows = [("checked", f"{len(objects):,} objects of {file}, {objects.satellite}")]
    for one in report.checked:
        rows.append((one.check.key, _line(report, one)))
    rows.append(("any", _share_words(report, report.flagged)))
    if report.matches:
        rows.append(("pairs", f"{len(report.matches):,} pairs of objects of different stars share an ephemeris"))
    rows.append(("note", "A failed check is a reason to look, not a disposition."))
    rows += [("saved", str(path)) for path in (output, pairs) if path is not None]
    return rows


def _line(report: "CheckReport", one: "CheckedObjects") -> str:
    from exoplanet_desktop.vetting.checks import CheckOutcome

    if one.lacking:
        return f"not testable: the file has no {' and no '.join(one.lacking)}"
    untested = int((one.outcomes == CheckOutcome.NOT_TESTABLE).sum())
    missing = f"; {untested:,} not testable, inputs missing" if untested else ""
    if one.bound is None:
        return f"shown only{missing}"
    return f"fails if {_rule(one)}: {_share_words(report, one.failed)}{missing}"


def _rule(one: "CheckedObjects") -> str:
    sign = "above" if one.check.above is not None else "below"
    return f"{one.quantity} is {sign} {one.bound:g}"


def _share_words(report: "CheckReport", flags: Any) -> str:
    parts = [
        f"{hit:,} of {every:,} {label} ({hit / every:.1%})" for label, (hit, every) in report.shares(flags).items()
    ]
    every = int(flags.sum())
    return ", ".join([f"{every:,} {'object' if every == 1 else 'objects'}", *parts])


def _place(objects: "ObjectInputs", name: str) -> int:
    """The row of an object. Raises InputError if the catalog does not have it."""
    from exoplanet_desktop.catalogs.facts.identity import object_key

    wanted = object_key(name, objects.satellite)
    for row, found in enumerate(objects.names):
        if found and object_key(found, objects.satellite) == wanted:
            return row
    raise InputError(f"This catalog has no object {name}. Write its name as the catalog does.")


def _print_object(report: "CheckReport", name: str, *, as_json: bool, beside: Path | None) -> None:
    row = _place(report.objects, name)
    if as_json:
        click.echo(json.dumps(_object_json(report, row), indent=2, ensure_ascii=False), err=_is_stdout(beside))
    else:
        print_rows(_object_words(report, row), beside=beside)


def _object_words(report: "CheckReport", row: int) -> list[tuple[str, str]]:
    from exoplanet_desktop.vetting.checks import CheckOutcome

    objects = report.objects
    rows = [("object", objects.names[row]), ("star", objects.stars[row])]
    rows.append(("in the catalog", str(objects.dispositions[row] or "no disposition")))
    for one in sorted(report.checked, key=lambda one: list(CheckOutcome).index(one.outcomes[row])):
        outcome = str(one.outcomes[row])
        rows.append((f"{one.check.key}: {outcome}", _outcome_words(objects, one, row)))
    for match in [match for match in report.matches if row in (match.parent, match.child)][:_MOST_PAIRS]:
        other = match.child if match.parent == row else match.parent
        role = "shallower" if match.parent == row else "deeper"
        label = objects.dispositions[other] or "no disposition"
        where = f"{match.separation:.1f} arcseconds away"
        rows.append(("same ephemeris", f"{objects.names[other]}, {where}, {role} transit, {label}"))
    return rows


def _outcome_words(objects: "ObjectInputs", one: "CheckedObjects", row: int) -> str:
    from exoplanet_desktop.vetting.checks import CheckOutcome

    outcome = one.outcomes[row]
    if outcome == CheckOutcome.NOT_TESTABLE:
        missing = one.lacking or tuple(what for what in one.check.needs if not _known(objects, what, row))
        return f"{one.check.quantity}; missing: {', '.join(missing) or 'an input'}"
    value = f"{one.quantity} is {one.value[row]:.4g}"
    if one.bound is None:
        return f"{one.check.title}: {value} ({one.check.source})"
    side = "above" if one.check.above is not None else "below"
    if outcome == CheckOutcome.FAIL:
        return f"{one.check.title}: {value}, {side} {one.bound:g} ({one.check.source})"
    return f"{value}, not {side} {one.bound:g}"


def _known(objects: "ObjectInputs", what: Any, row: int) -> bool:
    value = objects.of(what)[row]
    return bool(value == value)


def _number(value: float) -> float | None:
    return float(value) if abs(value) < float("inf") else None


def _object_json(report: "CheckReport", row: int) -> dict[str, Any]:
    objects = report.objects
    return {
        "object": objects.names[row],
        "star": objects.stars[row],
        "disposition": None if objects.dispositions[row] is None else str(objects.dispositions[row]),
        "checks": {
            one.check.key: {"outcome": str(one.outcomes[row]), "value": _number(one.value[row]), "bound": one.bound}
            for one in report.checked
        },
        "matches": [_match_json(report, match) for match in report.matches if row in (match.parent, match.child)],
    }


def _match_json(report: "CheckReport", match: Any) -> dict[str, Any]:
    names = report.objects.names
    return {
        "parent": names[match.parent],
        "child": names[match.child],
        "harmonic": match.harmonic,
        "separation_arcsec": round(match.separation, 3),
        "depth_ratio": _number(match.depth_ratio),
    }


def _as_json(report: "CheckReport", notes: list[str]) -> dict[str, Any]:
    def shares(flags: Any) -> Mapping[str, Mapping[str, int]]:
        return {str(label): {"failed": hit, "of": every} for label, (hit, every) in report.shares(flags).items()}

    found = [
        {
            "check": one.check.key,
            "title": one.check.title,
            "quantity": one.quantity,
            "source": one.check.source,
            "bound": one.bound,
            "failed": int(one.failed.sum()),
            "not_testable": int((one.outcomes == "not testable").sum()),
            "lacking": [str(what) for what in one.lacking],
            "by_disposition": shares(one.failed),
        }
        for one in report.checked
    ]
    return {
        "satellite": str(report.objects.satellite),
        "objects": len(report.objects),
        "checks": found,
        "any": {"failed": int(report.flagged.sum()), "by_disposition": shares(report.flagged)},
        "pairs": len(report.matches),
        "notes": notes,
    }


def _object_rows(report: "CheckReport") -> list[list[str]]:
    objects = report.objects
    headers = ["object", "star", "disposition", "failed"]
    headers += [f"{one.check.key}{suffix}" for one in report.checked for suffix in ("", "_outcome")]
    rows = [headers]
    for row in range(len(objects)):
        failed = "; ".join(one.check.key for one in report.checked if one.failed[row])
        cells = [objects.names[row], objects.stars[row], str(objects.dispositions[row] or ""), failed]
        for one in report.checked:
            value = _number(one.value[row])
            cells += ["" if value is None else f"{value:.6g}", str(one.outcomes[row])]
        rows.append(cells)
    return rows


def _pair_rows(report: "CheckReport") -> list[list[str]]:
    objects = report.objects
    rows = [
        ["parent", "child", "harmonic", "separation_arcsec", "depth_ratio", "parent_disposition", "child_disposition"]
    ]
    for match in report.matches:
        told = _match_json(report, match)
        ratio = "" if told["depth_ratio"] is None else f"{told['depth_ratio']:.6g}"
        labels = [str(objects.dispositions[place] or "") for place in (match.parent, match.child)]
        rows.append([told["parent"], told["child"], str(match.harmonic), f"{match.separation:.3f}", ratio, *labels])
    return rows


def _write(target: Path, rows: list[list[str]]) -> None:
    with whole(target) as part, part.open("w", encoding="utf-8", newline="") as file:
        csv_format.writer(file).writerows(rows)
