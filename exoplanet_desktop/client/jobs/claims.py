"""Holds a prediction against the accuracy that its backend reported for the model.

A plain backend may prepare columns differently for prediction than for training, answer with a model that it trained
earlier, or not know a class. Each shows in the rows whose disposition is known, so they are looked at every time.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.client.jobs.agreement import Counted
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.prediction_columns import PROBABILITY, is_probability
from exoplanet_desktop.wire.vocabulary import Satellite

FEWEST_OF_A_CLASS = 10  # known rows; with fewer, none predicted may be chance
_CHANCE = 0.001  # how seldom a model that keeps its promise may be suspected
_SPREAD = 0.01  # a reported accuracy is itself measured on a limited number of rows
_SMALLEST = 1e-20  # terms of a sum below this, relative to the first, do not change it


@dataclass(frozen=True)
class Claim:
    """What is known of a model of a plain backend.

    Attributes:
        accuracy: as its backend reported it after the training; None if that is not known here.
        objection: what a check of the model found against it; "" for nothing.
        retrained: whether the backend had trained a model of this kind before.
    """

    accuracy: float | None = None
    objection: str = ""
    retrained: bool = False


def falls_short(right: int, rows: int, reported: float) -> bool:
    """Whether so few of `rows` are right that chance does not explain it, if the accuracy is what was reported.

    An exact one-sided binomial test.

    >>> falls_short(261, 300, 0.94), falls_short(276, 300, 0.94)
    (True, False)
    """
    share = min(max(reported, 0.0), 1.0) - _SPREAD
    return rows > 0 and share > 0 and right < rows * share and _at_most(right, rows, share) < _CHANCE


def _at_most(right: int, rows: int, share: float) -> float:
    """The probability of at most `right` successes, fewer than the mean, in `rows` trials."""
    choices = math.lgamma(rows + 1) - math.lgamma(right + 1) - math.lgamma(rows - right + 1)
    total = term = math.exp(choices + right * math.log(share) + (rows - right) * math.log1p(-share))
    smallest = term * _SMALLEST
    for number in range(right, 0, -1):  # below the mean, each term is smaller than the one before
        term *= number / (rows - number + 1) * (1 - share) / share
        total += term
        if term <= smallest:
            break
    return total


def objections(reply: PredictReply, counted: Counted, claim: Claim, satellite: Satellite) -> tuple[str, ...]:
    """What speaks against the predictions of a plain backend, the worst first, one sentence each."""
    found = [claim.objection] if claim.objection else []
    found += _shortfall(counted, claim) or _worse_than_one_class(counted)
    found += missing_classes(counted.classes, counted.known_classes)
    return (*found, *_without_probability(reply, satellite))


def unheld(counted: Counted, claim: Claim) -> str:
    """That an agreement cannot be held against a reported accuracy; "" if it can, or if there is no agreement."""
    if claim.accuracy is not None or not counted.known:
        return ""
    return (
        "The accuracy that the backend reported for this model is not recorded here, so the agreement cannot be held "
        "against it. Train the model with this program to have it checked."
    )


def is_short(counted: Counted, claim: Claim) -> bool:
    """Whether the agreement is lower than the reported accuracy, beyond chance."""
    return claim.accuracy is not None and falls_short(counted.matches, counted.known, claim.accuracy)


def _shortfall(counted: Counted, claim: Claim) -> list[str]:
    if not is_short(counted, claim):
        return []
    share = counted.matches / counted.known
    sentence = (
        f"Only {counted.matches:,} of {counted.known:,} known dispositions agree ({share:.2f}), although the backend "
        f"reported accuracy {claim.accuracy:.2f} for this model. {_cause(claim.retrained)}"
    )
    return [sentence]


def _worse_than_one_class(counted: Counted) -> list[str]:
    """Without any reported accuracy, a prediction can still be worse than naming one class for all rows."""
    if not counted.known or not counted.known_classes:
        return []
    name, most = max(counted.known_classes.items(), key=lambda one: one[1])
    if not falls_short(counted.matches, counted.known, most / counted.known):
        return []
    sentence = (
        f"Only {counted.matches:,} of {counted.known:,} known dispositions agree, fewer than if all rows were called "
        f"{name} ({most:,}). Do not use these labels."
    )
    return [sentence]


def _cause(retrained: bool) -> str:
    """Why a model may do worse than reported."""
    if retrained:
        return (
            "The backend may still answer with a model that it trained earlier (restart it), or prepare the columns "
            "differently for prediction than for training, or these objects differ from those in the training."
        )
    return (
        "Either the backend prepares the columns differently for prediction than for training, or these objects "
        "differ from those in the training."
    )


def missing_classes(predicted: Mapping[str, int], known: Mapping[str, int]) -> list[str]:
    """Classes that a fair number of rows is known to have and no row was predicted to have; a sentence, if any."""
    absent = {name: rows for name, rows in known.items() if rows >= FEWEST_OF_A_CLASS and not predicted.get(name)}
    if not absent:
        return []
    rows = " and ".join(f"{number:,} are known to be {name}" for name, number in absent.items())
    return [f"No row was predicted as {' or '.join(absent)}, although {rows}: the model may not know that class."]


def _without_probability(reply: PredictReply, satellite: Satellite) -> list[str]:
    """Classes of the satellite that are missing from an answer's probabilities."""
    if not reply.results:
        return []
    info = SATELLITES[satellite]
    named = {info.disposition(name[len(PROBABILITY) :]) for name in reply.results[0] if is_probability(name)} - {None}
    absent = [str(label) for label in dict.fromkeys(info.label_map.values()) if label not in named]
    if not named or not absent:
        return []
    return [f"The backend gives no probability for {' or '.join(absent)}, so its model does not know that class."]
