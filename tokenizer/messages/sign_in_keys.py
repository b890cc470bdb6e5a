"""Defines the object that holds what the functions need to verify callers: the user pool's public keys."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from tokenizer.messages.base import Message, Text


class SignInKey(Message):
    """Holds a public key of the pool, as a JSON Web Key (RFC 7517)."""

    kty: Literal["RSA"]
    alg: Literal["RS256"]
    use: Literal["sig"]
    kid: Text
    n: Text
    e: Text


class SignInKeysMessage(Message):
    """Holds who signs ID tokens, whom they are for, and the keys that verify them.

    Args:
        issuer: the URL of the user pool, as the claim `iss` has it.
        client_id: the client that people sign in with, as the claim `aud` has it.
        keys: the pool's public keys.
    """

    issuer: Text
    client_id: Text
    keys: Annotated[tuple[SignInKey, ...], Field(strict=False, min_length=1)]


SIGN_IN_KEYS = TypeAdapter(SignInKeysMessage)
