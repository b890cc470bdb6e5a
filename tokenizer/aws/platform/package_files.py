"""The files of the package `policies`; they travel with the functions' code."""

from functools import cache
from importlib import resources


@cache
def text(name: str) -> str:
    """A file's text, read once."""
    return resources.files("policies").joinpath(name).read_text(encoding="utf-8")
