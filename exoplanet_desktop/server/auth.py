"""Authorisation: a bearer token, or any program on this machine if the engine listens on loopback without one."""

import hmac
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from exoplanet_desktop.errors import AppError, InputError, NotAllowed, NotFound
from exoplanet_desktop.server.failures import error_reply
from exoplanet_desktop.server.settings import is_loopback

_HOST = re.compile(r"[A-Za-z0-9._\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


class Guard:
    """Passes a request to the app, or answers it with 400 or 401.

    A web page cannot read `127.0.0.1`, but could through its own host name that resolves there (DNS rebinding); so on
    loopback the Host must be a loopback name. A page can also send forms blindly: without a token, a request that a
    browser marks as cross-origin is refused.
    """

    def __init__(self, app: ASGIApp, *, token: str | None, loopback: bool) -> None:
        self._app = app
        self._token = token.encode() if token is not None else None
        self._loopback = loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        if scope["type"] == "http":
            try:
                self._check(Headers(scope=scope))
            except AppError as error:
                reply = error_reply(error)
                reply.headers["connection"] = "close"  # what follows on it may not be what it seems
                await reply(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check(self, headers: Headers) -> None:
        if "transfer-encoding" in headers and "content-length" in headers:
            raise InputError("The request states its length in two ways. Send Content-Length or Transfer-Encoding.")
        host = headers.get("host", "")
        if not _HOST.fullmatch(host):
            raise InputError("The request's Host header cannot be used. Use the server's plain address.")
        if self._loopback and not is_loopback(_name_of(host)):
            raise NotFound("This server answers only under its own address, 127.0.0.1 or localhost.")
        if self._token is not None:
            self._check_token(headers.get("authorization", ""))
        elif _is_foreign(headers, host):
            raise NotAllowed("Web pages from other servers may not use this server.")

    def _check_token(self, authorization: str) -> None:
        assert self._token is not None
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() != "bearer" or not given.strip():
            raise NotAllowed("This server requires a token. Enter the one its operator gave you.")
        if not hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._token):
            raise NotAllowed("The token is not valid for this server. Ask its operator for the right one.")


def _is_foreign(headers: Headers, host: str) -> bool:
    """Whether a browser says that a page of another server sends the request."""
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return True
    try:
        return "origin" in headers and urlsplit(headers["origin"]).netloc != host
    except ValueError:
        return True


def _name_of(host: str) -> str:
    return host[: host.index("]") + 1] if host.startswith("[") else host.partition(":")[0]
