"""Policies in Cedar, evaluated by cedarpy in process; both files travel with the functions' code."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import cedarpy

from tokenizer.access import Caller, Wish


@cache
def _text(name: str) -> str:
    return resources.files("policies").joinpath(name).read_text(encoding="utf-8")


class CedarPolicies:
    """Implements the port `Policies`."""

    def __init__(self, policies: str | None = None) -> None:
        """The shipped policies, or others in a test."""
        self._policies = policies if policies is not None else _text("reveal.cedar")
        self._schema = _text("schema.cedarschema")

    def permits(self, caller: Caller, wish: Wish, categories: Sequence[str]) -> list[bool]:
        """Whether each category may be revealed; an error in evaluation is a denial."""
        decisions = {each: self._permits(caller, wish, each) for each in set(categories)}
        return [decisions[each] for each in categories]

    def _permits(self, caller: Caller, wish: Wish, category: str) -> bool:
        user, value = {"type": "User", "id": "caller"}, {"type": "Value", "id": category}
        groups = [{"type": "Group", "id": group} for group in caller.groups]
        entities: list[dict[str, Any]] = [
            {"uid": user, "attrs": {}, "parents": groups},
            {"uid": value, "attrs": {"category": category}, "parents": []},
            *({"uid": group, "attrs": {}, "parents": []} for group in groups),
        ]
        request = {
            "principal": user,
            "action": {"type": "Action", "id": str(wish.action)},
            "resource": value,
            "context": {"purpose": wish.purpose, "tokens": len(wish.tokens), "mfa": caller.mfa},
        }
        result = cedarpy.is_authorized(request, self._policies, entities, self._schema)
        return bool(result.allowed) and not result.diagnostics.errors

    def permits_erasure(self, caller: Caller, purpose: str) -> bool:
        """Whether a customer may be erased; an error in evaluation is a denial."""
        user, groups = (
            {"type": "User", "id": "caller"},
            [{"type": "Group", "id": each} for each in caller.groups],
        )
        entities: list[dict[str, Any]] = [
            {"uid": user, "attrs": {}, "parents": groups},
            *({"uid": group, "attrs": {}, "parents": []} for group in groups),
        ]
        request = {
            "principal": user,
            "action": {"type": "Action", "id": "erase"},
            "resource": {"type": "Customers", "id": "all"},
            "context": {"purpose": purpose, "mfa": caller.mfa},
        }
        result = cedarpy.is_authorized(request, self._policies, entities, self._schema)
        return bool(result.allowed) and not result.diagnostics.errors

    def problems(self) -> list[str]:
        """What the schema finds wrong with the policies."""
        result = cedarpy.validate_policies(self._policies, self._schema)
        return [] if result.validation_passed else [str(each) for each in result.errors]
