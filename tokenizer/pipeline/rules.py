"""Names the rules by which a record becomes an event, as a short hash of everything that decides the event's bytes.

The same record gives the same bytes as long as the rules stay the same. After a change it gets other record ids, tokens
and aliases, so that a record which is delivered again under new rules never overwrites what published tokens point at.

What counts: the compiled schema of the event's type and version, the lifetimes, the version in which vault records are
written, the text of the modules that sanitize
(an edit of a comment there counts as well, since telling the two apart would cost each cold start more than it saves),
and the versions of the libraries that know numbers. The deployment, the keys and the settings of AWS don't count.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

DIGITS = 16  # hexadecimal digits, 64 bits
# Modules and packages whose text decides bytes. A test compares them with what the sanitizer imports.
DECIDING = (
    "schemas.foreign",
    "schemas.wrappers",
    "tokenizer.cards",
    "tokenizer.filler_words",
    "tokenizer.guard",
    "tokenizer.json_text",
    "tokenizer.masking",
    "tokenizer.pipeline.alias_form",
    "tokenizer.pipeline.aliases",
    "tokenizer.pipeline.cleaning",
    "tokenizer.pipeline.countries",
    "tokenizer.pipeline.event_text",
    "tokenizer.pipeline.identity_fields",
    "tokenizer.pipeline.normalize",
    "tokenizer.pipeline.record_reader",
    "tokenizer.pipeline.sanitize",
    "tokenizer.pipeline.values",
    "tokenizer.subjects",
    "tokenizer.vault.categories",
    "tokenizer.vault.lifetimes",
    "tokenizer.vault.tokens",
)
LIBRARIES = ("phonenumbers", "stdnum", "tzdata")  # the file of each package's own name has its version


@cache
def rules_of(schema: str, default_days: int, days: tuple[tuple[str, int], ...], record_version: int) -> str:
    """Returns the name of the rules for events of one type and version: 16 hexadecimal digits.

    Args:
        schema: the digest of the compiled schema (`EventPlan.digest`).
        default_days: the default lifetime, in days.
        days: the lifetimes of categories, in days, sorted by category.
        record_version: the version in which vault records are written. A release that writes another one must not
            overwrite a record that lists what an erasure has to find.
    """
    return hashlib.sha256(repr((schema, default_days, days, record_version, _code())).encode()).hexdigest()[
        :DIGITS
    ]


def deciding_files() -> Iterator[Path]:
    """Yields the files whose text decides bytes, in a fixed order."""
    for module in DECIDING:
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"{module} has no source")
        origin = Path(spec.origin)
        yield from sorted(origin.parent.rglob("*.py")) if spec.submodule_search_locations else [origin]
    for library in LIBRARIES:
        spec = find_spec(library)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"{library} is not installed")
        yield Path(spec.origin)


@cache
def _code() -> str:
    total = hashlib.sha256()
    for path in deciding_files():
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
