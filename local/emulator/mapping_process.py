"""Runs the stream's event source mapping beside the emulator, by the settings of the deployed mapping.

A process of its own, started by `local.emulator.lifecycle`; a file `mapping.paused` in the stack's folder pauses it.
"""

import base64
import json
import signal
import sys
import threading
import time
import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.emulator import processes
from local.emulator.kinesis_mapping import (
    Answer,
    GiveUp,
    Invoke,
    Lane,
    NotInvoked,
    Record,
    Segment,
    Settings,
    failure_record,
    interpret,
    lambda_event,
)
from local.emulator.stack import Stack

PAUSED = "mapping.paused"
_POLL = 0.1
_IDLE_POLL = 0.5  # of a shard that stays empty; AWS asks once a second
_SHARDS_EVERY = 2.0
_FETCHED = 1_000
_AHEAD = 5_000  # records held in memory for a shard before no more are fetched


def start(directory: Path, endpoint_url: str, function: str) -> int:
    """Starts the process.

    Returns:
        Its process id, which is the id of its process group too.
    """
    log = directory / "mapping.log"
    return processes.start("local.emulator.mapping_process", str(directory), endpoint_url, function, log=log)


class Shard:
    """Delivers one shard; its own thread."""

    def __init__(
        self, client: Any, settings: Settings, shard_id: str, role_arn: str, directory: Path
    ) -> None:
        self._kinesis, self._lambda, self._sqs = client("kinesis"), client("lambda"), client("sqs")
        self._settings = settings
        self._shard_id = shard_id
        self._role_arn = role_arn
        self._paused = directory / PAUSED
        self._lanes = [Lane(settings) for _ in range(settings.parallelization)]
        self._busy: dict[int, Future[Answer]] = {}
        self._request_ids: dict[int, str] = {}
        self._pool = ThreadPoolExecutor(settings.parallelization)
        self._iterator: str | None = None
        self._last: str | None = None
        self._closed = False
        self._held = 0
        self.thread = threading.Thread(target=self._run, name=shard_id, daemon=True)
        self.thread.start()

    @property
    def finished(self) -> bool:
        """Returns True if the shard is closed and all of it is delivered."""
        return self._closed and not self._busy and all(lane.drained for lane in self._lanes)

    def _run(self) -> None:
        pause = _POLL
        while not self.finished:
            if self._paused.exists():
                time.sleep(_POLL)
                continue
            try:
                fetched = self._fetch()
                moved = [self._advance(at, lane) for at, lane in enumerate(self._lanes)]
            except (ClientError, BotoCoreError) as error:
                print(f"{self._shard_id}: {type(error).__name__}", flush=True)
                self._iterator = None
                time.sleep(1.0)
                continue
            if fetched or any(moved) or self._busy:
                pause = _POLL
            if not fetched and not any(moved):
                time.sleep(pause)
                pause = min(_IDLE_POLL, pause + _POLL)

    def _fetch(self) -> bool:
        """Takes more records off the shard."""
        if self._closed or self._held >= _AHEAD:
            return False
        if self._iterator is None:
            self._iterator = self._new_iterator()
        answer = self._kinesis.get_records(ShardIterator=self._iterator, Limit=_FETCHED)
        for each in answer["Records"]:
            record = Record(
                sequence=each["SequenceNumber"],
                arrived=each["ApproximateArrivalTimestamp"].timestamp(),
                partition_key=each["PartitionKey"],
                data=base64.b64encode(each["Data"]).decode(),
            )
            self._lanes[zlib.crc32(record.partition_key.encode()) % len(self._lanes)].offer(record)
            self._last = record.sequence
            self._held += 1
        self._iterator = answer.get("NextShardIterator")
        self._closed = self._iterator is None
        return bool(answer["Records"])

    def _new_iterator(self) -> str:
        place = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": self._last}
            if self._last
            else {"ShardIteratorType": "TRIM_HORIZON"}
        )
        answer = self._kinesis.get_shard_iterator(
            StreamARN=self._settings.stream_arn, ShardId=self._shard_id, **place
        )
        return str(answer["ShardIterator"])

    def _advance(self, at: int, lane: Lane) -> bool:
        """Does the next thing in a lane; returns False if there is nothing to do yet."""
        running = self._busy.get(at)
        if running is not None:
            if not running.done():
                return False
            del self._busy[at]
            lane.answered(running.result(), time.time())
        match lane.next(time.time()):
            case Invoke(segment):
                self._busy[at] = self._pool.submit(self._invoke, at, segment)
            case GiveUp() as given_up:
                self._send_failure(at, given_up)
            case _:
                if lane.drained and not self._busy:
                    self._held = 0
                return False
        return True

    def _invoke(self, at: int, segment: Segment) -> Answer:
        event = lambda_event(self._settings, self._shard_id, segment.records, self._role_arn)
        try:
            answer = self._lambda.invoke(
                FunctionName=self._settings.function_arn, Payload=json.dumps(event).encode()
            )
        except (ClientError, BotoCoreError) as error:
            print(f"{self._shard_id}: not invoked: {type(error).__name__}", flush=True)
            return NotInvoked()
        self._request_ids[at] = answer["ResponseMetadata"]["RequestId"]
        body = answer["Payload"].read()
        try:
            payload: Any = json.loads(body) if body else None
        except ValueError as error:
            payload = error
        return interpret(self._settings, payload, answer.get("FunctionError"), segment.records)

    def _send_failure(self, at: int, given_up: GiveUp) -> None:
        print(f"{self._shard_id}: gave up {len(given_up.segment.records)}: {given_up.condition}", flush=True)
        if self._settings.destination_arn is None:
            return
        queue = self._settings.destination_arn.rsplit(":", 1)[1]
        document = failure_record(
            self._settings, self._shard_id, given_up, self._request_ids.get(at, ""), time.time()
        )
        url = self._sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        self._sqs.send_message(QueueUrl=url, MessageBody=json.dumps(document))


def serve(directory: Path, endpoint_url: str, function: str) -> None:
    """Delivers every shard of the stream until the process is ended; child shards after their parents."""
    stack = Stack(endpoint_url, "us-east-1", {})
    functions = stack.client("lambda")
    mapping = next(
        each
        for each in functions.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
        if ":kinesis:" in each["EventSourceArn"]
    )
    settings = Settings.of(functions.get_event_source_mapping(UUID=mapping["UUID"]))
    role_arn = functions.get_function_configuration(FunctionName=function)["Role"]
    kinesis = stack.client("kinesis")
    shards: dict[str, Shard] = {}
    while True:
        for each in kinesis.list_shards(StreamARN=settings.stream_arn)["Shards"]:
            parents = [each.get("ParentShardId"), each.get("AdjacentParentShardId")]
            ready = all(parent not in shards or shards[parent].finished for parent in parents if parent)
            if each["ShardId"] not in shards and ready:
                shards[each["ShardId"]] = Shard(stack.client, settings, each["ShardId"], role_arn, directory)
        time.sleep(_SHARDS_EVERY)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
