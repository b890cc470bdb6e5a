"""Says which modules of the template a local stack has, by the parameters that switch them."""

from collections.abc import Sequence
from enum import StrEnum

CORE = "core"


class Module(StrEnum):
    """Names the modules that can be left out."""

    API = "api"
    LAKE = "lake"
    HONEYTOKENS = "honeytokens"
    MONITORING = "monitoring"

    @property
    def parameter(self) -> str:
        """Returns the parameter of the template that switches the module."""
        return f"{self.capitalize()}Enabled"


def parameters(chosen: Sequence[Module]) -> dict[str, str]:
    """Returns the template's parameters for the core and some modules."""
    return {each.parameter: "true" if each in chosen else "false" for each in Module}


def parsed(text: str) -> tuple[Module, ...]:
    """Reads names of modules, separated by commas or spaces; `core` adds none, since it is always there.

    Raises:
        ValueError: a name is none of a module.
    """
    names = [name for name in text.replace(",", " ").split() if name != CORE]
    return tuple(Module(name) for name in names)
