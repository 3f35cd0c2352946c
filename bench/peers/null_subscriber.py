"""The limit: an empty paho subscriber that acknowledges by hand and does nothing else. Usage: PORT COUNTER_FILE."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench.counter import Counter

INFLIGHT = 2000


def without_delay(connection: Any) -> None:
    """Else the kernel keeps small acknowledgements back for a millisecond."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def main() -> None:
    counter = Counter(Path(sys.argv[2]))
    client = mqtt.Client(CallbackAPIVersion.VERSION2, "bench-null", clean_session=False, manual_ack=True)
    client.max_inflight_messages_set(INFLIGHT)

    def on_message(client: mqtt.Client, _: Any, message: mqtt.MQTTMessage) -> None:
        client.ack(message.mid, message.qos)
        counter.add(1)

    client.on_message = on_message
    client.on_socket_open = lambda _client, _data, sock: without_delay(sock)
    client.on_connect = lambda client, *_: client.subscribe("labedge/v1/#", 1)
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_forever()


main()
