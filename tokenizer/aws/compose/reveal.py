"""Wires the reveal function."""

from tokenizer.aws.compose.audit import audit_trail
from tokenizer.aws.compose.reveal_gates import reveal_gates
from tokenizer.aws.compose.vault import aliases, unerased_vault
from tokenizer.aws.platform.settings import RevealSettings
from tokenizer.reveal.service import RevealService


def reveal_service(settings: RevealSettings) -> RevealService:
    """Returns the service that reveals values under the policies and the budgets.

    Raises:
        Configuration: the shipped policies or budgets don't have the right form.
    """
    return RevealService(
        unerased_vault(settings),
        aliases(settings),
        reveal_gates(settings.budgets_table, settings.honey_table),
        audit_trail(settings),
    )
