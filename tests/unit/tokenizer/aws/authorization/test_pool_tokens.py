"""Tests whom an ID token or a machine's access token names, and that no other token names anybody."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from tests.support.pool_tokens import (
    CLIENT,
    ISSUER,
    Clock,
    Objects,
    access_token,
    claims,
    machine_claims,
    part,
    pool_tokens,
    private_key,
    token,
)
from tokenizer.aws.authorization.pool_tokens import LEEWAY_SECONDS, MFA_SECONDS
from tokenizer.callers import Caller
from tokenizer.errors import Refused, Unavailable


def joined(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"") -> str:
    return ".".join((part(json.dumps(header).encode()), part(json.dumps(payload).encode()), part(signature)))


def by_the_public_key(payload: dict[str, Any] | None = None) -> str:
    """A token whose HMAC has the public key as its secret."""
    pem = (
        private_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    signed = joined({"alg": "HS256", "kid": "first"}, payload or claims()).rpartition(".")[0]
    return f"{signed}.{part(hmac.digest(pem, signed.encode(), hashlib.sha256))}"


def of_another_algorithm(name: str, payload: dict[str, Any] | None = None) -> str:
    return jwt.encode(payload or claims(), private_key(), algorithm=name, headers={"kid": "first"})


def with_other_claims() -> str:
    """A token of a pool's user, with the claims of somebody else put in."""
    header, _, signature = token(sub="mallory").split(".")
    return f"{header}.{part(json.dumps(claims()).encode())}.{signature}"


FORGED: dict[str, Callable[[], str]] = {
    "nothing": lambda: "-",
    "text": lambda: "ann",
    "two parts": lambda: token().rpartition(".")[0],
    "no signature": lambda: token().rpartition(".")[0] + ".",
    "a signature of another": lambda: token()[:-8] + "AAAAAAA" + token()[-1],
    "claims of somebody else": with_other_claims,
    "algorithm none": lambda: joined({"alg": "none", "kid": "first"}, claims()),
    "algorithm None": lambda: joined({"alg": "None", "kid": "first"}, claims()),
    "no algorithm": lambda: joined({"kid": "first"}, claims()),
    "HMAC by the public key": by_the_public_key,
    "RS384": lambda: of_another_algorithm("RS384"),
    "RS512": lambda: of_another_algorithm("RS512"),
    "PS256": lambda: of_another_algorithm("PS256"),
    "a key of its own": lambda: token("forger", {"kid": "first"}),
    "a key of its own by its name": lambda: token("forger"),
    "a key that is a path": lambda: token(headers={"kid": "../../first"}),
    "a key that is a query": lambda: token(headers={"kid": "first' OR '1'='1"}),
    "a key in the header": lambda: token("forger", {"jwk": {"kty": "RSA"}, "kid": "first"}),
    "a key at an address": lambda: token("forger", {"jku": "https://example.com/keys", "kid": "first"}),
    "no key": lambda: jwt.encode(claims(), private_key(), algorithm="RS256"),
    "a key that is a number": lambda: joined({"alg": "RS256", "kid": 1}, claims()),
    "a key that is a list": lambda: joined({"alg": "RS256", "kid": ["first"]}, claims()),
    "a header that is a list": lambda: f"{part(b'[]')}.{part(b'{}')}.{part(b's')}",
    "nested JSON": lambda: f"{part(b'[' * 5000)}.{part(b'{}')}.{part(b's')}",
    "lone surrogate": lambda: "\ud800.\ud800.\ud800",
    "an extension that is critical": lambda: token(headers={"crit": ["exp"], "exp": 1}),
    "another issuer": lambda: token(iss=ISSUER + "x"),
    "another region's pool": lambda: token(iss=ISSUER.replace("eu-central-1", "us-east-1")),
    "no issuer": lambda: token(iss=None),
    "another client": lambda: token(aud="another"),
    "no client": lambda: token(aud=None),
    "a list of clients": lambda: token(aud=[CLIENT]),
    "two clients": lambda: token(aud=[CLIENT, "another"]),
    "an access token": lambda: token(token_use="access", aud=None, client_id=CLIENT),
    "an access token for the client": lambda: token(token_use="access"),
    "a refresh token": lambda: token(token_use="refresh"),
    "no use": lambda: token(token_use=None),
    "an expired token": lambda: token(exp=-LEEWAY_SECONDS - 1, iat=-4000),
    "a token that never ends": lambda: token(exp=None),
    "an end that is text": lambda: token(exp="later"),
    "a token of the future": lambda: token(iat=LEEWAY_SECONDS + 60),
    "not yet": lambda: token(nbf=LEEWAY_SECONDS + 60),
    "nobody": lambda: token(sub=None),
    "somebody without a name": lambda: token(sub=""),
    "a name that is a number": lambda: token(sub=1),
    "no time of the sign-in": lambda: token(auth_time=None),
}


@pytest.mark.parametrize("name", FORGED)
def test_no_other_token_names_anybody_and_all_are_refused_in_the_same_words(name: str) -> None:
    with pytest.raises(Refused) as refused:
        pool_tokens(Objects("first")).person(FORGED[name]())
    assert (refused.value.code, refused.value.message) == (
        "unauthorized",
        "the ID token is not accepted; sign in again",
    )
    assert refused.value.__cause__ is None


OF_NO_MACHINE: dict[str, Callable[[], str]] = {
    "nothing": lambda: "-",
    "no signature": lambda: access_token().rpartition(".")[0] + ".",
    "algorithm none": lambda: joined({"alg": "none", "kid": "first"}, machine_claims()),
    "HMAC by the public key": lambda: by_the_public_key(machine_claims()),
    "PS256": lambda: of_another_algorithm("PS256", machine_claims()),
    "a key of its own": lambda: access_token("forger", {"kid": "first"}),
    "a key of its own by its name": lambda: access_token("forger"),
    "a key that is a path": lambda: access_token(headers={"kid": "../first"}),
    "a key at an address": lambda: access_token("forger", {"x5u": "https://example.com", "kid": "first"}),
    "another pool": lambda: access_token(iss=ISSUER + "x"),
    "no issuer": lambda: access_token(iss=None),
    "an ID token": token,
    "an ID token with a scope": lambda: token(scope="orders/write", client_id="ann"),
    "an access token for an audience": lambda: access_token(aud=CLIENT),
    "the access token of a person": lambda: access_token(sub="ann", client_id=CLIENT),
    "no client": lambda: access_token(client_id=None),
    "a client that is a list": lambda: access_token(client_id=["client"]),
    "a refresh token": lambda: access_token(token_use="refresh"),
    "no use": lambda: access_token(token_use=None),
    "an expired token": lambda: access_token(exp=-LEEWAY_SECONDS - 1, iat=-4000),
    "a token that never ends": lambda: access_token(exp=None),
    "a token of the future": lambda: access_token(iat=LEEWAY_SECONDS + 60),
    "nobody": lambda: access_token(sub=None),
    "a client without a name": lambda: access_token(sub="", client_id=""),
}


@pytest.mark.parametrize("name", OF_NO_MACHINE)
def test_no_other_token_names_a_machine_and_all_are_refused_in_the_same_words(name: str) -> None:
    with pytest.raises(Refused) as refused:
        pool_tokens(Objects("first")).machine(OF_NO_MACHINE[name]())
    assert (refused.value.code, refused.value.message) == (
        "unauthorized",
        "the access token is not accepted; get another one",
    )
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("scope", "scopes"),
    [
        ("orders/write", ("orders/write",)),
        ("orders/write orders/read", ("orders/write", "orders/read")),
        (" orders/write  ", ("orders/write",)),
        ("", ()),
        (None, ()),
        (["orders/write"], ()),
        ({"orders/write": 1}, ()),
    ],
)
def test_a_machine_has_the_scopes_of_its_token_and_neither_groups_nor_a_second_factor(
    scope: Any, scopes: tuple[str, ...]
) -> None:
    others: dict[str, Any] = {"cognito:groups": ["compliance"]}
    given = access_token(scope=scope, amr=["mfa"], **others)
    assert pool_tokens(Objects("first")).machine(given) == Caller("client", scopes=scopes)


def test_an_id_token_names_its_caller() -> None:
    assert pool_tokens(Objects("first")).person(token()) == Caller("ann", ("compliance",), mfa=True)


@pytest.mark.parametrize(
    ("named", "groups"),
    [
        (None, ()),
        ([], ()),
        (["iam"], ()),
        (["support", "iam", "payments"], ("support", "payments")),
        (["support", 1, None, ["iam"]], ("support",)),
        (
            ["x,compliance", "[shop", "compliance]", "shop support", ""],
            ("x,compliance", "[shop", "compliance]", "shop support", ""),
        ),
        ("iam", ()),
        ("support", ()),
        ({"support": 1}, ()),
    ],
)
def test_groups_are_those_of_the_token_and_never_those_of_administrators(
    named: Any, groups: tuple[str, ...]
) -> None:
    assert pool_tokens(Objects("first")).person(token(**{"cognito:groups": named})).groups == groups


@pytest.mark.parametrize(
    ("changes", "mfa"),
    [
        ({}, True),
        ({"amr": ["mfa"]}, True),
        ({"auth_time": -MFA_SECONDS + 60}, True),
        ({"auth_time": -MFA_SECONDS - 60}, False),
        ({"auth_time": LEEWAY_SECONDS}, True),
        ({"auth_time": LEEWAY_SECONDS + 60}, False),
        ({"auth_time": "1796031656"}, False),
        ({"auth_time": True}, False),
        ({"auth_time": []}, False),
        ({"amr": None}, False),
        ({"amr": []}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["pwd", "otp"]}, False),
        ({"amr": "mfa"}, False),
        ({"amr": {"mfa": 1}}, False),
        ({"amr": None, "acr": "mfa", "custom:amr": ["mfa"]}, False),
    ],
)
def test_a_second_factor_counts_for_a_quarter_of_an_hour(changes: dict[str, Any], mfa: bool) -> None:
    assert pool_tokens(Objects("first")).person(token(**changes)).mfa is mfa


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": -1},
        {"iat": LEEWAY_SECONDS},
        {"nbf": LEEWAY_SECONDS},
    ],
)
def test_clocks_may_differ_by_half_a_minute(changes: dict[str, Any]) -> None:
    assert pool_tokens(Objects("first")).person(token(**changes)).name == "ann"


def test_a_new_key_is_found_as_soon_as_it_is_served() -> None:
    objects, clock = Objects("first"), Clock()
    known = pool_tokens(objects, clock)
    assert known.person(token()).name == "ann"
    with pytest.raises(Refused):
        known.person(token("second"))
    objects.content = Objects("first", "second").content
    clock.at += 11
    assert known.person(token("second")).name == "ann"
    assert known.person(token("first")).name == "ann"


def test_a_withdrawn_key_ends_within_five_minutes() -> None:
    objects, clock = Objects("first", "second"), Clock()
    known = pool_tokens(objects, clock)
    known.person(token())
    objects.content = Objects("second").content
    clock.at += 299
    assert known.person(token(auth_time=0)).name == "ann"
    clock.at += 2
    with pytest.raises(Refused):
        known.person(token())


def test_forged_tokens_have_the_keys_read_once_in_ten_seconds() -> None:
    objects, clock = Objects("first"), Clock()
    known = pool_tokens(objects, clock)
    for number in range(100):
        with pytest.raises(Refused):
            known.person(token(headers={"kid": f"forged-{number}"}))
        clock.at += 1
    assert objects.reads == 10


def test_a_clock_that_is_set_back_has_the_keys_read_again() -> None:
    objects, clock = Objects("first"), Clock()
    known = pool_tokens(objects, clock)
    known.person(token())
    clock.at -= 10
    known.person(token())
    assert objects.reads == 2


def test_without_the_keys_nobody_is_known_and_old_keys_are_not_kept() -> None:
    objects, clock = Objects("first"), Clock()
    known = pool_tokens(objects, clock)
    objects.down = True
    with pytest.raises(Unavailable):
        known.person(token())
    objects.down = False
    known.person(token())
    objects.down = True
    clock.at += 301
    with pytest.raises(Unavailable):
        known.person(token())


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        {"issuer": ISSUER, "client_id": CLIENT, "keys": []},
        {"issuer": "", "client_id": CLIENT, "keys": Objects("first").content["keys"]},
        {"issuer": ISSUER, "client_id": "", "keys": Objects("first").content["keys"]},
        {"issuer": ISSUER, "keys": Objects("first").content["keys"]},
        {"issuer": ISSUER, "client_id": CLIENT, "keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "first"}]},
    ],
)
def test_an_object_of_another_form_makes_nobody_known(content: Any) -> None:
    objects = Objects()
    objects.content = content
    with pytest.raises(Unavailable, match="no known form"):
        pool_tokens(objects).person(token())
