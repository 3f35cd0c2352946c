"""What a good engineer writes in an hour: paho, JSON, SQLite with group commit, acknowledged after the commit.

Usage: PORT DATABASE COUNTER_FILE.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench.counter import Counter

COMMIT_EVERY_S = 0.02
COMMIT_AT = 5000


def rows(message: mqtt.MQTTMessage) -> Iterator[tuple[str, float, float]]:
    payload = message.payload
    body = msgpack.unpackb(payload) if payload[0] >= 0x80 else json.loads(payload)
    values, first, step = body["v"], body.get("t", body.get("t0")), body.get("dt", 0) * 1000
    if isinstance(values, bytes):
        values = np.frombuffer(values, "<f4").tolist()
    for number, value in enumerate(values if isinstance(values, list) else [values]):
        yield message.topic, first + number * step, value


def write(client: mqtt.Client, database: str, waiting: deque[mqtt.MQTTMessage], counter: Counter) -> None:
    connection = sqlite3.connect(database)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
    connection.execute("CREATE TABLE reading (topic TEXT, t REAL, v REAL, PRIMARY KEY (topic, t)) WITHOUT ROWID")
    pause = threading.Event()
    while not pause.wait(COMMIT_EVERY_S):
        group = [waiting.popleft() for _ in range(min(len(waiting), COMMIT_AT))]
        kept = [row for message in group for row in rows(message)]
        connection.executemany("INSERT OR IGNORE INTO reading VALUES (?, ?, ?)", kept)
        connection.commit()
        for message in group:
            client.ack(message.mid, message.qos)
        counter.add(len(kept))


def main() -> None:
    waiting: deque[mqtt.MQTTMessage] = deque()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, "bench-sqlite", clean_session=False, manual_ack=True)
    client.max_inflight_messages_set(2000)
    client.on_message = lambda _client, _data, message: waiting.append(message)
    client.on_connect = lambda client, *_: client.subscribe("labedge/v1/#", 1)
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.connect("127.0.0.1", int(sys.argv[1]))
    arguments: Any = (client, sys.argv[2], waiting, Counter(Path(sys.argv[3])))
    threading.Thread(target=write, args=arguments, daemon=True).start()
    client.loop_forever()


main()
