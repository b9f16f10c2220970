"""What the record knows against the models of a backend."""

from exoplanet_desktop.client.record import Record
from exoplanet_desktop.wire.vocabulary import Status

PARITY = "parity"
"""Where the result of a run keeps its parity check (see `parity.Parity`)."""


def contradictions(record: Record, backend_address: str) -> dict[tuple[str, str], str]:
    """(satellite, model) to the sentence that speaks against it, for each model whose newest training on a backend
    contradicts what the backend reported of it. A backend of the plain contract has one model of each kind.
    """
    found: dict[tuple[str, str], str] = {}
    seen: set[tuple[str, str]] = set()
    for entry in record.runs():
        kind = (entry.satellite or "", entry.model or "")
        ours = entry.kind == "train" and entry.status == Status.SUCCEEDED and not entry.imported
        if not ours or entry.backend_address != backend_address or kind in seen:
            continue
        seen.add(kind)
        if sentence := _against(record.run(entry.run_id).result):
            found[kind] = sentence
    return found


def _against(result: object) -> str:
    told = result.get(PARITY) if isinstance(result, dict) else None
    if isinstance(told, dict) and told.get("contradiction") is True:
        return str(told.get("sentence") or "")
    return ""
