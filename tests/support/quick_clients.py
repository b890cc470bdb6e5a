"""Makes what botocore's clients have in common once in a process: it is made anew for each session or client else.

A service's description is read once, as is the list of all services. What follows from a description alone is made once, too: a
client's class, and the rules of its endpoints. Clients share one TLS context, and those of a session what listens to them all.
"""

import copy
import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import boto3
import botocore.hooks
import botocore.regions
from botocore import httpsession
from botocore.client import ClientCreator
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import JSONFileLoader, Loader

Replace = Callable[[Any, str, Any], None]
_HOOKS: Any = botocore.hooks  # with what it calls its own


def begin(replace: Replace = setattr) -> None:
    """Lets them share it from now on.

    Args:
        replace: puts a function in an attribute's place.
    """
    replace(JSONFileLoader, "load_file", _read_once(JSONFileLoader.load_file))
    replace(Loader, "list_available_services", _listed_once(Loader.list_available_services))
    for name in ("_load_service_model", "_create_client_class"):
        replace(ClientCreator, name, _once_a_service(getattr(ClientCreator, name)))
    replace(botocore.regions, "EndpointProvider", _once_a_ruleset(EndpointProvider))
    replace(httpsession, "create_urllib3_context", functools.cache(httpsession.create_urllib3_context))
    _shared_handlers(replace)
    _shared_names(replace)
    replace(_HOOKS, "accepts_kwargs", _told_by_code(_HOOKS.accepts_kwargs))


def make(services: Sequence[str]) -> None:
    """Makes it for these services, by boto3's names for them, before anybody asks."""
    nobody = boto3.Session(
        "none", "none", region_name="us-east-1"
    )  # boto3's clients can more than botocore's
    for service in services:
        nobody.client(service)  # type: ignore[call-overload]  # any service


def _read_once(load: Any) -> Any:
    # Every session has a loader of its own, and all read the same folders.
    read = functools.cache(functools.partial(load, JSONFileLoader()))
    return lambda _loader, path: read(path)


def _listed_once(list_services: Any) -> Any:
    # A loader looks through hundreds of folders, and each session has a loader of its own.
    known: dict[tuple[str, ...], list[str]] = {}

    def listed(loader: Loader, type_name: str) -> list[str]:
        places = (type_name, *loader.search_paths)
        if places not in known:
            known[places] = list_services(loader, type_name)
        return known[places]

    return listed


def _once_a_service(make: Any) -> Any:
    known: dict[str, Any] = {}

    def made(creator: ClientCreator, service: str, about: Any = None) -> Any:
        if service not in known:
            known[service] = make(creator, service, about)
        return known[service]

    return made


def _once_a_ruleset(provider: Any) -> Any:
    # The rules are kept beside what was made of them, so that no other rules can get their id.
    known: dict[int, tuple[Any, Any]] = {}

    def made(*, ruleset_data: Any, **others: Any) -> Any:
        if id(ruleset_data) not in known:
            known[id(ruleset_data)] = ruleset_data, provider(ruleset_data=ruleset_data, **others)
        return known[id(ruleset_data)][1]

    return made


def _told_by_code(accepts_kwargs: Any) -> Any:
    # A session registers some hundred functions, and inspecting one takes as long as a call that it handles.
    def accepts(function: Any) -> bool:
        code = getattr(function, "__code__", None)
        return bool(code.co_flags & inspect.CO_VARKEYWORDS if code else accepts_kwargs(function))

    return accepts


def _shared_handlers(replace: Replace) -> None:
    """Lets a session's clients share its handlers, about a thousand nodes of a tree, and each add a few of its own."""
    tree, aliaser = _HOOKS._PrefixTrie, _HOOKS.EventAliaser
    removed = tree.remove_item

    def append_item(self: Any, key: str, value: Any, section: int = _HOOKS._MIDDLE) -> None:
        self._root = _grown(self._root, key.split("."), value, section)

    def remove_item(self: Any, key: str, value: Any) -> None:
        self._root = self._recursive_copy(self._root)
        removed(self, key, value)

    def copied_tree(self: Any) -> Any:
        copied = tree()
        copied._root = self._root
        return copied

    def copied_aliaser(self: Any) -> Any:
        return aliaser(copy.copy(self._emitter), self._event_aliases)

    replace(tree, "append_item", append_item)
    replace(tree, "remove_item", remove_item)
    replace(tree, "__copy__", copied_tree)
    replace(aliaser, "__copy__", copied_aliaser)


def _shared_names(replace: Replace) -> None:
    """Lets all sessions share what an event is called now: each would look through all former names for each event."""
    begin = _HOOKS.EventAliaser.__init__
    known: dict[int, tuple[Any, dict[str, str]]] = {}

    def init(self: Any, *given: Any) -> None:
        begin(self, *given)
        aliases = self._event_aliases
        # The aliases are kept beside their names, so that no others can get their id.
        _, self._alias_name_cache = known.setdefault(id(aliases), (aliases, {}))

    replace(_HOOKS.EventAliaser, "__init__", init)


def _grown(node: dict[str, Any], parts: Sequence[str], value: Any, section: int) -> dict[str, Any]:
    """Returns a node with a value under it, and leaves the node as it is."""
    if not parts:
        before: Sequence[list[Any]] = node["values"] or ([], [], [])
        sections = [list(each) for each in before]
        sections[section].append(value)
        return {**node, "values": _HOOKS.NodeList(*sections)}
    first, *rest = parts
    child = node["children"].get(first) or {"chunk": first, "values": None, "children": {}}
    return {**node, "children": {**node["children"], first: _grown(child, rest, value, section)}}
