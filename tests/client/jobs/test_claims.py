"""A prediction is held against the accuracy that its backend reported for the model."""

from math import comb

import pytest

from exoplanet_desktop.client.jobs.agreement import Counted
from exoplanet_desktop.client.jobs.claims import Claim, falls_short, objections, unheld
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.vocabulary import Satellite

LABELS = ("CANDIDATE", "CONFIRMED", "FALSE POSITIVE")


def counted(matches: int, known: tuple[int, int, int], predicted: tuple[int, int, int]) -> Counted:
    return Counted(
        dict(zip(LABELS, predicted, strict=True)), sum(known), matches, dict(zip(LABELS, known, strict=True))
    )


def reply(labels: tuple[str, ...] = LABELS) -> PredictReply:
    row = {"Predicted_Class": labels[0], **{f"Prob_{label}": 1 / len(labels) for label in labels}}
    return PredictReply(satellite="KOI", model_type="dt", total_predicted=100, csv_file="/a.csv", results=[row])


def against(*args: object, **options: object) -> list[str]:
    return list(objections(reply(), *args, Satellite.KOI, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(("rows", "share"), [(20, 0.7), (100, 0.92), (300, 0.94)])
def test_chance_is_what_the_binomial_distribution_says(rows: int, share: float) -> None:
    held = share - 0.01  # a reported accuracy is itself measured
    exact = [sum(comb(rows, k) * held**k * (1 - held) ** (rows - k) for k in range(right + 1)) for right in range(rows)]
    for right, chance in enumerate(exact):
        assert falls_short(right, rows, share) == (chance < 0.001 and right < rows * held)


@pytest.mark.parametrize(
    ("right", "rows", "reported", "short"),
    [(261, 300, 0.94, True), (2_000_000, 3_000_000, 0.66, False), (0, 0, 0.9, False), (5, 100, 0.0, False),
     (100, 100, 1.0, False), (80, 100, float("inf"), True)],
)  # fmt: skip
def test_many_rows_and_none_are_judged(right: int, rows: int, reported: float, short: bool) -> None:
    assert falls_short(right, rows, reported) is short


def test_too_little_agreement_is_told_with_both_numbers_and_their_causes() -> None:
    (sentence,) = against(counted(14, (40, 30, 30), (10, 83, 7)), Claim(0.889))
    assert sentence.startswith(
        "Only 14 of 100 known dispositions agree (0.14), although the backend reported accuracy 0.89 for this model. "
        "Either the backend prepares the columns differently"
    )
    (sentence,) = against(counted(73, (40, 30, 30), (40, 30, 30)), Claim(0.97, retrained=True))
    assert "may still answer with a model that it trained earlier (restart it)" in sentence
    assert against(counted(90, (40, 30, 30), (40, 30, 30)), Claim(0.92)) == []


def test_what_a_check_found_comes_first() -> None:
    found = against(counted(90, (40, 30, 30), (40, 30, 30)), Claim(0.92, "The two contradict each other."))
    assert found == ["The two contradict each other."]


def test_without_a_reported_accuracy_one_class_for_all_rows_is_the_measure() -> None:
    (sentence,) = against(counted(14, (60, 20, 20), (10, 83, 7)), Claim())
    assert sentence == (
        "Only 14 of 100 known dispositions agree, fewer than if all rows were called CANDIDATE (60). Do not use these "
        "labels."
    )
    assert against(counted(70, (60, 20, 20), (60, 20, 20)), Claim()) == []
    assert "is not recorded here" in unheld(counted(70, (60, 20, 20), (60, 20, 20)), Claim())
    assert unheld(Counted({}, 0, 0), Claim()) == unheld(counted(70, (60, 20, 20), (60, 20, 20)), Claim(0.7)) == ""


def test_classes_that_are_missing_are_told() -> None:
    (sentence,) = against(counted(66, (33, 33, 33), (0, 50, 49)), Claim(0.7))
    assert sentence == (
        "No row was predicted as CANDIDATE, although 33 are known to be CANDIDATE: the model may not know that class."
    )
    assert against(counted(66, (9, 33, 33), (0, 50, 25)), Claim(0.7)) == []
    (sentence,) = objections(reply(LABELS[1:]), counted(0, (0, 0, 0), (0, 50, 50)), Claim(), Satellite.KOI)
    assert sentence == "The backend gives no probability for CANDIDATE, so its model does not know that class."
