"""Runs a proxy on loopback between the functions and the emulator, for calls that are to fail."""

import http.client
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import SplitResult, urlsplit

from local.emulator.server import HOST

_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})
Answer = tuple[int, dict[str, str], bytes]


class Relay(BaseHTTPRequestHandler):
    """Passes each request on; a subclass decides which it does not."""

    emulator: SplitResult
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answers one request, of any method."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.relay(self.headers.get("X-Amz-Target", ""), body)

    do_PUT = do_GET = do_HEAD = do_DELETE = do_POST  # noqa: N815 -- http.server's names

    def relay(self, action: str, body: bytes) -> None:  # noqa: ARG002 -- a subclass looks at the action
        """Answers one request."""
        self.answer(*self.forward(body))

    def forward(self, body: bytes) -> Answer:
        """Sends a request to the emulator and returns its answer."""
        connection = http.client.HTTPConnection(str(self.emulator.hostname), self.emulator.port, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        return answer.status, dict(answer.headers), read

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Answers the function that made the call."""
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Logs nothing: whoever makes calls fail reports it elsewhere."""


def started(endpoint_url: str, handler: type[Relay], **attributes: Any) -> tuple[str, Callable[[], None]]:
    """Runs a proxy in threads of this process.

    Args:
        endpoint_url: the emulator's.
        handler: what answers.
        attributes: that its class gets.

    Returns:
        The proxy's own endpoint, and what ends it.
    """
    kind = type("Handler", (handler,), {"emulator": urlsplit(endpoint_url), **attributes})
    server = ThreadingHTTPServer((HOST, 0), kind)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()

    def end() -> None:
        server.shutdown()
        server.server_close()

    return f"http://{HOST}:{server.server_address[1]}", end
