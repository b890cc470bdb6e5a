"""The commands that README.md and docs write, in spans and in blocks."""

import re
from pathlib import Path

PAGES = [
    Path("README.md"),
    Path("CONTRIBUTING.md"),
    Path("SECURITY.md"),
    Path("consumer/README.md"),
    *sorted(Path("docs").glob("*.md")),
]

# What docs/audit.md calls actions in the trail.
_NO_COMMANDS = {"replay edited", "replay unprocessed"}
_PROGRAM = re.compile(
    r"(?:[A-Z_]+=\S+ )*(?:\.venv(?:-\w+)?/bin/)?"
    r"(?:make|pre-commit|detect-secrets|replay|order-tokenizer|python|locust|sam|aws|pipx|pip-audit) \S"
)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OF_COMMANDS = {"", "sh"}  # the languages of blocks with commands
_ANY_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s+#.*")
_GOES_ON = re.compile(r"\\\n\s*")
# A shell's operators end a command; what follows is another's.
_OPERATOR = re.compile(r"\s(?:&&|\|\||\||>|<)(?:\s|$)")


def commands(page: Path) -> list[str]:
    """Returns each command of a page, without its environment's path and what a shell makes of its output."""
    text = page.read_text()
    lines = [
        _COMMENT.sub("", line).strip()
        for language, block in _BLOCK.findall(text)
        if language in _OF_COMMANDS
        for line in _GOES_ON.sub("", block).splitlines()
    ]
    spans = re.findall(r"`([^`\n]+)`", _ANY_BLOCK.sub("", text))
    parts = [part.strip() for written in [*lines, *spans] for part in _OPERATOR.split(written)]
    return sorted({part for part in parts if _PROGRAM.match(part)} - _NO_COMMANDS)
