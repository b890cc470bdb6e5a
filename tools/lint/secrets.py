"""No secret in the tree: detect-secrets over every file, less what is named here with a reason."""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tools.lint.tree import files

SCANNER = Path(".venv-scan/bin/detect-secrets")

# By the SHA-1 that detect-secrets gives a finding, so that another secret on the same line is found.
KNOWN = {
    "3ea6cf17": "Crockford's base32 alphabet",
    "f8579963": "the same in lower case",
    "e25a4511": "an example of a key's id, in the environment that the benchmarks make",
    "d7f01627": "the name of a policy that AWS manages, in template.yaml",
    "0324614d": "`ApiKeyRequired: true` in template.yaml",
    "fc8c5eb1": "a password planted for ruff to find, in tests/security/test_planted.py",
    "c4e38f55": "letters and digits that an invented email is drawn from",
    "eb2950f5": "a webshop's published example of an order, docs/examples",
    "f7cd3cc0": "the same",
    "f2230855": "a sample event: a base64 order of canaries",
    "22ec701f": "the same",
    "39d6db2b": "a sample event: a KPL aggregate of canaries",
    "58aa212a": "a sample event: the MD5 of a message's body",
    "11bbfbcc": "the same",
    "ffef1c57": "what the format of vault values makes of two invented values, tests/unit/tokenizer/aws/vault/test_values.py",
    "7cb6efb9": "`GenerateSecret: false` in template.yaml",
    "a94a8fe5": "`test`, with which the emulator lets anybody in; it listens on loopback alone",
}
# Sealed letters for the fuzzer: base64, anew with each that is kept. Keys are found there as anywhere.
SAMPLES, ENTROPY = "tests/fuzz/corpus/", "Base64 High Entropy String"
# Put together here, so that this file holds none.
PLANTED = ("planted.cfg", f"aws_access_key_id = {'AKIA'}Q7X2MNB4ZZT5RKWD\n")
# The detector of words goes off at `token: x`, of which this product is full; what is a secret beside that word is
# found by its form or its entropy.
WORDS, OUR_WORD = "Secret Keyword", "token"


def in_tree(root: Path) -> list[str]:
    """Returns what looks like a secret in a tree's files, and a finding if a planted secret is not seen."""
    with tempfile.TemporaryDirectory() as elsewhere:
        (Path(elsewhere) / PLANTED[0]).write_text(PLANTED[1], encoding="utf-8")
        seen = in_files(Path(elsewhere), [Path(PLANTED[0])])
    return in_files(root, files(root)) + ([] if seen else ["the scan does not see a planted key"])


def in_files(root: Path, names: Iterable[Path]) -> list[str]:
    """Returns what looks like a secret in some files.

    Args:
        root: the tree.
        names: relative to it.
    """
    return problems(root, _scan(root, names))


def problems(root: Path, found: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[str]:
    """Returns the findings that are not known."""
    return [
        f"{name}:{each['line_number']}: {each['type']}: {each['hashed_secret'][:8]} is not in tools/lint/secrets.py, KNOWN"
        for name, findings in found.items()
        for each in findings
        if each["hashed_secret"][:8] not in KNOWN
        and not (name.startswith(SAMPLES) and each["type"] == ENTROPY)
        and not _is_our_word(root / name, each)
    ]


def _scan(root: Path, names: Iterable[Path]) -> dict[str, list[dict[str, Any]]]:
    # Without --no-verify it would ask the services whether what it found is a key of theirs.
    command = [str(SCANNER.absolute()), "scan", "--no-verify", "--all-files", *map(str, names)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    results: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)["results"]
    return results


def _is_our_word(path: Path, finding: Mapping[str, Any]) -> bool:
    if finding["type"] != WORDS:
        return False
    return OUR_WORD in path.read_text(encoding="utf-8").splitlines()[finding["line_number"] - 1].lower()
