"""docs/recovery.md does what it says: its commands are run on the local stack after tables lost what they held.

The emulator's recovery point is always the present. So each table is backed up at the moment, and the backup restored in the
place of the page's `--restore-date-time`; nothing else of the commands is changed.
"""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from local.emulator import lifecycle, users
from local.emulator.deploy import STACK_NAME
from local.emulator.environment import exports, variables
from local.emulator.stack import Stack
from ops.rekey.restore import put_back
from tests.support import forked
from tests.support.e2e import page_commands
from tests.support.e2e.functions import invoke
from tests.support.e2e.stack import Api, Subscriber, put
from tests.support.samples import order
from tokenizer.vault.tokens import is_token

pytestmark = [pytest.mark.e2e, pytest.mark.big]

PAGE = Path("docs/recovery.md").read_text()
TO_ONE_MOMENT = [f"{STACK_NAME}-{name}" for name in ("vault", "blind-index", "shares", "aliases")]
SINCE = "2026-11-24T08:55:00Z"
NO_BACKUPS: Mapping[str, str] = MappingProxyType({})
WITHOUT = {f"{module}Enabled": "false" for module in ("Lake", "Honeytokens", "Monitoring")}
VAULT, MARKS = TO_ONE_MOMENT[0], f"{STACK_NAME}-erasures"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def own(home: Path) -> Iterator[Stack]:
    """Yields a stack for this file alone: its tables lose what they hold."""
    with lifecycle.running(home / ".local", parameters=WITHOUT) as started:
        yield started


@pytest.fixture
def compliance(own: Stack) -> Api:
    return Api(own, users.sign_in(own, "compliance"))


class Shop:
    """Places orders of customers on a stack, and remembers what was published."""

    def __init__(self, on: Stack, name: str) -> None:
        self._on, self._orders = on, 0
        self._subscriber = Subscriber(on, name)
        self.published: dict[str, Any] = {}
        self.tokens: dict[str, list[str]] = {}

    def orders(self, *customers: str, **about: str) -> None:
        for customer in customers:
            self._orders += 1
            who = {"customer_id": customer, "name": f"Ann {customer}", "email": f"{customer}@example.com"}
            put(self._on, order(order_id=f"SO-{customer}-{self._orders}", customer=who | about))
        for detail in self.receive(len(customers)):
            self.published[detail["metadata"]["ingest_id"]] = detail
            customer = detail["data"]["order"]["customer"]
            tokens = [each for each in customer.values() if is_token(str(each))]
            assert len(tokens) == 2
            self.tokens.setdefault(customer["customer_id"], []).extend(tokens)

    def of(self, *customers: str) -> list[str]:
        """Returns the tokens of customers."""
        return [token for each in customers for token in self.tokens[each]]

    def receive(self, count: int) -> list[Any]:
        """Returns the details of orders; other events are left out, and don't count."""
        found: list[Any] = []
        while len(found) < count and (events := self._subscriber.receive(1)):
            found += [each["detail"] for each in events if each["detail-type"] == "order.placed"]
        return found


class Operator:
    """Somebody at a terminal with the page, whose shell has the variables that `order-tokenizer local env` prints."""

    def __init__(self, on: Stack, home: Path, commands: Path) -> None:
        self._home = home
        self._variables = variables(on, None)
        given = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        self._environment = given | {"PATH": f"{commands}{os.pathsep}{given['PATH']}"}

    def follows(self, heading: str, moment: Mapping[str, str] = NO_BACKUPS) -> str:
        """Runs the first commands under a heading as they stand; returns what they print.

        Args:
            heading: the heading.
            moment: the backups of tables that are restored.
        """
        block = re.findall(r"^```\n(.*?)^```$", section(heading), re.MULTILINE | re.DOTALL)[0]
        script = re.sub(r" \\\n\s*", " ", block).replace(" --stack orders", "").replace(SINCE, "1h")
        # A backup's name in the place of the table's and the time.
        script = re.sub(
            r"restore-table-to-point-in-time --source-table-name (\S+) (--target-table-name \S+) --restore-date-time \S+",
            r'restore-table-from-backup --backup-arn "$(backup \1)" \2',
            script,
        )
        backups = "".join(f"{table}) echo '{arn}';;" for table, arn in moment.items())
        return self.types(f"backup() {{ case $1 in {backups} esac; }}\n{script}")

    def types(self, script: str) -> str:
        lines = "\n".join(["set -euo pipefail", *exports(self._variables), script])
        done = subprocess.run(
            ["/bin/bash", "-c", lines],
            cwd=self._home,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    def checks(self, expect: int = 0) -> dict[str, Any]:
        """Asks whether erasures hold, as step 3 does."""
        command = ["order-tokenizer", "audit", "erasures", MARKS, VAULT, "--json"]
        done = forked.run(command, cwd=self._home, environment=self._environment | self._variables)
        assert done.returncode == expect, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def operator(own: Stack, home: Path) -> Iterator[Operator]:
    with page_commands.on_path() as commands:
        yield Operator(own, home, commands)


def section(heading: str) -> str:
    text = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert text, heading
    return text


def backed_up(on: Stack) -> dict[str, str]:
    """Backs all tables up at one moment; returns the backups by table."""
    dynamodb = on.client("dynamodb")
    return {
        table: dynamodb.create_backup(TableName=table, BackupName="moment")["BackupDetails"]["BackupArn"]
        for table in (*TO_ONE_MOMENT, MARKS)
    }


def lost(on: Stack, *tables: str) -> None:
    """Deletes all that tables hold."""
    dynamodb = on.client("dynamodb")
    for table in tables:
        keys = [
            each["AttributeName"] for each in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
        ]
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                dynamodb.delete_item(TableName=table, Key={key: item[key] for key in keys})


def statuses(on: Stack, tokens: list[str]) -> set[str]:
    answer = invoke(
        on, "RevealFunctionName", {"tokens": tokens, "purpose": "legal_request"}, Qualifier="direct"
    )
    return {each["status"] for each in answer["tokens"].values()}


def back_to(moment: Mapping[str, str], on: Stack, *tables: str) -> None:
    """Puts tables back to a moment, whatever happened to them since."""
    dynamodb = on.client("dynamodb")
    lost(on, *tables)
    for table in tables:
        dynamodb.restore_table_from_backup(BackupArn=moment[table], TargetTableName="of-then")
        put_back(dynamodb, "of-then", table, lambda _: None)
        dynamodb.delete_table(TableName="of-then")


def erase(compliance: Api, customer: str) -> str:
    """Erases a customer; returns the erasure's id."""
    status, certificate = compliance("DELETE", f"/customers/{customer}")
    assert status == 200, certificate
    return str(certificate["erasure_id"])


def two_minutes_pass(on: Stack) -> None:
    """Makes certificates old enough for their sweep to remove consistent values as well."""
    dynamodb = on.client("dynamodb")
    for item in dynamodb.scan(TableName=MARKS)["Items"]:
        if "requested_at" in item:
            dynamodb.update_item(
                TableName=MARKS,
                Key={"id": item["id"]},
                UpdateExpression="SET requested_at = :then",
                ExpressionAttributeValues={":then": {"N": "1"}},
            )


def names(on: Stack) -> dict[str, str]:
    """Returns the vault's names for customers, by the ids of their erasures."""
    items = on.client("dynamodb").scan(TableName=MARKS)["Items"]
    return {item["id"]["S"]: item["subject"]["S"] for item in items if "subject" in item}


def test_all_comes_back_from_one_moment_but_for_the_marks(
    own: Stack, operator: Operator, compliance: Api
) -> None:
    shop = Shop(own, "recovery")
    shop.orders("C-1", "C-2", "C-3")
    shop.orders("C-4", email="C-2@example.com")  # shared
    moment = backed_up(own)
    erase(compliance, "C-1")
    shop.orders("C-5")
    shop.orders("C-6", email="C-5@example.com")
    gone, kept, new = (shop.of(*each) for each in (["C-1"], ["C-2", "C-3", "C-4"], ["C-5", "C-6"]))
    assert (statuses(own, gone), statuses(own, [*kept, *new])) == ({"erased"}, {"ok"})

    lost(own, *TO_ONE_MOMENT)
    assert statuses(own, [*kept, *new]) == {"unknown"}
    operator.follows("1. Restore into other tables", moment)
    operator.follows("2. Put back what is missing")
    assert (statuses(own, gone), statuses(own, kept), statuses(own, new)) == ({"erased"}, {"ok"}, {"unknown"})
    operator.follows("3. Check that erasures hold")
    found = operator.checks()
    assert (found["verdict"], found["unmarked"], found["readable"]) == ("hold", [], 0)
    assert found["stored"] > 0

    operator.follows("4. Send through what came after the moment")
    repeated = shop.receive(len(shop.published))
    assert {each["metadata"]["ingest_id"]: each for each in repeated} == shop.published
    assert (statuses(own, gone), statuses(own, [*kept, *new])) == ({"erased"}, {"ok"})

    for _ in range(2):  # the first sweep takes values out of the index, and the second one removes them
        operator.follows("5. Sweep once more")
        two_minutes_pass(own)
        assert invoke(own, "EraseFunctionName", {"sweep": True})["failed"] == 0
    found = operator.checks()
    assert (found["verdict"], found["stored"]) == ("hold", 0)
    assert (statuses(own, gone), statuses(own, [*kept, *new])) == ({"erased"}, {"ok"})


def test_marks_of_an_earlier_moment_bring_erased_values_back_until_later_marks_or_another_erasure(
    own: Stack, operator: Operator, compliance: Api
) -> None:
    shop = Shop(own, "moments")
    shop.orders("D-1", "D-2", "D-twice", "D-before")
    erase(compliance, "D-before")
    erase(compliance, "D-twice")
    shop.orders("D-twice")  # the customer came back
    moment = backed_up(own)
    erased_since = {erase(compliance, each) for each in ("D-1", "D-twice")}
    before = backed_up(own)
    returned = {name for erasure, name in names(own).items() if erasure in erased_since}
    assert len(returned) == 2
    gone = shop.of("D-1", "D-twice", "D-before")

    def holds() -> None:
        assert operator.checks()["verdict"] == "hold"
        assert (statuses(own, gone), statuses(own, shop.of("D-2"))) == ({"erased"}, {"ok"})

    def returns() -> None:
        back_to(moment, own, *TO_ONE_MOMENT, MARKS)
        found = operator.checks(expect=1)
        assert (found["verdict"], set(found["unmarked"])) == ("returned", returned)
        assert found["readable"] > 0
        assert statuses(own, shop.of("D-1")) == {"ok"}
        assert statuses(own, shop.of("D-twice")) == {"ok", "erased"}
        assert statuses(own, shop.of("D-before")) == {"erased"}

    holds()
    returns()
    operator.follows("If marks were lost", before)
    holds()
    returns()
    for customer in ("D-1", "D-twice"):
        erase(compliance, customer)
    holds()
