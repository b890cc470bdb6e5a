"""Every package of the locks has a licence that this product can be shipped or built with."""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageMetadata, distributions
from pathlib import Path

from tools.lint import locks

# Permissive: they ask for their text and notices, which the wheels bring along.
PERMISSIVE = frozenset(
    {
        "0BSD",
        "AFL-2.1",
        "Apache-2.0",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CNRI-Python",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "PSF-2.0",
        "Unlicense",
        "ZPL-2.1",
        "Zlib",
    }
)
# Each beyond those, by package, with the reason why it is no burden here.
REASONED = {
    "axe-playwright-python": ("MPL-2.0", "copyleft by file; the axe-core in it is used unchanged, in tests"),
    "certifi": ("MPL-2.0", "copyleft by file; used unchanged"),
    "bidict": ("MPL-2.0", "copyleft by file; used unchanged, in the load test"),
    "fqdn": ("MPL-2.0", "copyleft by file; used unchanged, in tests"),
    "hypothesis": ("MPL-2.0", "copyleft by file; used unchanged, in tests"),
    "pathspec": ("MPL-2.0", "copyleft by file; used unchanged, by tools"),
    "tqdm": ("MPL-2.0", "copyleft by file; used unchanged, by the scanner"),
    "python-stdnum": (
        "LGPL",
        "a library of its own in the layer, unchanged, that anybody can swap for another",
    ),
}
# Packages whose metadata name none; read off the licence file in the wheel.
UNNAMED = {"axe-playwright-python": "MIT AND MPL-2.0", "cedarpy": "Apache-2.0"}

_SPELLINGS = (
    (r"apache( software)?( license)?[ ,-]*(version )?(2(\.0)?)?", "Apache-2.0"),
    (r"(the )?mit( license)?( \(mit\))?|expat", "MIT"),
    (r"mit no attribution license \(mit-0\)", "MIT-0"),
    (r"(new |modified |3-clause |revised )*bsd( license)?", "BSD"),
    (r"bsd[ -]2-clause( license)?", "BSD-2-Clause"),
    # What is in the public domain asks for nothing more.
    (r"(bsd[ -]3[ -]clause|3-clause bsd)( license)?( and public-domain)?", "BSD-3-Clause"),
    (r"isc( license)?( \(iscl\))?", "ISC"),
    (r"(python software foundation license|psfl|psf)", "PSF-2.0"),
    (r"mozilla public license 2\.0 \(mpl 2\.0\)|mpl[ -]2\.0", "MPL-2.0"),
    (r"gnu lesser general public license v2 or later \(lgplv2\+\)|lgpl.*", "LGPL"),
    (r"the unlicense \(unlicense\)", "Unlicense"),
)


def not_allowed(locked: Iterable[str], installed: Iterable[Distribution]) -> list[str]:
    """Returns the packages that may not be used, by name and licence.

    Args:
        locked: normalized names.
        installed: where their metadata are read; a package of another platform is in the lock alone, and passed over.
    """
    found = {_normalized(each.name): each.metadata for each in installed}
    problems = []
    for name in sorted(set(locked) & set(found)):
        licence = licence_of(name, found[name])
        if not allowed(name, licence):
            problems.append(f"{name}: its licence is not allowed: {licence or 'none is named'}")
    return problems


def allowed(name: str, licence: str) -> bool:
    """Returns True if a licence expression is allowed; of several joined by OR one is enough."""
    fine = PERMISSIVE | {REASONED[name][0]} if name in REASONED else PERMISSIVE
    choices = [choice.split(" AND ") for choice in licence.split(" OR ")]
    return any(all(part.strip("() ") in fine for part in choice) for choice in choices)


def licence_of(name: str, metadata: PackageMetadata) -> str:
    """Returns the SPDX expression that a package's metadata name, in whichever of the three ways."""
    for expression in metadata.get_all("License-Expression") or ():
        return str(expression)
    # Several classifiers are a choice: those of our packages that have two are dual-licensed.
    classifiers = [
        each.split(" :: ")[-1]
        for each in metadata.get_all("Classifier") or []
        if each.startswith("License ::")
    ]
    named = [each for each in classifiers if each != "OSI Approved"] or [
        str(each).partition("\n")[0] for each in metadata.get_all("License") or ()
    ]
    found = " OR ".join(_spdx(each) for each in named if each)
    return found or UNNAMED.get(name, "")


def check(root: Path) -> list[str]:
    """Checks the packages of all locks, in the two environments that make builds."""
    return [
        problem
        for lock, packages in (
            (root / "requirements/dev.lock", ".venv"),
            (root / "requirements/scan.lock", ".venv-scan"),
            (root / "requirements/validate.lock", ".venv-scan"),
        )
        for problem in not_allowed(locks.names(lock.read_text(encoding="utf-8")), _installed(root / packages))
    ]


def _installed(environment: Path) -> Iterator[Distribution]:
    for packages in environment.glob("lib/python*/site-packages"):
        yield from distributions(path=[str(packages)])


def _spdx(text: str) -> str:
    for pattern, spdx in _SPELLINGS:
        if re.fullmatch(pattern, text.strip(), re.IGNORECASE):
            return spdx
    return text.strip()


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
