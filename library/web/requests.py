"""What every answer has in common, whichever handler made it or none did: a request id, headers that keep browsers
safe, HEAD wherever there is GET, and a line in the log.

Litestar's own middleware is not run for a 404 or a 405; this class stands around the whole application.
"""

import logging
import re
from collections.abc import Iterable
from time import perf_counter
from typing import Any, cast
from uuid import uuid4

import msgspec
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Method, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from library.acting import acting_as
from library.errors import LibraryError
from library.settings import Settings
from library.web.access import NOBODY, caller_name
from library.web.bodies import in_good_time
from library.web.logs import REQUEST
from library.web.metrics import Metrics
from library.web.problems import PROBLEM_JSON, REQUEST_ID, AddressTooLong, InternalError, problem, status_of

LONGEST_ADDRESS = 16_000
"""Characters of a path and query, which is twice what browsers and proxies agree on."""
ASKED_METHOD = "asked_method"
"""The key in an ASGI scope's state under which the method stands that was really asked for."""

_log = logging.getLogger(__name__)
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NOT_ALLOWED = 405
_SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
)
"""As ASGI wants them."""


class EveryRequest:
    """The outermost ASGI application."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics
        self._log_queries = settings.log_queries
        trusted_proxies = settings.trusted_proxies
        # What a proxy says of who is before it counts only where the proxy is ours.
        self._behind: Any = ProxyHeadersMiddleware(cast("Any", app), list(trusted_proxies)) if trusted_proxies else app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            await self._answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        begun = perf_counter()
        answer = _Answer(send, _request_id(scope), scope["method"])
        inner = scope.copy()
        inner["state"] = {**scope.get("state", {}), REQUEST_ID: answer.request_id, ASKED_METHOD: scope["method"]}
        inner["method"] = _method_inside(scope)
        try:
            with acting_as(NOBODY):
                if len(scope["path"]) + len(scope.get("query_string", b"")) > LONGEST_ADDRESS:
                    await answer.problem(AddressTooLong(f"{LONGEST_ADDRESS} characters are read at most"))
                else:
                    await self._behind(inner, in_good_time(receive), answer.send)
        except Exception:
            _log.exception("%s failed outside every handler", answer.request_id)
            if answer.status:
                raise  # half an answer is out: the server must cut the connection
            await answer.problem(InternalError())
        finally:
            taken = perf_counter() - begun
            self._metrics.note(inner, scope["method"], answer.status, taken)
            known = self._known(inner, scope["method"], answer, taken)
            _log.info(
                "%s %s %r %s %.1f ms",
                *(answer.request_id, scope["method"], known["path"], answer.status, taken * 1000),
                extra={REQUEST: known},
            )

    def _known(self, scope: HTTPScope, method: str, answer: "_Answer", taken: float) -> dict[str, object]:
        """What the log is told of a request: no query, unless the settings want it, since what people look for here may
        put somebody at risk; and no address, which would name them."""
        query = scope.get("query_string", b"").decode("latin-1") if self._log_queries else ""
        return {
            "request_id": answer.request_id,
            "method": method,
            "path": f"{scope['path']}?{query}" if query else scope["path"],
            "route": scope.get("path_template", ""),
            "status": answer.status,
            "ms": round(taken * 1000, 1),
            "caller": caller_name(scope),
        }


class _Answer:
    """The way out for one request's messages."""

    def __init__(self, send: Send, request_id: str, method: str) -> None:
        self.request_id = request_id
        self.status = 0
        self._send = send
        self._method = method
        self._without_body = method == "HEAD"

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self._method == "OPTIONS" and message["status"] == _NOT_ALLOWED:
                message = {**message, "status": 204, "headers": _only_allow(message["headers"])}
                self._without_body = True
            self.status = message["status"]
            self._complete(message)
        elif message["type"] == "http.response.body" and self._without_body:
            message = {**message, "body": b""}
        await self._send(message)

    async def problem(self, error: LibraryError) -> None:
        body = msgspec.json.encode(problem(error, self.request_id))
        headers = [
            (b"content-type", PROBLEM_JSON.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await self.send({"type": "http.response.start", "status": status_of(type(error)), "headers": headers})
        await self.send({"type": "http.response.body", "body": body, "more_body": False})

    def _complete(self, message: HTTPResponseStartEvent) -> None:
        given = {name.lower() for name, _ in message["headers"]}
        safe = [(name, value) for name, value in _SAFE_HEADERS if name not in given]
        message["headers"] = [*message["headers"], *safe]
        headers = MutableScopeHeaders.from_message(message)
        headers["X-Request-ID"] = self.request_id
        if b"allow" in given:
            allowed = headers["Allow"].replace(" ", "").split(",")
            if "GET" in allowed:
                headers["Allow"] = ", ".join(sorted({*allowed, "HEAD"}))


def _request_id(scope: HTTPScope) -> str:
    """The caller's own id where it is harmless, so that one id goes through proxy, library and logs."""
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if _ACCEPTABLE_ID.fullmatch(given) else uuid4().hex


def _method_inside(scope: HTTPScope) -> Method:
    """HEAD is answered by what answers GET. Litestar's own answer to OPTIONS names the methods of the first handler of
    an address only; but where it refuses a method, it names all. A browser's question about origins is another one."""
    match scope["method"]:
        case "HEAD":
            return HttpMethod.GET
        case "OPTIONS" if b"access-control-request-method" not in dict(scope["headers"]):
            return "TRACE"
        case method:
            return method


def _only_allow(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.lower() == b"allow"]
