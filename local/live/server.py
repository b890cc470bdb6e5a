"""Serves the page over HTTP: files, the state as it changes, and the few things that a button does."""

import json
import secrets
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from local.emulator.server import HOST
from local.live.gate import HEADERS, refusal

_PAGE = Path(__file__).parent / "page"
_FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/fields.js": ("fields.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
_MOST_BYTES = 4_096
_NOT_FOUND: tuple[HTTPStatus, dict[str, Any]] = (HTTPStatus.NOT_FOUND, {"error": "there is no such thing"})


class ActionRefused(Exception):
    """Says that nothing was done; the text says why, without values."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status = status


class Serves(Protocol):
    """Describes what the server needs from the controls behind it."""

    def state(self, after: int) -> dict[str, Any]:
        """Returns all that is shown, once it is newer than `after`, or after a while."""

    def order(self, number: int) -> dict[str, Any] | None:
        """Returns one order, raw and sanitized."""

    def act(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        """Does what a button asks for; raises ActionRefused if that fails."""


class LiveServer(ThreadingHTTPServer):
    """Listens on loopback alone."""

    daemon_threads = True

    def __init__(self, port: int, controls: Serves) -> None:
        super().__init__((HOST, port), _Handler)
        self.controls = controls
        self.token = secrets.token_urlsafe(32)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 -- socketserver's signature
        """Names what went wrong without repeating any of it: requests and orders hold values."""
        error = sys.exception()
        if not isinstance(error, ConnectionError):  # a browser that left is no news
            print(f"request failed: {type(error).__name__}", flush=True)


class _Handler(BaseHTTPRequestHandler):
    server: LiveServer
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        if not self._refused():
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            if path in _FILES:
                self._file(*_FILES[path])
            else:
                self._json(*self._read(path, parse_qs(query)))

    do_HEAD = do_GET  # noqa: N815 -- http.server's names

    def do_POST(self) -> None:
        if not self._refused():
            self._json(*self._acted())

    def _read(self, path: str, query: dict[str, list[str]]) -> tuple[HTTPStatus, dict[str, Any]]:
        if path == "/state":
            return HTTPStatus.OK, self.server.controls.state(_number(query.get("after", ["0"])[0]))
        if path.startswith("/orders/"):
            order = self.server.controls.order(_number(path.removeprefix("/orders/")))
            return (HTTPStatus.OK, order) if order else _NOT_FOUND
        return _NOT_FOUND

    def _acted(self) -> tuple[HTTPStatus, dict[str, Any]]:
        try:
            return HTTPStatus.OK, self.server.controls.act(self.path.removeprefix("/"), self._body())
        except ActionRefused as why:
            return why.status, {"error": str(why)}

    def _body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdecimal():
            raise ActionRefused(HTTPStatus.LENGTH_REQUIRED, "Content-Length: needed")
        if int(length) > _MOST_BYTES:
            raise ActionRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {_MOST_BYTES} bytes")
        try:
            body = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            raise ActionRefused(HTTPStatus.BAD_REQUEST, "the body is no JSON") from None
        if not isinstance(body, dict):
            raise ActionRefused(HTTPStatus.BAD_REQUEST, "the body is no object")
        return body

    def _refused(self) -> bool:
        port = int(self.server.server_address[1])
        why = refusal(self.command, self.headers, port, self.server.token)
        if why is None:
            return False
        self._json(why[0], {"error": why[1]})
        return True

    def _file(self, name: str, kind: str) -> None:
        content = (_PAGE / name).read_bytes()
        if name == "index.html":
            content = content.replace(b"{{token}}", self.server.token.encode())
        self._answer(HTTPStatus.OK, kind, content)

    def _json(self, status: HTTPStatus, body: dict[str, Any]) -> None:
        self._answer(status, "application/json", json.dumps(body).encode())

    def _answer(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        if status >= HTTPStatus.BAD_REQUEST:
            self.close_connection = True  # its body may not have been read
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Paths and addresses are of no use to anybody here."""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004 -- digits
