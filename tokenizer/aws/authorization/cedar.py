"""Decides by policies in Cedar, which cedarpy evaluates in the process.

Every reveal is decided for every category and action, whatever it asks for. So the time that a decision takes reveals
nothing about what a token holds.
"""

from collections.abc import Mapping
from enum import StrEnum
from itertools import product
from typing import Any

import cedarpy

from tokenizer.authorization.ports import OF_VALUES, RouteAction
from tokenizer.aws.platform import package_files
from tokenizer.callers import Caller
from tokenizer.errors import Configuration
from tokenizer.reveal.ports import Action, RevealRequest
from tokenizer.vault.categories import CATEGORIES

POLICIES = ("reveal.cedar", "routes.cedar")
_ALL = {"type": "All", "id": "all"}
_VALUES = [
    {"uid": {"type": "Value", "id": each}, "attrs": {"category": each}, "parents": []} for each in CATEGORIES
]


class CedarPolicies:
    """Implements the ports `Policies` and `RoutePolicies`. An error in an evaluation is a denial."""

    def __init__(self, policies: str | None = None) -> None:
        """Uses the shipped policies, or others in a test.

        Raises:
            Configuration: the text is not valid Cedar.
        """
        text = policies if policies is not None else "\n".join(map(package_files.text, POLICIES))
        # Parsed once, because parsing takes nearly all of the time of a decision.
        try:
            self._policies = cedarpy.PolicySet.from_str(text)
            self._schema = cedarpy.Schema.from_str(package_files.text("schema.cedarschema"))
        except ValueError as error:
            raise Configuration(f"policies: {error}") from None

    def permitted(self, caller: Caller, request: RevealRequest, hour: int) -> Mapping[Action, frozenset[str]]:
        """Returns the categories that may be revealed, by action."""
        asked = list(product(Action, CATEGORIES))
        context = _context(caller, request.purpose, approved=request.approved)
        context |= {"tokens": len(request.tokens), "hour": hour}
        requests = [_request(caller, action, _value(category), context) for action, category in asked]
        allowed = {
            pair for pair, decided in zip(asked, self._decided(caller, requests), strict=True) if decided
        }
        return {
            action: frozenset(each for each in CATEGORIES if (action, each) in allowed) for action in Action
        }

    def permits(
        self, caller: Caller, action: RouteAction, purpose: str = "", *, approved: bool = False
    ) -> bool:
        """Returns True if the caller may do this. If it depends on the value: if there is any kind to do it with."""
        if action in OF_VALUES:
            return bool(self.permitted_categories(caller, action, purpose))
        context = _context(caller, purpose, approved=approved)
        return self._decided(caller, [_request(caller, action, _ALL, context)])[0]

    def permitted_categories(self, caller: Caller, action: RouteAction, purpose: str = "") -> frozenset[str]:
        """Returns the categories of values with which the caller may do this."""
        context = _context(caller, purpose, approved=False)
        requests = [_request(caller, action, _value(category), context) for category in CATEGORIES]
        decided = zip(CATEGORIES, self._decided(caller, requests), strict=True)
        return frozenset(category for category, permitted in decided if permitted)

    def _decided(self, caller: Caller, requests: list[dict[str, Any]]) -> list[bool]:
        results = cedarpy.is_authorized_batch(requests, self._policies, _entities(caller), self._schema)
        return [bool(each.allowed) and not each.diagnostics.errors for each in results]

    def problems(self) -> list[str]:
        """Returns the problems that the schema finds in the policies."""
        result = cedarpy.validate_policies(str(self._policies), package_files.text("schema.cedarschema"))
        return [] if result.validation_passed else [str(each) for each in result.errors]


def _request(
    caller: Caller, action: StrEnum, resource: dict[str, str], context: dict[str, Any]
) -> dict[str, Any]:
    return {
        "principal": _principal(caller),
        "action": {"type": "Action", "id": str(action)},
        "resource": resource,
        "context": context,
    }


def _context(caller: Caller, purpose: str, *, approved: bool) -> dict[str, Any]:
    return {"purpose": purpose, "mfa": caller.mfa, "approval": approved}


def _value(category: str) -> dict[str, str]:
    return {"type": "Value", "id": category}


def _principal(caller: Caller) -> dict[str, str]:
    return {"type": "Machine" if caller.scopes else "User", "id": "caller"}


def _entities(caller: Caller) -> list[dict[str, Any]]:
    kind, names = ("Scope", caller.scopes) if caller.scopes else ("Group", caller.groups)
    parents = [{"type": kind, "id": name} for name in dict.fromkeys(names)]
    return [
        {"uid": _principal(caller), "attrs": {}, "parents": parents},
        {"uid": _ALL, "attrs": {}, "parents": []},
        *_VALUES,
        *({"uid": parent, "attrs": {}, "parents": []} for parent in parents),
    ]
