"""Reads files of the package `policies`, which is deployed with the functions' code."""

from functools import cache
from importlib import resources


@cache
def text(name: str) -> str:
    """Returns a file's text. Each file is read once."""
    return resources.files("policies").joinpath(name).read_text(encoding="utf-8")
