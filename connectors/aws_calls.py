"""Calls of AWS through boto3: credentials, patience and errors as everywhere else.

boto3's own retries are off, since they sleep by a clock of their own: rests are taken here, by the run's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from connectors.http import check_new
from connectors.live import Wire
from connectors.patience import Pace, asked_rest, backoff, told_time
from connectors.source_tables import Address, Secret
from model.errors import AccessDenied, ConfigError, OstiaryError, RateLimited, Transient, Unreachable

_TRIES = 4
_LONGEST_REST = 3600.0
_STALE = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "IncompleteSignature",
        "AuthFailure",
        "InvalidAccessKeyId",
        "RequestExpired",
    }
)
_BUSY = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "LimitExceededException",
    }
)


class Keys(Protocol):
    """What of the configuration the calls need."""

    @property
    def region(self) -> str: ...  # noqa: D102
    @property
    def profile(self) -> str | None: ...  # noqa: D102
    @property
    def role_arn(self) -> str | None: ...  # noqa: D102
    @property
    def access_key_id(self) -> str | None: ...  # noqa: D102
    @property
    def secret_access_key(self) -> Secret | None: ...  # noqa: D102
    @property
    def endpoint_url(self) -> Address | None: ...  # noqa: D102


class NotThere(Unreachable):
    """What was asked for is not there (any more)."""


class Calls:
    """Calls services of one account in one region; used by one thread."""

    def __init__(self, keys: Keys, wire: Wire, paces: Mapping[str, Pace]) -> None:
        """`paces` are the fixed limits of operations, by name."""
        self._keys, self._wire, self._paces = keys, wire, paces
        self._session: Any = None
        self._clients: dict[str, Any] = {}

    def close(self) -> None:
        """Let go of connections and credentials."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        self._session = None

    def pages(self, service: str, operation: str, listed: str, **asked: Any) -> Iterator[dict[str, Any]]:
        """Yield the answers of an operation that names a next page by `NextToken`, and its list by `listed`.

        Raises Unreachable where the list is not there: boto3 reads any answer of status 200, a proxy's page too.
        """
        seen: set[str] = set()
        while True:
            answer = self.one(service, operation, **asked)
            if listed not in answer:
                raise Unreachable(
                    f"what answers {operation} is not AWS",
                    "a proxy or a sign-in page stands in between: check endpoint_url, and let this machine through",
                )
            yield answer
            token = answer.get("NextToken")
            if not token:
                return
            check_new(token, seen)
            asked["NextToken"] = token

    def one(self, service: str, operation: str, **asked: Any) -> dict[str, Any]:
        """Call once, and again where the failure passes by itself. Raises AccessDenied, NotThere and the like."""
        tries, renewed = 0, self._keys.role_arn is None
        while True:
            self._wire.check()
            if (pace := self._paces.get(operation)) is not None:
                self._wire.sleep(pace.wait(self._wire.clock.now()))
            try:
                return self._sent(service, operation, asked)
            except AccessDenied as error:
                if error.lacking or renewed:
                    raise
                renewed = True
                self.close()  # a role is lent for an hour
            except (RateLimited, Transient) as error:
                tries += 1
                wait = getattr(error, "wait", None)
                if tries >= _TRIES or (wait or 0.0) > _LONGEST_REST:
                    raise
                self._wire.sleep(backoff(tries, self._wire.jitter()) if wait is None else wait)

    def _sent(self, service: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (a quarter of a second)

        try:
            client = self._clients.get(service) or self._connected(service)
            answer: dict[str, Any] = getattr(client, operation)(**asked)
        except ClientError as error:
            raise self._told(error.response) from None
        except BotoCoreError as error:
            raise _broken(error) from None
        self._heard(answer.pop("ResponseMetadata", {}))
        return answer

    def _told(self, response: Any) -> OstiaryError:
        """Return the error that an answer is, by its code; its message is not repeated."""
        code = str(response.get("Error", {}).get("Code", "")) or "unnamed"
        metadata = response.get("ResponseMetadata", {})
        status, headers = metadata.get("HTTPStatusCode", 0), self._heard(metadata)
        asked = asked_rest(headers, self._wire.now())
        if code in _BUSY or status == 429:
            return RateLimited(backoff(_TRIES, self._wire.jitter()) if asked is None else asked)
        if status >= 500:
            return RateLimited(asked) if asked is not None else Transient(f"AWS answered with {status} {code}")
        if code in _STALE or status == 401:
            return AccessDenied(code, "renew the credential that the configuration names", lacking=False)
        if "AccessDenied" in code or status == 403:
            return AccessDenied(code, "grant the credential what it lacks")
        kind = NotThere if code == "ResourceNotFoundException" or status == 404 else Unreachable
        return kind(f"AWS answered with {status} {code}", "check the region and the account of this source")

    def _heard(self, metadata: Mapping[str, Any]) -> Mapping[str, str]:
        """Take note of the source's clock; return an answer's headers."""
        headers: Mapping[str, str] = metadata.get("HTTPHeaders") or {}
        if (told := told_time(headers)) is not None:
            self._wire.hear(told)
        return headers

    def _connected(self, service: str) -> Any:
        import boto3  # noqa: PLC0415 (as above)
        from botocore.config import Config  # noqa: PLC0415

        if self._session is None:
            # At DEBUG it writes whole answers to the log, the credentials of a role among them.
            logging.getLogger("botocore").setLevel(logging.INFO)
            self._session = self._signed_in(boto3)
        bounded = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60)
        self._clients[service] = self._session.client(
            service, config=bounded, endpoint_url=self._keys.endpoint_url, verify=self._wire.certificates
        )
        return self._clients[service]

    def _signed_in(self, boto3: Any) -> Any:
        """Return a session of the named profile or key (else of the environment), in the named role."""
        keys, secret = self._keys, None
        if keys.secret_access_key is not None:
            secret = keys.secret_access_key.read(self._wire.secrets)
        session = boto3.Session(
            profile_name=keys.profile,
            region_name=keys.region,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=secret,
        )
        if keys.role_arn is None:
            return session
        sts = session.client("sts", endpoint_url=keys.endpoint_url, verify=self._wire.certificates)
        given = sts.assume_role(RoleArn=keys.role_arn, RoleSessionName="ostiary")["Credentials"]
        return boto3.Session(
            region_name=keys.region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )


def as_json(answer: Mapping[str, Any]) -> bytes:
    """Return an answer of boto3 as the command line writes it: times as ISO texts."""
    return json.dumps(answer, default=_written).encode()


def _written(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _broken(error: Exception) -> OstiaryError:
    """Return what went wrong before there was an answer, by the error's class: its text may hold an address."""
    name = type(error).__name__
    if name in {
        "NoCredentialsError",
        "PartialCredentialsError",
        "ProfileNotFound",
        "NoRegionError",
        "TokenRetrievalError",
    }:
        return ConfigError(f"no credentials for AWS ({name}): name a profile, or access_key_id and secret_access_key")
    if name == "SSLError":
        return Unreachable(
            "the certificate of AWS does not verify",
            "if a proxy of the company re-signs traffic, name its authority's file in `certificates`",
        )
    if name in {"ResponseParserError", "ParamValidationError", "InvalidEndpointDiscoveryConfigurationError"}:
        return Unreachable("not AWS answers there", "check the region, endpoint_url and proxies of this source")
    return Transient(f"AWS cannot be reached ({name})")
