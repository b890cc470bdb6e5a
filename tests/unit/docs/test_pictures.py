"""docs/architecture.md shows the template as it is: every part, every arrow, nothing that is not there."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from local.emulator.template import load
from tools.docs.__main__ import ARCHITECTURE as PAGE
from tools.docs.__main__ import drawn
from tools.docs.edges import Edge, actors, edges
from tools.docs.mermaid import is_part
from tools.docs.views import VIEWS

RESOURCES: dict[str, Any] = load(Path("template.yaml"))["Resources"]
# Roles that a function has are drawn as the function; the rest is between services: logs, and what CloudTrail tells of keys.
NOT_DRAWN = {"ApiGatewayLogsRole", "AuditAccessBucket", "KeyChangesQueue"}


def statement(policy: str, sid: str, resources: dict[str, Any]) -> dict[str, Any]:
    statements = resources[policy]["Properties"]["PolicyDocument"]["Statement"]
    found: dict[str, Any] = next(each for each in statements if each.get("Sid") == sid)
    return found


def unseen(arrows: list[Edge]) -> list[Edge]:
    return [each for each in arrows if not any({each.start, each.end} <= view.parts for view in VIEWS)]


def test_the_page_is_drawn_from_the_template_of_now() -> None:
    page = PAGE.read_text()
    assert drawn(page) == page


def test_every_arrow_is_in_a_picture() -> None:
    assert not unseen(edges(RESOURCES))


def test_every_part_is_in_a_picture() -> None:
    standing_for_functions = {role for role, actor in actors(RESOURCES).items() if actor != role}
    parts = {name for name, resource in RESOURCES.items() if is_part(resource)}
    drawn_parts = frozenset().union(*(view.parts for view in VIEWS))
    assert parts - standing_for_functions - NOT_DRAWN == drawn_parts


def test_a_new_permission_is_a_new_arrow() -> None:
    weak = copy.deepcopy(RESOURCES)
    allowed = statement("TokenizeStreamPolicy", "WriteVault", weak)
    allowed["Action"] = [allowed["Action"], "dynamodb:GetItem"]
    new = set(edges(weak)) - set(edges(RESOURCES))
    assert new == {Edge("TokenizeStreamFunction", "VaultTable", "reads")}


def test_a_key_given_to_another_is_a_new_arrow() -> None:
    weak = copy.deepcopy(RESOURCES)
    opened = next(
        each
        for each in weak["VaultKey"]["Properties"]["KeyPolicy"]["Statement"]
        if each.get("Sid") == "OpenVaultRecords"
    )
    opened["Principal"]["AWS"].append({"Fn::GetAtt": ["TokenizeQueueRole", "Arn"]})
    new = set(edges(weak)) - set(edges(RESOURCES))
    assert new == {Edge("TokenizeQueueFunction", "VaultKey", "opens")}


def test_an_arrow_to_where_nobody_looks_is_found_out() -> None:
    assert unseen([Edge("HoneyFunction", "VaultTable", "reads")])


@pytest.mark.parametrize("tokenizer", ["TokenizeStreamFunction", "TokenizeQueueFunction"])
def test_no_tokenizer_reads_the_vault_or_opens_what_it_sealed(tokenizer: str) -> None:
    words = {(each.end, each.word) for each in edges(RESOURCES) if each.start == tokenizer}
    assert ("VaultTable", "writes") in words
    assert ("VaultTable", "reads") not in words
    assert {end for end, word in words if word == "opens"} == {"TokenKey"}


def test_files_that_the_page_names_are_there() -> None:
    named = re.findall(r"`([\w/]+(?:\.py|/))`", PAGE.read_text())
    assert len(named) > 10
    assert not [name for name in named if not Path(name).exists()]
