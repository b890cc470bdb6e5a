"""Tests what is kept of the pool's keys, and that nothing is kept of what is none."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from typing import Any

import pytest

from tests.support.pool_tokens import BUCKET, CLIENT, ISSUER, Clock, Objects, pool_tokens, public, token
from tokenizer.aws.authorization.sign_in_keys import OBJECT, SignInKeys, write_sign_in_keys
from tokenizer.errors import PipelineError, Unavailable


class Bucket:
    """The bucket with the keys."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> None:  # noqa: N803 -- S3's
        assert (Bucket, ContentType) == (BUCKET, "application/json")
        self.objects[Key] = Body

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 -- S3's
        assert Bucket == BUCKET
        return {"Body": BytesIO(self.objects[Key])}


class Pool:
    """Serves a pool's keys on loopback."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""
        pool = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(pool.status)
                self.end_headers()
                self.wfile.write(pool.body)

            def log_message(self, *_: Any) -> None:
                """Logs nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/pool/.well-known/jwks.json"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool()
    yield made
    made.end()


def write(bucket: Bucket, pool: Pool) -> None:
    write_sign_in_keys(bucket, BUCKET, ISSUER, CLIENT, pool.url)  # type: ignore[arg-type]  # all that is asked


def test_what_is_written_verifies_the_pools_tokens(pool: Pool) -> None:
    pool.body = json.dumps({"keys": [public("first"), public("second")]}).encode()
    bucket = Bucket()
    write(bucket, pool)
    known = pool_tokens(bucket)  # type: ignore[arg-type]  # the same
    assert known.person(token("first")).name == known.person(token("second")).name == "ann"


def test_a_key_is_kept_without_what_nobody_needs_and_keys_of_other_algorithms_are_not(pool: Pool) -> None:
    keys = [
        public("first", x5c=["certificate"], d="private"),
        public("second", alg="RS512"),
        {"kty": "EC", "alg": "ES256", "use": "sig", "kid": "third", "crv": "P-256", "x": "", "y": ""},
        {"kty": "oct", "alg": "HS256", "use": "sig", "kid": "fourth", "k": "c2VjcmV0"},
    ]
    pool.body = json.dumps({"keys": keys}).encode()
    bucket = Bucket()
    write(bucket, pool)
    assert json.loads(bucket.objects[OBJECT]) == {
        "issuer": ISSUER,
        "client_id": CLIENT,
        "keys": [public("first")],
    }


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"keys": []}'),
        (404, b""),
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"keys": []}'),
        (200, b'{"keys": {}}'),
        (200, b'{"keys": [1]}'),
        (200, b'{"keys": [{"alg": "RS256"}]}'),
        (200, b'{"keys": [' + b" " * 70_000 + b"]}"),
    ],
)
def test_what_is_no_answer_of_a_pool_leaves_the_keys_as_they_are(
    pool: Pool, status: int, body: bytes
) -> None:
    bucket = Bucket()
    bucket.objects[OBJECT] = b"as they were"
    pool.status, pool.body = status, body
    with pytest.raises(PipelineError):
        write(bucket, pool)
    assert bucket.objects == {OBJECT: b"as they were"}


def test_a_pool_that_is_not_there_leaves_the_keys_as_they_are(pool: Pool) -> None:
    bucket = Bucket()
    pool.end()
    with pytest.raises(PipelineError):
        write(bucket, pool)
    assert bucket.objects == {}


def test_keys_are_read_again_when_they_are_old_or_one_is_missing_and_not_for_each_forged_token() -> None:
    objects, clock = Objects("first"), Clock()
    keys = SignInKeys(objects, BUCKET, clock)  # type: ignore[arg-type]  # all that is asked of S3
    begin = clock.at
    for seconds, key_id, reads in (
        (0.0, "first", 1),
        (9.5, "forged", 1),  # just read
        (10.0, "forged", 2),
        (10.0, "first", 2),
        (19.5, "forged", 2),  # after the second read
        (309.5, "first", 2),
        (310.0, "first", 3),  # old
        (300.0, "first", 4),  # a clock that was set back
        (300.0, "first", 4),
    ):
        clock.at = begin + seconds
        assert (keys.for_key(key_id).client_id, objects.reads) == (CLIENT, reads), seconds


def test_keys_that_were_read_serve_while_the_bucket_is_down_and_no_longer() -> None:
    objects, clock = Objects("first"), Clock()
    keys = SignInKeys(objects, BUCKET, clock)  # type: ignore[arg-type]  # all that is asked of S3
    keys.for_key("first")
    objects.down = True
    clock.at += 299.5
    assert set(keys.for_key("first").keys) == {"first"}
    clock.at += 0.5
    with pytest.raises(PipelineError):
        keys.for_key("first")
    objects.down, objects.content = False, {"issuer": ISSUER}
    with pytest.raises(Unavailable, match="no known form"):
        keys.for_key("first")
