"""Decides by policies in Cedar, which cedarpy evaluates in the process.

Every request is decided for every category and action, whatever it asks for. So the time that a decision takes reveals
nothing about what a token holds.
"""

from collections.abc import Mapping
from itertools import product
from typing import Any

import cedarpy

from tokenizer.aws.platform import package_files
from tokenizer.callers import Caller
from tokenizer.errors import Configuration
from tokenizer.reveal.ports import Action, RevealRequest
from tokenizer.vault.categories import CATEGORIES

_USER = {"type": "User", "id": "caller"}
_VALUES = [
    {"uid": {"type": "Value", "id": each}, "attrs": {"category": each}, "parents": []} for each in CATEGORIES
]


class CedarPolicies:
    """Implements the port `Policies`."""

    def __init__(self, policies: str | None = None) -> None:
        """Uses the shipped policies, or others in a test.

        Raises:
            Configuration: the text is not valid Cedar.
        """
        text = policies if policies is not None else package_files.text("reveal.cedar")
        # Parsed once, because parsing takes nearly all of the time of a decision.
        try:
            self._policies = cedarpy.PolicySet.from_str(text)
            self._schema = cedarpy.Schema.from_str(package_files.text("schema.cedarschema"))
        except ValueError as error:
            raise Configuration(f"policies: {error}") from None

    def permitted(self, caller: Caller, request: RevealRequest, hour: int) -> Mapping[Action, frozenset[str]]:
        """Returns the categories that may be revealed, by action. An error in the evaluation is a denial."""
        asked = list(product(Action, CATEGORIES))
        context = {"purpose": request.purpose, "tokens": len(request.tokens), "mfa": caller.mfa, "hour": hour}
        requests = [
            {
                "principal": _USER,
                "action": {"type": "Action", "id": str(action)},
                "resource": {"type": "Value", "id": category},
                "context": context,
            }
            for action, category in asked
        ]
        results = cedarpy.is_authorized_batch(requests, self._policies, _entities(caller), self._schema)
        allowed = {
            pair
            for pair, result in zip(asked, results, strict=True)
            if result.allowed and not result.diagnostics.errors
        }
        return {
            action: frozenset(each for each in CATEGORIES if (action, each) in allowed) for action in Action
        }

    def permits_erasure(self, caller: Caller, purpose: str) -> bool:
        """Returns True if the caller may erase a customer. An error in the evaluation is a denial."""
        request = {
            "principal": _USER,
            "action": {"type": "Action", "id": "erase"},
            "resource": {"type": "Customers", "id": "all"},
            "context": {"purpose": purpose, "mfa": caller.mfa},
        }
        result = cedarpy.is_authorized(request, self._policies, _entities(caller), self._schema)
        return bool(result.allowed) and not result.diagnostics.errors

    def problems(self) -> list[str]:
        """Returns the problems that the schema finds in the policies."""
        result = cedarpy.validate_policies(str(self._policies), package_files.text("schema.cedarschema"))
        return [] if result.validation_passed else [str(each) for each in result.errors]


def _entities(caller: Caller) -> list[dict[str, Any]]:
    groups = [{"type": "Group", "id": group} for group in dict.fromkeys(caller.groups)]
    return [
        {"uid": _USER, "attrs": {}, "parents": groups},
        *_VALUES,
        *({"uid": group, "attrs": {}, "parents": []} for group in groups),
    ]
