"""Runs one test over many members of a kind, which are then not tests of their own.

pytest with its workers takes two milliseconds for each test. Where a table has hundreds of members and each takes less, most of the
time would be spent on telling that it passed.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import signature
from typing import Any

Test = Callable[..., None]


def for_all(names: str | Sequence[str], members: Iterable[Any]) -> Callable[[Test], Test]:
    """Returns what makes one test of a test and all members; the arguments are those of `pytest.mark.parametrize`.

    Every member is tried, also after one that failed, and each that failed is named.

    Args:
        names: of the test's argument, or of several.
        members: a value each, or one for each name.

    Raises:
        ValueError: there is no member.
    """
    single = isinstance(names, str)
    wanted = [names] if isinstance(names, str) else list(names)
    rows = [dict(zip(wanted, [each] if single else each, strict=True)) for each in members]
    if not rows:
        raise ValueError("a test over no member tries nothing")

    def decorate(test: Test) -> Test:
        @wraps(test)
        def over_all(**given: Any) -> None:
            failed = []
            for row in rows:
                try:
                    test(**given, **row)
                except Exception as error:  # noqa: BLE001 -- all are raised below
                    error.add_note(f"for {row}")
                    failed.append(error)
            if failed:
                raise ExceptionGroup(f"{len(failed)} of {len(rows)} members failed", failed)

        stated = signature(test)
        left = [each for name, each in stated.parameters.items() if name not in wanted]
        over_all.__signature__ = stated.replace(parameters=left)  # type: ignore[attr-defined]  # pytest reads it
        return over_all

    return decorate
