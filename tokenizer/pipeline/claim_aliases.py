"""Claims the format-preserving aliases of a batch, before the vault is written, which signs them."""

from collections.abc import Iterable
from dataclasses import dataclass

from tokenizer.errors import PipelineError
from tokenizer.pipeline.aliases import ATTEMPTS, AliasUse
from tokenizer.pipeline.in_flight import InFlight, Stage, drafts
from tokenizer.pipeline.ports import Aliases
from tokenizer.time_budget import Budget


@dataclass(slots=True)
class _Drawing:
    """Draws aliases for one field until one is free.

    Args:
        use: the field.
        records: the record that holds it; it may stand in the batch more than once.
        attempt: how many aliases turned out to be taken.
    """

    use: AliasUse
    records: list[InFlight]
    attempt: int = 0

    def draw(self) -> str | None:
        """Returns the alias to try, or None if the record has failed."""
        drawn = [
            record.run(Stage.ALIASING, self.use.draws.draw, self.attempt)
            for record in self.records
            if record.failure is None
        ]
        return next((alias for alias in drawn if alias is not None), None)


def claim_aliases(batch: Iterable[InFlight], aliases: Aliases, budget: Budget) -> None:
    """Claims an alias for each field that gets one. A value keeps its token if all its draws are taken."""
    drawings: dict[str, _Drawing] = {}
    for record, draft in drafts(batch):
        for use in draft.aliases:
            drawings.setdefault(use.pointer.token, _Drawing(use, [])).records.append(record)
    while drawings:
        drawn = {token: drawing.draw() for token, drawing in drawings.items()}
        # Each alias is claimed for one token per round. If two tokens draw the same alias, the second one draws again.
        wanted: dict[str, str] = {}
        for token, alias in drawn.items():
            if alias is None:
                del drawings[token]
            else:
                wanted.setdefault(alias, token)
        answers = aliases.claim(wanted, budget) if wanted else {}
        for alias, token in wanted.items():
            drawing, answer = drawings[token], answers[alias]
            if answer is False and drawing.attempt + 1 < ATTEMPTS:
                drawing.attempt += 1
                continue
            for record in drawing.records:
                if isinstance(answer, PipelineError):
                    record.fail(Stage.ALIASING, answer)
                else:
                    record.aliases[token] = alias if answer else token
            del drawings[token]
