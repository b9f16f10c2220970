"""What is asked of a training, a prediction and a merge.

An option stands here once. From its declaration follow the field of the form, the key in the record of runs, the
command that repeats a run, the extension that the engine announces and the OpenAPI document. None says that nothing
was said of an option, so that the backend decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.form_fields import FormFields
from exoplanet_desktop.wire.options import Options, Speaker, Told, count, flag, names, text, word
from exoplanet_desktop.wire.vocabulary import Balance, Duplicates, Features, KnownRows, Model, ModelLabels, Satellite

MOST_EXPLAINED = 50  # contributions a row


@dataclass(frozen=True)
class TrainRequest(Options):
    """What is asked of a training.

    Attributes:
        satellite, model: what kind of catalog, and of model.
        features: which columns the model may see.
        balance: how rows weigh.
        sentinel: also evaluate it without the columns of the human verdict.
        model_labels: what is done with rows whose label a model made.
        without: feature columns to leave out: a reduced model, for files that lack them.
    """

    satellite: Satellite = field(
        metadata=word(Satellite, "satellite", required=True, told=Told.ALWAYS, command="--satellite")
    )
    model: Model = field(
        metadata=word(Model, "model", required=True, reads=("model", "model_type"), told=Told.ALWAYS, command="--model")
    )
    features: Features | None = field(
        default=None,
        metadata=word(
            Features,
            "feature set",
            default=Features.VETTED,
            extension="features",
            lack="cannot train without the human-verdict columns. Choose vetted features",
            told=Told.ALWAYS,
            command="--features",
        ),
    )
    balance: Balance | None = field(
        default=None,
        metadata=word(
            Balance,
            "class balance",
            default=Balance.NONE,
            extension="balance",
            lack="cannot balance classes. Choose no balancing",
            told=Told.ALWAYS,
            command="--balance",
        ),
    )
    sentinel: bool | None = field(
        default=None, metadata=flag(True, extension="sentinel", told=Told.NEVER, switch=(False, "--no-sentinel"))
    )
    model_labels: ModelLabels | None = field(
        default=None,
        metadata=word(
            ModelLabels,
            "way to treat model-made labels",
            default=ModelLabels.LEAVE_OUT,
            extension="model-labels",
            told=Told.ALWAYS,
            switch=(ModelLabels.USE, "--use-model-labels"),
        ),
    )
    without: tuple[str, ...] = field(
        default=(),
        metadata=names(
            extension="without",
            lack="cannot leave columns out of a training. Leave that option out",
            command="--without",
        ),
    )


@dataclass(frozen=True)
class PredictRequest(Options):
    """What is asked of a prediction.

    Attributes:
        satellite, model: what kind of catalog, and of model.
        from_row, to_row: row numbers from 0, both inclusive; None for the first and the last.
        features: which columns the model has seen; None for any.
        model_version: one trained model; None for the newest.
        known_rows: who answers rows that the model learnt from.
        results_limit: rows in the reply; None for all. The CSV always has all.
        explain: contributions to tell for each row in the reply.
        row_count: of the file, where it is known; it is not sent.
    """

    satellite: Satellite = field(
        metadata=word(Satellite, "satellite", required=True, told=Told.ALWAYS, command="--satellite")
    )
    model: Model = field(
        default=Model.XGB,
        metadata=word(
            Model,
            "model",
            default=Model.XGB,
            required=True,
            # `model` is what other clients call it; a reference backend ignores that in silence.
            reads=("model_type", "model"),
            sends=("model", "model_type"),
            told=Told.ALWAYS,
            command="--model",
        ),
    )
    from_row: int | None = field(
        default=None,
        metadata=count(
            reads=("from_csv_range", "from_row"), sends=("from_row", "from_csv_range"), command="--from-row"
        ),
    )
    to_row: int | None = field(
        default=None,
        metadata=count(reads=("to_csv_range", "to_row"), sends=("to_row", "to_csv_range"), command="--to-row"),
    )
    features: Features | None = field(
        default=None,
        metadata=word(
            Features,
            "feature set",
            extension="features",
            lack="cannot predict without the human-verdict columns. Choose vetted features",
            plain=Features.VETTED,
            command="--features",
        ),
    )
    model_version: str | None = field(
        default=None,
        metadata=text(
            extension="models", lack="cannot predict with a model version of your choice. Leave that option out"
        ),
    )
    known_rows: KnownRows | None = field(
        default=None,
        metadata=word(
            KnownRows,
            "way to treat known rows",
            default=KnownRows.HELD_OUT,
            extension="known-rows",
            command="--known-rows",
        ),
    )
    results_limit: int | None = field(default=None, metadata=count())
    explain: int | None = field(default=None, metadata=count(default=0, extension="explain"))
    row_count: int | None = field(default=None, metadata=count(sends=()))

    @classmethod
    def from_fields(cls, form: FormFields) -> Self:
        asked = super().from_fields(form)
        first, last = asked.from_row, asked.to_row
        if first is not None and last is not None and first > last:
            raise InputError(f"The row range is empty: it starts at {first} and ends at {last}. Swap the two.")
        if (asked.explain or 0) > MOST_EXPLAINED:
            raise InputError(f"At most {MOST_EXPLAINED} contributions per row can be explained, not {asked.explain}.")
        return asked


@dataclass(frozen=True, kw_only=True)
class MergeRequest(Options):
    """What is asked of a merge.

    Attributes:
        rule: which rows are duplicates, and which of them stays.
        identifier: for the rules by identifier, the column that names the object; that of the satellite where None.
        output_name: of the merged file; made from the catalogs' names where None.
    """

    rule: Duplicates = field(
        default=Duplicates.EXACT,
        metadata=word(Duplicates, "rule for duplicates", default=Duplicates.EXACT, required=True, command="--rule"),
    )
    identifier: str | None = field(default=None, metadata=text(command="--identifier"))
    output_name: str | None = field(default=None, metadata=text())

    @property
    def is_plain(self) -> bool:
        """Whether a backend that does not know rules can do what is requested."""
        return self.rule in (Duplicates.EXACT, Duplicates.NONE)

    def to_fields(self, backend: Speaker | None = None) -> dict[str, str]:
        """The form fields for the rule, as the backend names them; under all known names if no backend is given."""
        dedupe = {"dedupe": "false" if self.rule is Duplicates.NONE else "true"}
        if backend is None:
            return {**super().to_fields(), **dedupe}
        if backend.has("merge-rules"):
            return super().to_fields(backend)
        if not self.is_plain:
            backend.require("merge-rules", "can merge only two files, by one rule. Merge the files on this machine")
        return {**dedupe, **({"output_name": self.output_name} if self.output_name else {})}

    @classmethod
    def from_fields(cls, form: FormFields) -> Self:
        dedupe = form.flag("dedupe", True)
        rule = form.choice(Duplicates, "rule for duplicates", "rule", default=_by(dedupe))
        if form.text("dedupe") and (rule is Duplicates.NONE) is dedupe:
            raise InputError(
                f"The rule “{rule}” and dedupe={str(dedupe).lower()} contradict each other. Send only one of them."
            )
        return cls(rule=rule, identifier=form.text("identifier"), output_name=form.text("output_name"))

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Some records say only whether duplicates were dropped."""
        return super().from_json({**kept, "rule": kept.get("rule") or _by(kept.get("dedupe") is not False)})


def _by(dedupe: bool) -> Duplicates:
    return Duplicates.EXACT if dedupe else Duplicates.NONE
