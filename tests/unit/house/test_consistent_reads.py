"""A read of DynamoDB is consistent, unless it is known who minds nothing that is a moment old."""

import ast
from collections.abc import Iterator

from tests.support.source import in_rooms

# Reads that may be a moment behind, and why nobody minds.
BEHIND = {
    "tokenizer.aws.api.orders_table.with_email": "an index",
    "tokenizer.aws.api.orders_table.order": "orders are behind the bus anyway",
    "tokenizer.aws.authorization.approvals.every": "a list for people",
    "tokenizer.aws.erasure.store._due": "an index",
    "tokenizer.aws.erasure.subject_data._query": "an index",
    "tokenizer.aws.honeytokens.keeper._items": "a list for people",
    "tokenizer.aws.honeytokens.reader.send": "honey tokens are made long before anybody finds them",
    "tokenizer.aws.pipeline.alias_lookup.send": "aliases are published after they are written",
}
READS = frozenset({"get_item", "batch_get_item", "scan", "query"})


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yields the nodes of a function, without those of the functions in it."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop()
        if not isinstance(node, ast.FunctionDef):
            yield node
            todo += ast.iter_child_nodes(node)


def _reads(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="get_paginator"), args=[ast.Constant(value=name)]):
            return name in READS
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in READS
    return False


def _consistent(node: ast.AST) -> bool:
    match node:
        case ast.keyword(arg="ConsistentRead", value=ast.Constant(value=True)):
            return True
        case ast.Dict(keys=keys, values=values):
            said = zip(keys, values, strict=True)
            return any(map(_says_so, said))
    return False


def _says_so(entry: tuple[ast.expr | None, ast.expr]) -> bool:
    match entry:
        case (ast.Constant(value="ConsistentRead"), ast.Constant(value=True)):
            return True
    return False


def test_who_reads_without_consistency_is_known_with_a_reason() -> None:
    found = {
        f"{source.module}.{function.name}": any(map(_consistent, nodes))
        for source in in_rooms("tokenizer", "ops")
        for function in ast.walk(source.tree)
        if isinstance(function, ast.FunctionDef)
        for nodes in [list(_own(function))]
        if any(map(_reads, nodes))
    }
    assert len(found) > len(BEHIND)
    assert {name for name, consistent in found.items() if not consistent} == BEHIND.keys()


def test_the_check_sees_each_way_to_ask() -> None:
    for text, expected in (
        ("d.get_item(Key=1, ConsistentRead=True)", True),
        ("d.get_item(Key=1)", False),
        ("d.get_item(Key=1, ConsistentRead=False)", False),
        ("d.batch_get_item(RequestItems={t: {'Keys': [], 'ConsistentRead': True}})", True),
        ("d.batch_get_item(RequestItems={t: {'Keys': []}})", False),
        ("d.get_paginator('query').paginate(ConsistentRead=True)", True),
        ("d.get_paginator('scan').paginate()", False),
    ):
        nodes = list(ast.walk(ast.parse(text)))
        assert any(map(_reads, nodes))
        assert any(map(_consistent, nodes)) is expected, text
