"""The AWS CLI that `make setup` installs knows each command on the pages and in the commands' hints, and its options.

The CLI's own tables of commands decide, as they do when it parses a command line. Nothing is sent anywhere.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

PAGES = sorted(
    {*Path("docs").rglob("*.md"), *Path().glob("*.md"), *Path("consumer").rglob("*.md"), *Path("bench").glob("*.md")}
)  # fmt: skip
COMMAND = re.compile(r"(?<![\w/.\-])aws ([a-z0-9][a-z0-9-]*) ([a-z0-9][a-z0-9-]*)((?: [a-z0-9][a-z0-9-]*)?)")
HINTS = sorted(path for tree in ("ops", "replay", "local", "tools") for path in Path(tree).rglob("*.py"))
QUOTED = {"'": re.compile(r"'[^']*'?"), '"': re.compile(r'"(?:[^"\\]|\\.)*"?')}
ENDS = frozenset("|;)`&#")


class Written(NamedTuple):
    """A command as a page has it; `options` are what begins with two dashes."""

    page: str
    service: str
    operation: str
    third: str
    options: frozenset[str]


def options(text: str) -> frozenset[str]:
    """Returns the options in a command line, up to where the command ends; what is quoted is no option."""
    bare, at = "", 0
    while at < len(text) and text[at] not in ENDS:
        quoted = QUOTED[text[at]].match(text, at) if text[at] in QUOTED else None
        bare, at = (bare + "Q", quoted.end()) if quoted else (bare + text[at], at + 1)
    return frozenset(re.findall(r"(?<=\s)--([a-z][a-z0-9-]*)", bare))


def written(text: str, page: str) -> Iterator[Written]:
    for line in text.replace("\\\n", " ").splitlines():
        for found in COMMAND.finditer(line):
            yield Written(page, found[1], found[2], found[3].strip(), options(line[found.end() :]))


# The CLI brings a botocore of its own, which it puts in the place of the installed one. So it gets its own process.
ASKED = """
import json, sys
from awscli.clidriver import create_clidriver
driver = create_clidriver()
services, everywhere = driver._get_command_table(), list(driver._get_argument_table())
def options(names):
    table = services
    for at, name in enumerate(names):
        if name not in table:
            return " ".join(["aws", *names[: at + 1]])
        made = table[name]
        if at + 1 < len(names):
            table = made.subcommand_table if hasattr(made, "subcommand_table") else made._get_command_table()
    return [*made.arg_table, *everywhere]
print(json.dumps([options(names) for names in json.load(sys.stdin)]))
"""


def names(command: Written) -> list[str]:
    waits = command.operation == "wait"
    return [command.service, command.operation, *([command.third] if waits else [])]


def unknown_in(commands: Sequence[Written]) -> list[str]:
    """Returns what the CLI does not know in commands, each after its page."""
    told = subprocess.run(
        [sys.executable, "-c", ASKED],
        input=json.dumps([names(each) for each in commands]),
        capture_output=True,
        text=True,
        check=True,
    )
    found = []
    for command, known in zip(commands, json.loads(told.stdout), strict=True):
        if isinstance(known, str):
            found.append(f"{command.page}: {known}")
        else:
            wrong = sorted(command.options - set(known))
            found += [f"{command.page}: aws {' '.join(names(command))} --{each}" for each in wrong]
    return found


COMMANDS = [
    each for page in [*PAGES, *HINTS] for each in written(page.read_text(encoding="utf-8"), str(page))
]


def test_the_cli_knows_every_command_and_option() -> None:
    assert unknown_in(COMMANDS) == []


def test_commands_are_found_on_the_pages() -> None:
    assert len(COMMANDS) > 60
    assert {"s3", "lambda", "dynamodb", "sqs", "kms", "logs", "cloudformation"} <= {
        each.service for each in COMMANDS
    }


CASES = {
    "`aws lambda invoke --qualifier direct --payload X`, then --not-one": None,
    "aws lambda invoke \\\n  --cli-binary-format raw-in-base64-out": "aws lambda invoke --cli-binary-format",
    'Q="$(aws sqs get-queue-url --name x --query QueueUrl)" --other': "aws sqs get-queue-url --name",
    "aws logs filter-log-events --filter-pattern '--quoted' | jq --raw": None,
    "aws dynamodb wait table-exists --table-name t": None,
    "aws dynamodb wait table-there --table-name t": "aws dynamodb wait table-there",
    "aws s3 cp --recursive --quiet a b": None,
    "aws s3 cp --fast a b": "aws s3 cp --fast",
    "aws lambda call --x": "aws lambda call",
    "aws lambdas invoke": "aws lambdas",
}


def test_what_the_cli_does_not_know_is_found() -> None:
    commands = [each for at, text in enumerate(CASES) for each in written(text, str(at))]
    assert len(commands) == len(CASES)
    assert unknown_in(commands) == [f"{at}: {wrong}" for at, wrong in enumerate(CASES.values()) if wrong]
