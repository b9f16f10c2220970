"""Turns every error into `{"ok": false, "error": sentence}` with the status for its class."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from exoplanet_desktop.errors import (
    AppError,
    BugError,
    Cancelled,
    InputError,
    NotAllowed,
    NotFound,
    TooLarge,
    TooMany,
    UnavailableError,
    WrongType,
)

log = logging.getLogger(__name__)

_STATUS: dict[type[AppError], int] = {
    NotFound: 404,
    NotAllowed: 401,
    TooLarge: 413,
    WrongType: 415,
    TooMany: 429,
    InputError: 400,
    Cancelled: 409,
    UnavailableError: 503,
    AppError: 500,
}
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "5"}, 503: {"Retry-After": "5"}}
_GONE = 499  # nobody reads it

# The description of every call's errors in the OpenAPI document.
DESCRIBED: dict[str, Any] = {
    "description": "What is wrong, and what can be done about it.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"ok": {"const": False}, "error": {"type": "string", "minLength": 1}},
                "required": ["ok", "error"],
                "additionalProperties": False,
            }
        }
    },
}

_FAULT = "The engine failed because of an internal error. Its log, engine.log, has the details."


def error_reply(error: AppError) -> JSONResponse:
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    return _reply(status, _FAULT if isinstance(error, BugError) and not str(error) else str(error))


def _reply(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"ok": False, "error": sentence}, status, headers=_HEADERS.get(status))


async def _app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    if not isinstance(error, InputError | Cancelled):
        log.error("%s %s: %s", request.method, request.url.path, error, exc_info=error)
    return error_reply(error)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentences = {
        404: "There is no such address on this server. Check the path.",
        405: f"The method {request.method} is not allowed at this address.",
    }
    reply = _reply(error.status_code, sentences.get(error.status_code, HTTPStatus(error.status_code).phrase + "."))
    reply.headers.update(error.headers or {})
    return reply


async def _invalid_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = first["loc"][-1]
    return _reply(400, f"The value of {field} cannot be used: {first['msg']}.")


async def _disconnected(_: Request, __: Exception) -> Response:
    return Response(status_code=_GONE)


async def _fault(_: Request, __: Exception) -> Response:
    return _reply(500, _FAULT)  # the server logs the traceback


def install(app: FastAPI) -> None:
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(ClientDisconnect, _disconnected)
    app.add_exception_handler(Exception, _fault)
