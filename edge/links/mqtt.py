"""The connection to an MQTT broker: one persistent session, messages in blocks, acknowledgements only when told.

It understands no payload and keeps nothing; what it was told to subscribe and to say is told again on every connection.
"""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Iterable, Sequence
from typing import Any, Final

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from drivers.contract import Publish
from edge.clock import Clock
from edge.errors import GiveUp, Retry
from edge.links.mqtt_address import Address
from edge.links.mqtt_frames import PAYLOAD_LIMIT, Frames, Incoming
from edge.links.mqtt_wire import Wire
from telemetry.model import NS_PER_S

KEEPALIVE_S: Final = 20
"""Seconds after which a silent connection is asked whether it lives; twice that and it is taken for lost."""

CONNECT_S: Final = 5.0
"""Seconds for the connection, and again for the broker's answer: longer, and drivers would be woken too late."""

FILTERS_AT_ONCE: Final = 50
"""Filters of one SUBSCRIBE: some brokers refuse frames of more than a few kilobytes."""

FAREWELL_S: Final = 1.0
"""Seconds that the broker has for taking our last words."""

QUEUED_LIMIT: Final = 1000
"""Messages of ours that may wait for the broker's word: a device is asked one thing at a time."""

_REFUSED = 128
_BAD_LOGIN: Final = frozenset({"Bad user name or password", "Not authorized"})


class _Client(paho.Client):
    """paho, with our socket between it and the broker."""

    wire: Wire | None = None
    payload_limit = PAYLOAD_LIMIT

    trust: ssl.SSLContext | None = None

    def _create_socket(self) -> Wire:
        sock = socket.create_connection((self._host, self._port), timeout=CONNECT_S)
        if self.trust is not None:
            sock = self.trust.wrap_socket(sock, server_hostname=self._host)  # closes it where the handshake fails
        self.wire = Wire(sock, Frames(self.payload_limit))
        return self.wire


class MqttLink:
    """One broker; one thread uses it, only `wake` may come from others."""

    def __init__(self, address: Address, *, will: Publish, clock: Clock, payload_limit: int = PAYLOAD_LIMIT) -> None:
        """`will` is what the broker says, retained, when we vanish."""
        self._address = address
        self._will = will
        self._clock = clock
        self._payload_limit = payload_limit
        self._client: _Client | None = None
        self._wire: Wire | None = None
        self._answer: tuple[bool, str] | None = None
        self._resumed = False
        self._refused: list[str] = []
        self._unanswered = 0
        self._asked: dict[int, Sequence[str]] = {}
        self._selector = selectors.DefaultSelector()
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)
        self._ringer.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._early: list[Incoming] = []

    @property
    def name(self) -> str:
        """The broker's address, for messages."""
        return str(self._address)

    def open(self) -> bool:
        """Connect; returns whether the broker still knew our session. Raises `Retry` or `GiveUp`."""
        self.close()
        client = self._client = self._new_client()
        self._answer = None
        try:
            client.connect(self._address.host, self._address.port, KEEPALIVE_S)
        except ssl.SSLCertVerificationError as error:
            raise GiveUp(
                f"The broker at {self.name} shows a certificate that is not trusted: {error.verify_message}.",
                fix="Name the authority's file in [mqtt] ca, and the broker by the name in its certificate.",
            ) from error
        except (OSError, ValueError) as error:
            raise Retry(
                f"The broker at {self.name} does not answer: {_told(error)}.",
                fix="Start the broker, or mend [mqtt] url.",
            ) from error
        self._wire = client.wire
        self._register()
        self._await_answer()
        return self._resumed

    def poll(self, timeout_s: float, *, reading: bool = True) -> list[Incoming]:
        """Messages that came within `timeout_s`, in order; also sends, and keeps the connection alive.

        With `reading` false nothing is read, so that the broker must wait. Raises `Retry` when the connection is lost.
        """
        if self._early:
            found, self._early = self._early, []
            return found
        wire, client = self._wire, self._client
        if wire is None or client is None:
            raise Retry("The broker is not connected.")
        self._watch(wire, reading=reading)
        ready = {key.fd for key, _ in self._selector.select(0 if reading and wire.pending else timeout_s)}
        if self._bell.fileno() in ready:
            self._quiet()
        found = wire.fill() if reading and (wire.fileno() in ready or wire.pending) else []
        wire.flush()
        self._serve_library(client, wire)
        return found

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Tell the broker that these messages, received on this very connection, are ours now."""
        if mids and self._wire is not None:
            self._wire.acknowledge(mids)

    def subscribe(self, filters: Iterable[str]) -> None:
        """Ask for `filters` at QoS 1."""
        wanted = sorted(filters)
        for start in range(0, len(wanted), FILTERS_AT_ONCE):
            some = wanted[start : start + FILTERS_AT_ONCE]
            result, mid = self._library().subscribe([(one, 1) for one in some])
            self._check(result)
            self._asked[mid or 0] = some

    def unsubscribe(self, filters: Iterable[str]) -> None:
        """Ask for `filters` no more."""
        wanted = sorted(filters)
        if wanted:
            self._check(self._library().unsubscribe(wanted)[0])

    def publish(self, unit: Publish) -> bool:
        """Send at QoS 1; false where too many wait already and it was not sent."""
        info = self._library().publish(unit.topic, unit.payload, qos=1, retain=unit.retained)
        if info.rc == MQTTErrorCode.MQTT_ERR_QUEUE_SIZE:
            return False
        self._check(info.rc)
        self._unanswered += 1
        return True

    @property
    def unanswered(self) -> int:
        """Messages of ours that the broker has not taken yet, on this connection."""
        return self._unanswered

    def refused(self) -> list[str]:
        """Filters that the broker does not let us hear, since the connection began."""
        return self._refused

    def wake(self) -> None:
        """Let `poll` return; from any thread."""
        try:
            self._ringer.send(b"!")
        except OSError:
            return  # either it has been rung often enough, or nobody polls any more

    def close(self, *, farewell: Publish | None = None) -> None:
        """Say `farewell`, end the connection in order, keep the session at the broker; idempotent."""
        client, wire = self._client, self._wire
        self._client = self._wire = None
        if client is None or wire is None:
            return
        if wire in self._selector.get_map():
            self._selector.unregister(wire)
        if farewell is not None and wire.fileno() >= 0:
            self._part(client, wire, farewell)
        wire.close()

    def dispose(self) -> None:
        """Free the bell too; nothing may be called after it."""
        self.close()
        self._selector.close()
        self._bell.close()
        self._ringer.close()

    def _new_client(self) -> _Client:
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._address.client_id,
            clean_session=False,
            protocol=paho.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.payload_limit = self._payload_limit
        client.max_queued_messages = QUEUED_LIMIT
        client.will_set(self._will.topic, self._will.payload, qos=1, retain=True)
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_publish = self._published
        if self._address.user:
            client.username_pw_set(self._address.user, self._address.password or None)
        if self._address.tls:
            client.trust = self._trust()
        self._refused = []
        self._unanswered = 0
        self._asked.clear()
        self._early = []
        return client

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._address.ca or None)
        except OSError as error:
            raise GiveUp(
                f"The authority's certificate {self._address.ca} cannot be read: {_told(error)}.",
                fix="Mend [mqtt] ca: it is the path of a PEM file.",
            ) from error

    def _await_answer(self) -> None:
        early: list[Incoming] = []
        until = self._clock.monotonic() + round(CONNECT_S * NS_PER_S)
        while self._answer is None:
            left = (until - self._clock.monotonic()) / NS_PER_S
            if left <= 0:
                raise Retry(f"What listens at {self.name} does not answer as a broker.", fix="Mend [mqtt] url.")
            early += self.poll(left)
        self._early = early
        welcome, reason = self._answer
        if welcome:
            return
        if reason in _BAD_LOGIN:
            raise GiveUp(
                f"The broker at {self.name} refuses the user {self._address.user!r}: {reason}.",
                fix="Mend [mqtt] user and password; the password is named there as env:NAME.",
            )
        raise Retry(f"The broker at {self.name} refuses the connection: {reason}.")

    def _connected(self, _client: Any, _data: Any, flags: Any, reason: Any, _properties: Any) -> None:
        self._answer = (not reason.is_failure, str(reason))
        self._resumed = bool(flags.session_present)

    def _subscribed(self, _client: Any, _data: Any, mid: int, reasons: Any, _properties: Any) -> None:
        asked = self._asked.pop(mid, ())
        self._refused += [one for one, reason in zip(asked, reasons, strict=False) if reason.value >= _REFUSED]

    def _published(self, _client: Any, _data: Any, _mid: int, _reason: Any, _properties: Any) -> None:
        self._unanswered -= 1

    def _serve_library(self, client: _Client, wire: Wire) -> None:
        while wire.for_library and self._answer_is_good():
            if client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
        if self._answer_is_good() and (client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS or wire.fileno() < 0):
            raise Retry(f"The connection to the broker at {self.name} was lost.")

    def _answer_is_good(self) -> bool:
        return self._answer is None or self._answer[0]

    def _register(self) -> None:
        if self._wire is not None:
            self._selector.register(self._wire, selectors.EVENT_READ)

    def _watch(self, wire: Wire, *, reading: bool) -> None:
        wanted = (selectors.EVENT_READ if reading else 0) | (selectors.EVENT_WRITE if wire.sending else 0)
        known = wire in self._selector.get_map()
        if known and self._selector.get_key(wire).events == wanted:
            return
        if known:
            self._selector.unregister(wire)
        if wanted:
            self._selector.register(wire, wanted)

    def _quiet(self) -> None:
        try:
            self._bell.recv(4096)
        except BlockingIOError:
            return

    def _part(self, client: _Client, wire: Wire, farewell: Publish) -> None:
        try:
            wire.settimeout(FAREWELL_S)
            client.publish(farewell.topic, farewell.payload, qos=1, retain=True)
            client.disconnect()
        except (Retry, OSError, ValueError):
            return  # the broker is gone, and says our will itself

    def _library(self) -> _Client:
        if self._client is None:
            raise Retry("The broker is not connected.")
        return self._client

    def _check(self, result: MQTTErrorCode) -> None:
        if result != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise Retry(f"The connection to the broker at {self.name} was lost: {paho.error_string(result)}.")


def _told(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
