"""The ranking of all models: their places, which are still to come, and how certain the order is."""

from collections.abc import Sequence
from dataclasses import dataclass

from exoplanet_desktop.gui.base.text import NONE, fixed, tr
from exoplanet_desktop.gui.run_views import comparing
from exoplanet_desktop.gui.runs import words
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.record.entry import StoredRun
from exoplanet_desktop.stats.comparison import Method, Metric, Ranked
from exoplanet_desktop.wire.vocabulary import Model


@dataclass(frozen=True)
class Standing:
    """One line of the ranking.

    Attributes:
        run_id: "" for a model that has not started.
        cells: in the order of `headers`.
    """

    run_id: str
    cells: tuple[str, ...]
    error: str = ""


def headers() -> tuple[str, ...]:
    return (
        tr("Place"),
        tr("Model"),
        tr("State"),
        tr("Folds"),
        tr("95 % interval"),
        tr("Behind the best"),
        tr("AUC"),
        tr("Took"),
    )


def standings(runs: Sequence["StoredRun"], ranked: Sequence[Ranked], live_words: dict[str, str]) -> list[Standing]:
    """Trained models in order of place, then those that are running, have failed, or have not started.

    `live_words` describes the progress of the runs watched now, by their ids.
    """
    shared = sum(one.place == 1 for one in ranked) > 1
    lines = [_placed(one, shared, _comparable(ranked)) for one in ranked]
    placed = {line.run_id for line in lines}
    others = [run for run in runs if run.run_id not in placed]
    lines += [_unplaced(run, live_words) for run in others]
    begun = {run.model for run in runs}
    waiting = [model for model in Model if model not in begun]
    return lines + [Standing("", ("", model.display_name, tr("not started"), *[NONE] * 5)) for model in waiting]


def verdict(ranked: Sequence[Ranked]) -> str:
    """The best model, and those that are not distinguishable from it, in a sentence."""
    if not ranked:
        return ""
    names = [words.model_words(one.contender.run.model) for one in ranked if one.place == 1]
    if len(ranked) == 1:
        return tr("{model} is the only model trained so far.", model=names[0])
    if not _comparable(ranked):
        return tr(
            "The highest number is that of {model}. Whether it is the best cannot be judged: the backend does not say "
            "how it measured.",
            model=names[0],
        )
    if len(names) == 1:
        return tr("{model} is the best; its lead is larger than the noise.", model=names[0])
    if len(names) == len(ranked):
        return tr(
            "No model can be distinguished from the best, {model}: the differences are within noise.", model=names[0]
        )
    return tr(
        "{model} has the highest score, but is not distinguishable from {others}: the differences are within noise.",
        model=names[0],
        others=_listed(names[1:]),
    )


def _comparable(ranked: Sequence[Ranked]) -> bool:
    """Whether the difference from the best has an interval for each model."""
    return all(one.behind is not None and one.behind.interval is not None for one in ranked[1:])


def _listed(names: Sequence[str]) -> str:
    """A, B and C."""
    if len(names) < 2:
        return "".join(names)
    return tr("{first} and {last}", first=", ".join(names[:-1]), last=names[-1])


def method(ranked: Sequence[Ranked]) -> str:
    """How the places were determined."""
    if not _comparable(ranked):
        return tr("Sorted by the mean score that the backend reports, without places.")
    used = {one.behind.method for one in ranked if one.behind is not None}
    how = {
        Method.ROWS: tr("row by row on the same held-out rows, whole host stars at a time"),
        Method.FOLDS: tr("by the corrected resampled t-test on the same folds, Nadeau & Bengio 2003"),
    }
    told = " ".join(words for method, words in how.items() if method in used)
    return tr(
        "Ranked by accuracy over the folds, each model against the best{how}, with simultaneous 95 % intervals. "
        "Models within noise share first place; the others are not tested against each other. The best of several "
        "looks a little better than it is.",
        how=f" ({told})" if told else "",
    )


def _placed(one: Ranked, shared: bool, comparable: bool) -> Standing:
    run, result = one.contender.run, one.contender.result
    interval = one.contender.interval(Metric.CV_MEAN)
    within = tr("{low} to {high}", low=fixed(interval[0]), high=fixed(interval[1])) if interval else NONE
    behind = comparing.difference_words(one.behind, between="\n") if one.behind is not None else NONE
    place = f"{one.place} =" if shared and one.place == 1 else str(one.place)
    cells = (
        place if comparable else NONE,
        words.model_words(run.model),
        f"{RunState.SUCCEEDED.mark} {RunState.SUCCEEDED.word}",
        words.folds_words(result.cv_mean, result.cv_std),
        within,
        behind,
        fixed(result.auc_score),
        words.took_words(result.elapsed_sec),
    )
    return Standing(run.run_id, cells)


def _unplaced(run: "StoredRun", live_words: dict[str, str]) -> Standing:
    live = run.run_id in live_words
    state = RunState.of(run.status, live)
    said = live_words.get(run.run_id) or state.word
    return Standing(
        run.run_id, ("", words.model_words(run.model), f"{state.mark} {said}", *[NONE] * 5), run.error or ""
    )
