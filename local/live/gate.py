"""Decides who may call the page's server: only this page, in a browser on this machine.

The server is on loopback, and that keeps no web page out: any may send a form to 127.0.0.1, or have its own name
point there (DNS rebinding) and read what is answered.
"""

import hmac
from http import HTTPStatus
from typing import Protocol

TOKEN_HEADER = "X-Live-Token"  # noqa: S105 -- the name of a header
_OWN = frozenset({"same-origin", "none"})  # the page itself, or an address that was typed


class Headers(Protocol):
    """Looks headers up in upper or lower case, as `http.server` does."""

    def get(self, name: str, failobj: str, /) -> str:
        """Returns one header's value."""


HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def refusal(method: str, headers: Headers, port: int, token: str) -> tuple[HTTPStatus, str] | None:
    """Returns why a request is refused, None if it is not.

    Args:
        method: of HTTP.
        headers: of the request.
        port: that the server listens on.
        token: that the page was served with.
    """
    host, own = headers.get("Host", ""), {f"127.0.0.1:{port}", f"localhost:{port}"}
    kind = headers.get("Content-Type", "").partition(";")[0].strip()
    shown = headers.get(TOKEN_HEADER, "").encode()
    rules = [
        (host in own, HTTPStatus.MISDIRECTED_REQUEST, "Host: not this page's"),
        (headers.get("Sec-Fetch-Site", "none") in _OWN, HTTPStatus.FORBIDDEN, "another site's page asks"),
    ]
    if method == "POST":
        rules += [
            (headers.get("Origin", "") == f"http://{host}", HTTPStatus.FORBIDDEN, "Origin: not this page's"),
            (hmac.compare_digest(shown, token.encode()), HTTPStatus.FORBIDDEN, "reload the page"),
            (
                kind == "application/json",
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "application/json alone is taken",
            ),
        ]
    return next(((status, text) for kept, status, text in rules if not kept), None)
