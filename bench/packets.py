"""The few MQTT 3.1.1 packets that the benchmarks make and read themselves; section numbers are the standard's."""

from __future__ import annotations

from collections.abc import Iterator

PUBLISH = 3
PUBACK = 4
PACKET_IDS = 65_535


def connect(client_id: str) -> bytes:
    """CONNECT with a clean session and no keep-alive (3.1)."""
    return _packet(0x10, b"\x00\x04MQTT\x04\x02\x00\x00" + _text(client_id.encode()))


def publish(topic: bytes, payload: bytes, packet_id: int) -> bytes:
    """PUBLISH with QoS 1 (3.3)."""
    return _packet(0x32, _text(topic) + packet_id.to_bytes(2, "big") + payload)


def split(buffer: bytearray) -> Iterator[bytes]:
    """Take the whole packets off the front of `buffer`."""
    while True:
        size = _size(buffer)
        if size is None or len(buffer) < size:
            return
        packet = bytes(buffer[:size])
        del buffer[:size]
        yield packet


def published(packet: bytes) -> tuple[int, bytes]:
    """Packet id (0 for QoS 0) and payload of a PUBLISH."""
    begin = 2
    while packet[begin - 1] & 0x80:
        begin += 1
    begin += 2 + int.from_bytes(packet[begin : begin + 2], "big")
    if not packet[0] & 0x06:
        return 0, packet[begin:]
    return int.from_bytes(packet[begin : begin + 2], "big"), packet[begin + 2 :]


def _text(text: bytes) -> bytes:
    return len(text).to_bytes(2, "big") + text


def _packet(first: int, rest: bytes) -> bytes:
    length, left = bytearray(), len(rest)
    while True:
        left, low = left >> 7, left & 0x7F
        length.append(low | (0x80 if left else 0))
        if not left:
            return bytes((first,)) + bytes(length) + rest


def _size(buffer: bytearray) -> int | None:
    """The length of the packet at the front, None while its header is not whole (2.2.3)."""
    size = 0
    for place, byte in enumerate(buffer[1:5]):
        size |= (byte & 0x7F) << 7 * place
        if not byte & 0x80:
            return size + 2 + place
    return None
