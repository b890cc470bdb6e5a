"""The page's server, asked over real HTTP: who may ask, what is refused, and that nothing is repeated as HTML."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from http import HTTPStatus
from threading import Thread
from types import MappingProxyType
from typing import Any

import pytest

from local.live.gate import TOKEN_HEADER
from local.live.server import ActionRefused, LiveServer

NOTHING: Mapping[str, str | None] = MappingProxyType({})
SCRIPT = "<script>alert(1)</script>"


class FakeDesk:
    """Knows one order, and writes down what it is asked to do."""

    def __init__(self) -> None:
        self.acted: list[tuple[str, dict[str, Any]]] = []

    def state(self, after: int) -> dict[str, Any]:
        return {"version": after + 1, "kinds": [SCRIPT]}

    def order(self, number: int) -> dict[str, Any] | None:
        return {"raw": SCRIPT} if number == 7 else None

    def act(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        if name == "refused":
            raise ActionRefused(HTTPStatus.BAD_GATEWAY, "Throttled")
        if name == "broken":
            raise LookupError("4111111111111111")
        self.acted.append((name, request))
        return {"done": True}


class Asker:
    """Asks as the page does, but for what a test changes; None leaves a header out."""

    def __init__(self, server: LiveServer) -> None:
        self.port = int(server.server_address[1])
        self.token = server.token

    def __call__(
        self, method: str, path: str, changed: Mapping[str, str | None] = NOTHING, body: bytes = b"{}"
    ) -> tuple[int, bytes, dict[str, str]]:
        own = f"127.0.0.1:{self.port}"
        sent: dict[str, str | None] = {"Host": own}
        if method == "POST":
            sent |= {
                "Origin": f"http://{own}",
                TOKEN_HEADER: self.token,
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
            }
        sent |= changed
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.putrequest(method, path, skip_host=True)
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(body if method == "POST" else None)
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.headers)


@pytest.fixture
def controls() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def ask(controls: FakeDesk) -> Iterator[Asker]:
    server = LiveServer(0, controls)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield Asker(server)
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_listens_on_loopback_alone(controls: FakeDesk) -> None:
    with LiveServer(0, controls) as server:
        assert server.server_address[0] == "127.0.0.1"


def test_what_the_page_asks_for_is_done(ask: Asker, controls: FakeDesk) -> None:
    status, body, _ = ask("POST", "/send", body=b'{"source": "stream"}')
    assert (status, json.loads(body)) == (200, {"done": True})
    assert controls.acted == [("send", {"source": "stream"})]


def test_localhost_is_the_same_place(ask: Asker) -> None:
    host = f"localhost:{ask.port}"
    assert ask("GET", "/state", {"Host": host})[0] == 200
    assert ask("POST", "/send", {"Host": host, "Origin": f"http://{host}"})[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "evil.example:{port}", "127.0.0.1:{port}.evil.example", "127.0.0.1:1", None])  # fmt: skip
@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/state"), ("GET", "/orders/7"), ("POST", "/send")])  # fmt: skip
def test_another_name_for_this_machine_is_refused(
    ask: Asker, controls: FakeDesk, method: str, path: str, host: str | None
) -> None:
    named = host and host.format(port=ask.port)
    origin = {"Origin": f"http://{named}"} if method == "POST" else {}
    status, body, _ = ask(method, path, {"Host": named, **origin})
    assert status == 421
    assert ask.token.encode() not in body
    assert controls.acted == []


@pytest.mark.parametrize(
    "changed",
    [
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "https://127.0.0.1:{port}"},
        {TOKEN_HEADER: None},
        {TOKEN_HEADER: ""},
        {TOKEN_HEADER: "ä"},
        {TOKEN_HEADER: "{token}x"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_what_another_page_sends_is_refused(
    ask: Asker, controls: FakeDesk, changed: dict[str, str | None]
) -> None:
    headers = {name: text and text.format(port=ask.port, token=ask.token) for name, text in changed.items()}
    assert ask("POST", "/send", headers)[0] == 403
    assert controls.acted == []


def test_another_sites_page_may_not_read_either(ask: Asker) -> None:
    assert ask("GET", "/orders/7", {"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert ask("GET", "/orders/7", {"Sec-Fetch-Site": "same-origin"})[0] == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])  # fmt: skip
def test_what_a_form_can_send_is_refused(ask: Asker, controls: FakeDesk, kind: str | None) -> None:
    assert ask("POST", "/send", {"Content-Type": kind})[0] == 415
    assert controls.acted == []


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"{", {}, 400),
        (b"\xff", {}, 400),
        (b"[" * 4000, {}, 400),
        (b"[1]", {}, 400),
        (b'"text"', {}, 400),
        (b"{}", {"Content-Length": None}, 411),
        (b"{}", {"Content-Length": "-1"}, 411),
        (b"{}", {"Content-Length": "x"}, 411),
        (b"{}", {"Content-Length": "1" * 30}, 413),
        (b" " * 4097, {}, 413),
    ],
    ids=range(11),
)
def test_a_malformed_request_is_answered_in_words_of_ours(
    ask: Asker, controls: FakeDesk, body: bytes, headers: dict[str, str | None], status: int
) -> None:
    found, answer, _ = ask("POST", "/send", headers, body)
    assert found == status
    assert set(json.loads(answer)) == {"error"}
    assert controls.acted == []


def test_what_the_desk_refuses_is_told(ask: Asker) -> None:
    status, body, _ = ask("POST", "/refused")
    assert (status, json.loads(body)) == (502, {"error": "Throttled"})


def test_a_bug_repeats_no_value(ask: Asker, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        ask("POST", "/broken")
    printed = "".join(capsys.readouterr())
    assert "LookupError" in printed
    assert "4111" not in printed


@pytest.mark.parametrize("path", ["/orders/8", "/orders/x", "/orders/", "/../server.py", "/page/page.js", "/style.css.", "/orders/" + "9" * 5000])  # fmt: skip
def test_nothing_else_is_served(ask: Asker, path: str) -> None:
    assert ask("GET", path)[0] == 404


def test_values_are_answered_as_json_and_never_as_a_page(ask: Asker) -> None:
    for path in ("/state?after=3", "/orders/7"):
        _, body, headers = ask("GET", path)
        assert SCRIPT in str(json.loads(body))
        assert headers["Content-Type"] == "application/json"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_may_run_its_own_scripts_alone_and_be_framed_by_nobody(ask: Asker) -> None:
    _, body, headers = ask("GET", "/")
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert body.count(ask.token.encode()) == 1
    assert b"{{" not in body
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


def test_the_token_of_one_server_is_not_anothers(controls: FakeDesk) -> None:
    with LiveServer(0, controls) as one, LiveServer(0, controls) as other:
        assert one.token != other.token
