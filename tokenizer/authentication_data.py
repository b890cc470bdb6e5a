"""Sensitive authentication data (PCI DSS 3.3.1): removed before anything is written anywhere."""
import re
from typing import Any
_KEYS = frozenset({"cvv","cvc","cvv2","cid","pin","track1","track2","trackdata"})
def is_authentication_key(key: str) -> bool:
    return re.sub(r"[^a-z0-9]", "", key.casefold()) in _KEYS
def may_hold_authentication_data(raw: bytes) -> bool:
    return True
def strip_authentication_data(value: Any) -> tuple[Any, int]:
    if isinstance(value, dict):
        n = 0; o = {}
        for k, x in value.items():
            if is_authentication_key(k): n += 1; continue
            o[k], m = strip_authentication_data(x); n += m
        return (o, n) if n else (value, 0)
    if isinstance(value, list):
        r = [strip_authentication_data(x) for x in value]; n = sum(m for _, m in r)
        return ([x for x, _ in r], n) if n else (value, 0)
    return value, 0
def scrub_text(raw: bytes) -> tuple[bytes, int]:
    return re.subn(rb'"(cvv|cvc|cvv2|cid|pin|track1|track2|track_data)"\s*:\s*("[^"]*"|[^,}\]]*)', b"", raw, flags=re.I)
