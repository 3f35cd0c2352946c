"""Readings in batches of 1,000 over MQTT, committed: JSON and MessagePack."""

from __future__ import annotations

from bench import payloads
from bench.drain import Drained, drain
from bench.outcome import Row
from bench.subjects import LABEDGE, NODE_RED, NULL, SQLITE

BARS = {"batch_json": ("JSON", 0.5e6), "batch_msgpack": ("MessagePack", 2e6)}

MESSAGES = {
    (LABEDGE, "batch_json"): 8_000,
    (LABEDGE, "batch_msgpack"): 20_000,
    (NULL, "batch_json"): 20_000,
    (NULL, "batch_msgpack"): 20_000,
    (SQLITE, "batch_json"): 1_000,
    (SQLITE, "batch_msgpack"): 1_000,
    (NODE_RED, "batch_json"): 4_000,
}
"""How many batches each is given: a few seconds of its work."""


def measure() -> list[Row]:
    """Each peer on each kind of payload that it understands."""
    found = {(name, kind): _drained(name, kind) for name, kind in MESSAGES}
    rows = []
    for kind, (word, bar) in BARS.items():
        labedge = found[LABEDGE, kind]
        for name in (NULL, SQLITE, NODE_RED):
            if (name, kind) not in found:
                continue
            is_first = name == NULL
            rows.append(
                Row(
                    figure="batches",
                    what=f"readings in batches of 1,000 over MQTT, committed, {word}",
                    measured=labedge.per_second,
                    unit="readings/s",
                    beside=name,
                    beside_measured=found[name, kind].per_second,
                    bar=f"at least {bar / 1e6:g} M/s" if is_first else "",
                    met=(labedge.per_second or 0) >= bar if is_first else None,
                    note=labedge.note if is_first else found[name, kind].note,
                )
            )
    return rows


def _drained(name: str, kind: str) -> Drained:
    return drain(name, kind, messages=MESSAGES[name, kind], per_message=payloads.BATCH)
