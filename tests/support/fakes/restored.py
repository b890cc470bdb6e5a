"""Tables as they come back from a recovery point, and the audit trail of erasures that a check compares them with."""

from collections.abc import Iterable, Iterator

from ops.audit.chain import Stored
from tests.support.aws_account import OWNER, Aws, make_table
from tests.support.fakes.world import ample_budget
from tokenizer.audit.lines import Line, Place, seal
from tokenizer.aws.compose.vault import unerased_vault
from tokenizer.records import moment_of
from tokenizer.reveal.lookup import reveal


def restored(aws: Aws, table: str = "vault") -> str:
    """Returns a copy of a table as it is now, under another name, as a restore makes it."""
    dynamodb = aws.client("dynamodb")
    copy = make_table(dynamodb, f"{table}-restored", OWNER)
    for item in aws.stored(table):
        dynamodb.put_item(TableName=copy, Item=item)
    return copy


def statuses(aws: Aws, tokens: list[str], table: str) -> set[str]:
    vault = unerased_vault(aws.reveal_settings(vault_table=table))
    return {str(each.status) for each in reveal(tokens, vault, aws.aliases(), ample_budget()).values()}


class ErasedLines:
    """The audit trail of some erasures, each the vault's name of who was erased and its moment in milliseconds since 1970."""

    def __init__(self, erasures: Iterable[tuple[str, int]], action: str = "erase") -> None:
        self._erasures = list(erasures)
        self._action = action

    def days(self) -> list[str]:
        return ["2026-11-25"]

    def lines(self, day: str) -> Iterator[Stored | str]:
        for sequence, (subject, moment) in enumerate(self._erasures, 1):
            line = Line(
                Place(day, "c" * 32, sequence),
                moment_of(moment).isoformat(timespec="milliseconds"),
                self._action,
                "carla",
                {"subject": subject, "erasure_id": f"era_{sequence}", "result": "marked"},
            )
            yield Stored(line.place, seal(line, b"key")[1], 1, hidden=False, locked_days=10)
