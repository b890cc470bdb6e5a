"""Knows which kinds of single values have consistent tokens."""

from tokenizer.aws.api.synchronous_tokenizer import KINDS
from tokenizer.pipeline.consistent_fields import consistent_kind


def consistent_kinds() -> frozenset[str]:
    """Returns the kinds whose values always get the same token."""
    return frozenset(kind for kind, field in KINDS.items() if consistent_kind(*field))
