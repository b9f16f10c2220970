"""A reference backend as they run in the field: it answers in the recorded shapes, with flaws, and learns nothing."""

import csv
import email
import email.policy
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.reference_server import lab
from tests.reference_server.stage import Handler, Reply, Stage

LABEL_COLUMNS = {"KOI": "koi_disposition", "K2": "disposition", "TOI": "tfopwg_disp"}


@dataclass
class FieldBackend:
    """Attributes:
    accuracy: what it reports of each training.
    right: share of the rows with a disposition that it predicts to have it; all others are called `wrong`.
    never: a class that it does not predict.
    class_in_table: whether the downloaded table has the predicted class; that of K2 has not.
    whole_table: whether the table has all rows, whatever rows are asked for.
    instead: what it sends instead of the table of a prediction.
    uploads: the text of each file that came, by the name of its call.
    """

    accuracy: float = 0.93
    right: float = 1.0
    wrong: str = "CONFIRMED"
    never: str = ""
    class_in_table: bool = True
    whole_table: bool = False
    instead: bytes | None = None
    uploads: dict[str, list[str]] = field(default_factory=dict)

    def mount(self, stage: Stage) -> "FieldBackend":
        lab.mount(stage)
        self._stage = stage
        stage.on("POST", lab.TRAIN, self._train)
        stage.on("POST", lab.PREDICT, self._predict)
        return self

    def _train(self, handler: Handler) -> None:
        fields, text = sent(handler)
        self.uploads.setdefault("train", []).append(text)
        params = {"data_path": "/srv/data.csv", "satellite": fields["satellite"], "model": fields["model"]}
        result = {**lab.result(self._stage.base), "accuracy": self.accuracy, "cv_mean": self.accuracy}
        self._stage.on("GET", lab.STATUS, Reply(lab.status(base=self._stage.base, params=params, result=result)))
        Reply(lab.accepted(self._stage.base), 202)(handler)

    def _predict(self, handler: Handler) -> None:
        fields, text = sent(handler)
        self.uploads.setdefault("predict", []).append(text)
        satellite, rows = fields["satellite"], list(csv.DictReader(io.StringIO(text)))
        first, last = int(fields.get("from_csv_range", 0)), int(fields.get("to_csv_range", len(rows) - 1))
        labels = [self._label(number, row, LABEL_COLUMNS[satellite]) for number, row in enumerate(rows)]
        answer = _k2_row if satellite == "K2" else _koi_row
        results = [answer(number, rows[number], labels[number]) for number in range(first, last + 1)]
        table = range(len(rows)) if self.whole_table else range(first, last + 1)
        self._stage.on(
            "GET", lab.PREDICTED, Reply(self._sent(rows, labels, table, first, last), content_type="text/csv")
        )
        reply = {
            "ok": True, "satellite": satellite, "model_type": fields["model_type"], "from_row": first, "to_row": last,
            "total_predicted": len(results), "csv_file": self._stage.base + lab.PREDICTED, "results": results,
        }  # fmt: skip
        Reply(reply)(handler)

    def _label(self, number: int, row: dict[str, str], column: str) -> str:
        known = (row.get(column) or "").strip()
        is_right = int((number + 1) * self.right) > int(number * self.right)
        label = known if known in lab.LABELS and is_right else self.wrong
        return self.wrong if label == self.never else label

    def _sent(self, *what: Any) -> bytes:
        return self._table(*what) if self.instead is None else self.instead

    def _table(
        self, rows: Sequence[dict[str, str]], labels: Sequence[str], table: Sequence[int], first: int, last: int
    ) -> bytes:
        out = io.StringIO()
        extra = ["Confidence", *(["Predicted_Class", "Match"] if self.class_in_table else [])]
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*rows[0], *extra])
        for number in table:
            asked = first <= number <= last
            added = ["0.9", *([labels[number], "No"] if self.class_in_table else [])]
            writer.writerow([*rows[number].values(), *(added if asked else [""] * len(added))])
        return out.getvalue().encode()


def sent(handler: Handler) -> tuple[dict[str, str], str]:
    """The fields of a form, and the text of its file, read as simply as reference backends do."""
    head = f"Content-Type: {handler.headers['Content-Type']}\r\n\r\n".encode()
    fields, text = {}, ""
    for part in email.message_from_bytes(head + handler.sent, policy=email.policy.HTTP).iter_parts():
        name = str(part.get_param("name", "", "content-disposition"))
        content = part.get_payload(decode=True)
        if part.get_filename() is not None:
            text = content.decode("utf-8")
        else:
            fields[name] = content.decode().strip()
    return fields, text


def _shares(label: str) -> dict[str, float]:
    return {f"Prob_{name}": 0.9 if name == label else 0.05 for name in lab.LABELS}


def _koi_row(number: int, row: dict[str, str], label: str) -> dict[str, Any]:
    actual = row.get("koi_disposition") or None
    return {
        "Row_Number": number, "KEP_ID": row.get("kepid"), "KOI_Name": row.get("kepoi_name"), "Actual_Class": actual,
        "Predicted_Class": label, "Confidence": 0.9, "Match": "Yes" if actual == label else "No", **_shares(label),
    }  # fmt: skip


def _k2_row(number: int, row: dict[str, str], label: str) -> dict[str, Any]:
    actual = row.get("disposition") or None
    return {
        "pl_name": row.get("pl_name"), "hostname": row.get("hostname"), "row_number_1based": number + 1,
        "actual_class": actual, "pred_label": label, "pred_index": lab.LABELS.index(label), "Confidence": 0.9,
        "match": actual == label, **_shares(label),
    }  # fmt: skip
