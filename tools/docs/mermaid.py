"""Draws a picture as a Mermaid flowchart, which GitHub and most viewers of Markdown show."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from tools.docs.edges import Edge
from tools.docs.views import View

# By resource type: the shape around a name, and the class that colours it.
_SHAPES = {
    "AWS::Serverless::Function": ("[", "]", "act"),
    "AWS::Serverless::Api": ("([", "])", "act"),
    "AWS::IAM::Role": ("([", "])", "person"),
    "AWS::DynamoDB::Table": ("[(", ")]", "store"),
    "AWS::S3::Bucket": ("[(", ")]", "store"),
    "AWS::SQS::Queue": ("[[", "]]", "flow"),
    "AWS::Kinesis::Stream": ("[[", "]]", "flow"),
    "AWS::KinesisFirehose::DeliveryStream": ("[[", "]]", "flow"),
    "AWS::Events::EventBus": ("[[", "]]", "flow"),
    "AWS::Events::Archive": ("[(", ")]", "store"),
    "AWS::KMS::Key": ("{{", "}}", "key"),
}
_CLASSES = """\
  classDef act fill:#dbeafe,stroke:#1e40af,color:#111827
  classDef store fill:#f3f4f6,stroke:#4b5563,color:#111827
  classDef flow fill:#dcfce7,stroke:#166534,color:#111827
  classDef key fill:#fef3c7,stroke:#92400e,color:#111827
  classDef person fill:#fae8ff,stroke:#86198f,color:#111827"""


def is_part(resource: Mapping[str, Any]) -> bool:
    """Returns True if a resource does or stores something, rather than holding other resources together."""
    return resource["Type"] in _SHAPES


def flowchart(view: View, resources: Mapping[str, Any], arrows: Iterable[Edge]) -> str:
    """Returns the Mermaid text of a view, without its fence."""
    drawn = {member: name for name, members in view.together.items() for member in members}
    words: dict[tuple[str, str], set[str]] = defaultdict(set)
    for edge in arrows:
        if edge.start in view.parts and edge.end in view.parts:
            start, end = drawn.get(edge.start, edge.start), drawn.get(edge.end, edge.end)
            words[start, end].add(edge.word)
    names = sorted({drawn.get(part, part) for part in view.parts})
    nodes = [_node(name, sorted(view.together.get(name, {name})), resources) for name in names]
    drawn_arrows = [
        f'  {start} -->|"{", ".join(sorted(each))}"| {end}' for (start, end), each in sorted(words.items())
    ]
    return "\n".join(["flowchart LR", *nodes, *drawn_arrows, _CLASSES])


def _node(name: str, members: list[str], resources: Mapping[str, Any]) -> str:
    opened, closed, colour = _SHAPES[resources[members[0]]["Type"]]
    return f'  {name}{opened}"{"<br/>".join(members)}"{closed}:::{colour}'
