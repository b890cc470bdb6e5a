"""Measures ours beside what people use: the same orders, in turn, in one run."""

from collections.abc import Callable
from typing import Any

from botocore.session import Session
from presidio_anonymizer import AnonymizerEngine

from bench.clock import Subject, Timing, measure
from bench.engine.measure import batches
from bench.engine.path import Path
from bench.network import Network
from bench.peers import article, presidio
from bench.peers.cloud_api import cloud_apis
from bench.peers.one_item_per_token import OneItemPerToken
from bench.workload import PLAIN, orders, stream_event
from tokenizer.pipeline.catalog import catalog
from tokenizer.pipeline.record_reader import RecordReader
from tokenizer.pipeline.sanitize import Sanitizer
from tokenizer.pipeline.sources import kinesis_records
from tokenizer.vault.tokens import ScopeKeys, SubjectKey, TokenKey, Versions

BATCH = 100
OURS = "ours"
BARE = "ours without vault and bus"
ARTICLE = "the article's way"
SHARING = "the same, one botocore session"
_SLOW = 4  # orders a round of what takes long


def peers(rounds: int) -> dict[str, Any]:
    """Returns the CPU and calls per order of each way, and how many times ours it is."""
    network = Network(counting=True)
    with network.installed():
        subjects = _subjects(network)
        asked = {name: _asked(subject, network) for name, subject in subjects.items()}
        network.counting = False
        timings = measure(subjects, network, rounds)
    ours = timings[OURS].cpu.median
    return {
        "ways": {name: _row(timing, asked[name], ours) for name, timing in timings.items()},
        "cloud APIs, by what they publish": cloud_apis(),
    }


def _subjects(network: Network) -> dict[str, Subject]:
    path = Path(network)
    per_token = OneItemPerToken()
    table = article.encrypted_table()
    engine = AnonymizerEngine()  # type: ignore[no-untyped-call] # its constructor has no annotations
    session = Session()
    reader = RecordReader(
        catalog(),
        Sanitizer(
            Versions.only(TokenKey(bytes(32))), ScopeKeys(bytes(32)), Versions.only(SubjectKey(bytes(32)))
        ),
    )
    return {
        OURS: batches(path, PLAIN, BATCH),
        BARE: Subject(
            BATCH,
            lambda records: [reader.read(record) for record in records],
            lambda number: kinesis_records(stream_event(_data(BATCH)(number))),
        ),
        ARTICLE: Subject(_SLOW, article.tokenize, _data(_SLOW)),
        SHARING: Subject(_SLOW, lambda data: article.tokenize_sharing(data, session), _data(_SLOW)),
        "the same, objects reused": Subject(
            20, lambda data: article.tokenize_reusing(data, table), _data(20)
        ),
        "one item per token, data keys reused": Subject(BATCH, per_token.run, _data(BATCH)),
        "Presidio's anonymizer alone (no vault, no bus)": Subject(
            BATCH,
            lambda texts: presidio.anonymize(texts, engine),
            lambda number: presidio.found(_data(BATCH)(number)),
        ),
    }


def _asked(subject: Subject, network: Network) -> dict[str, float]:
    """Returns the calls and write units per order, once everything is warm."""
    subject.run(subject.prepare(1_000))
    network.reset()
    subject.run(subject.prepare(1_001))
    counts = {name: count / subject.orders for name, count in network.calls.items()}
    return counts | {"write units": network.writes.total() / subject.orders}


def _row(timing: Timing, asked: dict[str, float], ours: float) -> dict[str, Any]:
    return {**timing.json(), "times ours": timing.cpu.median / ours, "asked of AWS per order": asked}


def _data(size: int) -> Callable[[int], list[bytes]]:
    return lambda number: orders(PLAIN, size, number * size)
