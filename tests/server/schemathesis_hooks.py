"""What Schemathesis needs to know about our engine: existing names, and the form of an error.

Loaded by its command line; `EXOPLANET_KNOWN` holds values by field name as a JSON object.
"""

import json
import os
from typing import Any

import requests
import schemathesis

KNOWN: dict[str, Any] = json.loads(os.environ["EXOPLANET_KNOWN"])
_calls = 0


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Makes every other request refer to existing things, so that it gets past the first check."""
    global _calls
    _calls += 1
    for part in (case.path_parameters, case.body):
        if isinstance(part, dict):
            if _calls % 2:
                part.update({name: value for name, value in KNOWN.items() if name in part})
            if part.get("explain") in (7, "7"):
                part["explain"] = 6  # 7 would make the small job wait forever


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Jobs are only accepted or refused here; other tests check what they do."""
    if response.status_code == 202:
        status_url = response.json()["status_url"]
        requests.post(status_url.removesuffix("status") + "cancel", timeout=30)


@schemathesis.check
def one_sentence(ctx: Any, response: Any, case: Any) -> None:
    """A refusal is `{"ok": false, "error": sentence}`."""
    if response.status_code >= 400 and case.method.upper() != "HEAD":
        body = response.json()
        assert set(body) == {"ok", "error"} and body["ok"] is False, body
        assert body["error"][-1:] in (".", "?") and "Traceback" not in body["error"], body
