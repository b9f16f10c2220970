"""`train`: a complete KOI training on the warm engine, compared with a reference recipe on the same rows."""

from collections.abc import Sequence
from statistics import median

from tests.benchmarks import lab
from tests.benchmarks.figures import Figure
from tests.benchmarks.recipe import FITS, Recipe
from tests.benchmarks.runner import Say

CATALOG = "koi_train.csv"


def measure(say: Say) -> Sequence[Figure]:
    csv = lab.catalog(CATALOG)
    times: dict[bool, list[float]] = {False: [], True: []}
    accuracies = set()
    with lab.folder() as data_dir, Recipe(csv) as recipe, lab.warm_engine(data_dir) as (_, backend):
        for turn in range(FITS):
            # The recipe's fits alternate with the jobs, so that other work on the machine slows down both alike.
            sentinel = turn % 2 == 1
            seconds, result = lab.trained(backend, csv, sentinel=sentinel)
            recipe.fit_next()
            times[sentinel].append(seconds)
            accuracies.add(result.cv_mean)
            second = "with" if sentinel else "without"
            say(f"job {second} the second pass {seconds:.2f} s, fit of the recipe {recipe.seconds[-1]:.2f} s")
    if len(accuracies) != 1:
        raise AssertionError(f"the same training gave different accuracies: {accuracies}")
    job, whole = float(accuracies.pop() or "nan"), sum(recipe.seconds)
    compared = f"{job:.4f} against {recipe.accuracy:.4f} on the same five folds"
    return [
        _ratio("without", times[False], whole, 0.1),
        _ratio("with", times[True], whole, 0.2),
        Figure("mean fold accuracy, job less recipe", job - recipe.accuracy, at_least=-0.002, detail=compared),
    ]


def _ratio(word: str, times: list[float], recipe: float, bound: float) -> Figure:
    detail = f"{lab.middle(times)} against {recipe:.3g} s for {FITS} fits"
    return Figure(f"job {word} the second pass / recipe", median(times) / recipe, at_most=bound, detail=detail)
