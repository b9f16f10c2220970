"""Merge tokens: signed names of merged files that are valid for a limited time."""

import base64
import binascii
import hashlib
import hmac
import json
import time

from exoplanet_desktop.errors import InputError

_CLOCK_STEP_S = 60  # how far the clock may have been set back since the token was made


class MergeTokens:
    """Makes and reads tokens with the store's own key (HMAC-SHA256), so that they survive a restart."""

    def __init__(self, key: bytes, seconds: int) -> None:
        self._key = key
        self.seconds = seconds

    def make(self, rel_path: str) -> str:
        body = _encode(json.dumps({"rel": rel_path, "at": int(time.time())}).encode())
        return f"{body}.{self._sign(body)}"

    def read(self, token: str) -> str:
        """The relative path in a token. Raises InputError if it is forged or has expired."""
        body, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode("utf-8", "replace"), self._sign(body).encode()):
            raise InputError(
                "The merge token does not belong to this server. Choose the merged file from the list again."
            )
        content = json.loads(_decode(body))
        if not -_CLOCK_STEP_S <= time.time() - content["at"] <= self.seconds:
            raise InputError("The merge token has expired. Choose the merged file from the list again.")
        return str(content["rel"])

    def _sign(self, body: str) -> str:
        return _encode(hmac.new(self._key, body.encode("utf-8", "replace"), hashlib.sha256).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):  # only signed text gets here
        raise InputError("The merge token cannot be read. Choose the merged file from the list again.") from None
