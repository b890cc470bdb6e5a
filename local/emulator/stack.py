"""Describes a running stack to its users: its endpoint, its outputs, and clients for any role."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config

from local.emulator import server

_CONFIG = Config(
    connect_timeout=5,
    read_timeout=120,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=50,  # a client is shared by all threads
)
_CLIENTS_KEPT = 256
_making = (
    threading.Lock()
)  # sessions make clients in one thread at a time; the clients themselves are for all


@dataclass(frozen=True)
class Credentials:
    """Holds the credentials of a role or of the administrator."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


ADMINISTRATOR = Credentials(*server.ADMINISTRATOR)


@dataclass(frozen=True)
class Stack:
    """Describes a running stack.

    Args:
        outputs: of template.yaml.
        live_url: of the live page, None where none is served.
    """

    endpoint_url: str
    region: str
    outputs: Mapping[str, str]
    live_url: str | None = None

    def session(self, credentials: Credentials | None = None) -> boto3.Session:
        """Returns a session of somebody, the administrator if nobody is named."""
        who = credentials or ADMINISTRATOR
        return boto3.Session(
            who.access_key_id, who.secret_access_key, who.session_token, region_name=self.region
        )

    def client(self, service: str, credentials: Credentials | None = None) -> Any:
        """Returns a client for a service of this stack, the same one each time."""
        with _making:
            return _client(service, self.endpoint_url, credentials or ADMINISTRATOR, self.region)

    def assume(self, role_arn: str) -> Credentials:
        """Returns the credentials of a role, assumed by the administrator."""
        given = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="local")["Credentials"]
        return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


@lru_cache(maxsize=_CLIENTS_KEPT)
def _client(service: str, endpoint_url: str, who: Credentials, region: str) -> Any:
    """Makes a client once: reading a service's description takes boto3 some 60 ms of CPU time."""
    session: Any = _session()
    return session.client(
        service,
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=who.access_key_id,
        aws_secret_access_key=who.secret_access_key,
        aws_session_token=who.session_token,
        config=_CONFIG,
    )


@lru_cache
def _session() -> boto3.Session:
    """Makes the one session that has read the services' descriptions; it has no credentials of its own."""
    return boto3.Session()
