"""Takes out of moto and botocore what costs seconds and no test looks at.

The stand-ins answer exactly as before: keys that can't sign carry one RSA key between them, and a service's description is read
once a run instead of once a session, as is the list of all services. What follows from a description alone is made once, too: a
client's class, the rules of its endpoints, and under which names an answer may hold a member. Clients share one TLS context, and
those of a session what listens to them all. Requests to AWS but S3's say who sends them, and carry no signature; the local
stack's do.
"""

import copy
import functools
import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import botocore.hooks
import jsonpath_ng.ext.parser
import pytest
from botocore import httpsession
from botocore.auth import SigV4Auth
from botocore.client import ClientCreator
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import JSONFileLoader, Loader
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.core.utils import method_names_from_class
from moto.kms.utils import generate_private_key

_HOOKS: Any = botocore.hooks  # with what it calls its own
_NO_SIGNATURES = frozenset({"SYMMETRIC_DEFAULT", "HMAC_256"})


@contextmanager
def quick_stand_ins() -> Iterator[None]:
    """Patches them until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", _read_once(JSONFileLoader.load_file))
        patch.setattr(Loader, "list_available_services", _listed_once(Loader.list_available_services))
        patch.setattr("moto.kms.models.generate_private_key", _made_once(generate_private_key))
        for name in ("_load_service_model", "_create_client_class"):
            patch.setattr(ClientCreator, name, _once_a_service(getattr(ClientCreator, name)))
        patch.setattr("botocore.regions.EndpointProvider", _once_a_ruleset(EndpointProvider))
        context = functools.cache(httpsession.create_urllib3_context)
        patch.setattr(httpsession, "create_urllib3_context", context)
        patch.setattr(SigV4Auth, "add_auth", _named(SigV4Auth.add_auth))
        _shared_handlers(patch)
        patch.setattr(_HOOKS, "accepts_kwargs", _told_by_code(_HOOKS.accepts_kwargs))
        patch.setattr("jsonpath_ng.ext.parse", functools.cache(jsonpath_ng.ext.parser.parse))
        keys = _looked_up_once(XFormedAttributePicker.get_possible_keys)
        patch.setattr(XFormedAttributePicker, "get_possible_keys", keys)
        patch.setattr("moto.core.responses.method_names_from_class", functools.cache(method_names_from_class))
        yield


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


def _made_once(make: Any) -> Any:
    unused = functools.cache(make)
    return lambda spec: unused(spec) if spec in _NO_SIGNATURES else make(spec)


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


def _looked_up_once(look_up: Any) -> Any:
    # Names follow from the member and the class of what holds it. A shape is looked at for each of its members, in each item.
    def keys(picker: XFormedAttributePicker, context: AttributePickerContext) -> list[str]:
        known: dict[tuple[type, str], list[str]] = context.shape.__dict__.setdefault("names_of_members", {})
        wanted = type(context.obj), context.key
        if wanted not in known:
            known[wanted] = list(dict.fromkeys(look_up(picker, context)))
        return known[wanted]

    return keys


def _named(add_auth: Any) -> Any:
    """Returns what says who calls and where, as a signature does, which moto reads and never checks."""

    def named(signer: Any, request: Any) -> None:
        host = urlsplit(request.url).hostname or ""
        stood_in_for = host.endswith(".amazonaws.com") and signer.credentials is not None
        if not stood_in_for or signer._service_name == "s3":  # where it signs how a body is sent, too
            add_auth(signer, request)
            return
        scope = f"20261124/{signer._region_name}/{signer._service_name}/aws4_request"
        said = f"Credential={signer.credentials.access_key}/{scope}, SignedHeaders=host, Signature=0"
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 {said}"

    return named


def _told_by_code(accepts_kwargs: Any) -> Any:
    # A session registers some hundred functions, and inspecting one takes as long as a call that it handles.
    def accepts(function: Any) -> bool:
        code = getattr(function, "__code__", None)
        return bool(code.co_flags & inspect.CO_VARKEYWORDS if code else accepts_kwargs(function))

    return accepts


def _shared_handlers(patch: pytest.MonkeyPatch) -> None:
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
        copied = aliaser(copy.copy(self._emitter), self._event_aliases)
        copied._alias_name_cache = self._alias_name_cache
        return copied

    patch.setattr(tree, "append_item", append_item)
    patch.setattr(tree, "remove_item", remove_item)
    patch.setattr(tree, "__copy__", copied_tree)
    patch.setattr(aliaser, "__copy__", copied_aliaser)


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
