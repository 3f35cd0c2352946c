"""The limit: an empty paho subscriber that acknowledges by hand and does nothing else. Usage: PORT COUNTER_FILE."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench.counter import Counter

INFLIGHT = 2000


def main() -> None:
    counter = Counter(Path(sys.argv[2]))
    client = mqtt.Client(CallbackAPIVersion.VERSION2, "bench-null", clean_session=False, manual_ack=True)
    client.max_inflight_messages_set(INFLIGHT)

    def on_message(client: mqtt.Client, _: Any, message: mqtt.MQTTMessage) -> None:
        client.ack(message.mid, message.qos)
        counter.add(1)

    client.on_message = on_message
    client.on_connect = lambda client, *_: client.subscribe("labedge/v1/#", 1)
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_forever()


main()
