"""Watches the calls that a module's AWS clients make, to end or disturb the caller between any two of them."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, Protocol

import pytest

from tokenizer.aws.platform import clients

Hook = Callable[[str, str], None]


class Watcher(Protocol):
    """Has a hook that may change while calls are made. It takes `before` or `after`, and the name of the call."""

    hook: Hook


class Watched:
    """Watches the calls of a module from now on. Its hook does nothing until it is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
        self.hook: Hook = lambda _when, _name: None
        watch(monkeypatch, module, self)


def watch(monkeypatch: pytest.MonkeyPatch, module: ModuleType, watcher: Watcher) -> None:
    """Makes the clients that a module makes from now on call the watcher's hook around each call.

    Args:
        monkeypatch: undoes it.
        module: has `client`, from `tokenizer.aws.platform.clients`.
        watcher: has the hook.
    """
    make = clients.client

    def watched(service: str, **options: Any) -> Any:
        made = make(service, **options)
        made.meta.events.register("before-call", lambda model, **_: watcher.hook("before", model.name))
        made.meta.events.register("after-call", lambda model, **_: watcher.hook("after", model.name))
        return made

    monkeypatch.setattr(module, "client", watched)


def moments(calls: Sequence[str]) -> list[int]:
    """Returns where to disturb a caller, as positions among its calls' `before X` and `after X`.

    What stands between the end of a call and the next one's begin has no effect on the account: either stands for both.
    """
    ends = [call.startswith("after ") for call in calls]
    return [at for at, end in enumerate(ends) if end or at == 0 or not ends[at - 1]]
