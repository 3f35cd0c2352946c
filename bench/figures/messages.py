"""QoS 1 messages of 60 bytes, one reading each, from the broker to committed and acknowledged."""

from __future__ import annotations

from bench import publisher
from bench.broker import broker
from bench.drain import Drained, drain
from bench.outcome import Row
from bench.subjects import LABEDGE, NODE_RED, NULL, SQLITE, THINGSBOARD

BAR_OF_NULL = 0.7
MESSAGES = 200_000
SLOW_MESSAGES = 40_000
"""For peers that would take a minute."""

PEERS = {SQLITE: MESSAGES, NODE_RED: SLOW_MESSAGES, THINGSBOARD: SLOW_MESSAGES}


def measure() -> list[Row]:
    """The limit before and after the gateway, so that a machine that slows down is seen."""
    first = drain(NULL, "small", messages=MESSAGES)
    labedge = drain(LABEDGE, "small", messages=MESSAGES)
    second = drain(NULL, "small", messages=MESSAGES)
    null = _mean(first, second)
    with broker() as port:
        alone = MESSAGES / publisher.run(port, "small", MESSAGES)
    ratio = labedge.per_second / null if labedge.per_second and null else None
    rows = [
        Row(
            figure="messages",
            what="QoS 1 messages of 60 bytes, broker to committed and acknowledged",
            measured=labedge.per_second,
            unit="messages/s",
            beside=NULL,
            beside_measured=null,
            bar=f"at least {BAR_OF_NULL:g} of it, aim at 1.5",
            met=ratio is not None and ratio >= BAR_OF_NULL,
            note=labedge.note,
        )
    ]
    rows += [_beside(labedge, name, messages) for name, messages in PEERS.items()]
    what = "the publisher alone: what the broker acknowledges with no subscriber"
    return [
        *rows,
        Row(figure="messages", what=what, measured=alone, unit="messages/s", beside=NULL, beside_measured=null),
    ]


def _beside(labedge: Drained, name: str, messages: int) -> Row:
    peer = drain(name, "small", messages=messages)
    return Row(
        figure="messages",
        what="the same, beside a peer",
        measured=labedge.per_second,
        unit="messages/s",
        beside=name,
        beside_measured=peer.per_second,
        note=peer.note,
    )


def _mean(*several: Drained) -> float | None:
    rates = [one.per_second for one in several if one.per_second is not None]
    return sum(rates) / len(rates) if rates else None
