"""Readings out, raw or per pixel, and batches of lab computers in.

A batch is acknowledged only after the journal has it on disk.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, NoReturn

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import answer
from api.committed import on_disk
from api.deps import ChannelQuery, Parts, PartsIn, WindowIn, equipment_called
from api.exports.asked import Sheet, SheetIn, tabled
from api.exports.formats import Format
from api.exports.shapes import ENVELOPE, READINGS
from api.exports.words import Shape, table_of
from api.instants import parse_instant
from api.problem import Problem
from api.views import Asked, EnvelopeView, PostedView, ProblemView, ReadingsView, envelope_view, readings_view
from edge.ingest import Hold
from edge.register.exports.table import Lazily, Table, Type
from edge.store.contract import ChannelInfo
from telemetry.model import RAW_LIMIT, Channel

router = APIRouter(tags=["readings"])

MAX_BODY = 8 * 1024 * 1024
"""Bytes of one posted batch: a lesson of 16 channels at 50 Hz as JSON, in one go."""

MAX_READINGS = 500_000
"""Raw readings of one answer: almost three hours at 50 Hz, about 25 MB of JSON."""

MAX_POINTS = 10_000
"""Pixels of one answer: wider than any screen."""

_TYPES = {
    "application/json": {"schema": {"type": ["object", "array"]}},
    "application/x-ndjson": {"schema": {"type": "string"}},
    "application/msgpack": {"schema": {"type": "string", "format": "binary"}},
}
_ALIASES = frozenset({*_TYPES, "application/ndjson", "application/jsonl", "application/vnd.msgpack"})
_ALIASES |= {"application/x-msgpack"}


@router.get("/readings", response_model=ReadingsView | EnvelopeView)
def get_readings(
    request: Request,
    parts: PartsIn,
    equipment: Annotated[str, Query(max_length=64, description="The equipment's id")],
    channel: ChannelQuery,
    window: WindowIn,
    sheet: SheetIn,
    points: Annotated[
        int | None, Query(ge=1, le=MAX_POINTS, description="Answer least, greatest and mean of this many equal parts")
    ] = None,
) -> Response:
    """Readings of one channel over a window: `t` and `v`; with `points`, also `min` and `max` per pixel."""
    info = _channel(parts, equipment, channel)
    asked = Asked(info.equipment, info.channel, info.unit, window.start, window.end)
    view = _raw(parts, asked) if points is None else _per_pixel(parts, asked, points=points)
    if sheet.is_json:
        return answer(view)
    table = _table(view, sheet)
    return tabled(request, parts, sheet, table, file=f"readings-{asked.equipment}")


def _table(view: ReadingsView | EnvelopeView, sheet: Sheet) -> Table:
    """The readings as a table; as CSV every time has the same number of decimals, which programs read faster."""
    shape: Shape = READINGS if isinstance(view, ReadingsView) else ENVELOPE
    columns = [getattr(view, name) for name in shape]
    if sheet.form is Format.CSV:
        shape = {**shape, "t": Type.TEXT}
    else:
        columns[0] = [parse_instant(text) for text in view.t]
    return table_of("readings", shape, Lazily(lambda: zip(*columns, strict=True)), sheet.texts)


def _channel(parts: Parts, equipment: str, channel: str) -> ChannelInfo:
    picture = equipment_called(parts, equipment)
    for info in parts.store.channels(picture.id):
        if info.channel == channel:
            return info
    raise Problem(
        HTTPStatus.NOT_FOUND,
        f"{equipment} has no channel {channel!r}",
        fix=f"GET /api/v1/equipment/{equipment} lists its channels.",
    )


def _raw(parts: Parts, asked: Asked) -> ReadingsView:
    offset = parts.store.offset()
    where = (asked.equipment, Channel(asked.channel), asked.start, asked.end)
    held = int(parts.store.envelope(*where, points=1).count.sum())
    if held > MAX_READINGS:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the window holds {held} readings; an answer has at most {MAX_READINGS}",
            fix="Ask for a shorter window, or for &points=2000.",
        )
    return readings_view(asked, parts.store.readings(*where), offset)


def _per_pixel(parts: Parts, asked: Asked, *, points: int) -> EnvelopeView:
    offset = parts.store.offset()
    points = min(points, asked.end - asked.start)
    envelope = parts.store.envelope(asked.equipment, Channel(asked.channel), asked.start, asked.end, points=points)
    return envelope_view(asked, envelope, offset)


@router.post(
    "/readings",
    response_model=PostedView,
    openapi_extra={"requestBody": {"required": True, "content": _TYPES}},
    responses={code: {"model": ProblemView} for code in (413, 415, 503)},
)
async def post_readings(request: Request, parts: PartsIn) -> Response:
    """Keep a batch: JSON, NDJSON or MessagePack, as on MQTT with `equipment`; repeating it is harmless."""
    kind = _kind_of(request)
    with parts.ingest.hold() as room:
        body, size = await _limited_body(request, room)
        if size > MAX_BODY:
            await _refused(parts, body, size)
        promise = await run_in_threadpool(parts.ingest.post, body, content_type=kind)
    del body  # the records wait for the disk, not the text
    posted = await on_disk(promise)
    if posted.rejected and not posted.accepted:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "; ".join(posted.reasons),
            fix="Correct the batch and send it again; what was refused is kept for the technician to see.",
        )
    return answer(PostedView(posted.offset, posted.accepted, posted.rejected, list(posted.reasons)))


def _kind_of(request: Request) -> str:
    """The body's media type; raises a `Problem` for one that is not read, or that is packed."""
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() not in _ALIASES:
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the body's type {kind!r} is not read here",
            fix=f"Send Content-Type: {', '.join(_TYPES)}.",
        )
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", ""):
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"a body packed with {packing!r} is not read here",
            fix="Send it unpacked, without Content-Encoding; MessagePack with bytes in v is the small form.",
            headers={"Accept-Encoding": "identity"},
        )
    return kind


async def _refused(parts: Parts, start: bytes, size: int) -> NoReturn:
    """Record a body that is too large, and raise the `Problem` that says so."""
    reason = f"the body is larger than {MAX_BODY} bytes"
    await on_disk(await run_in_threadpool(parts.ingest.refuse, start, size=size, reason=reason))
    raise Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        reason,
        fix="Send it in smaller batches.",
        headers={"Connection": "close"},
    )


async def _limited_body(request: Request, room: Hold) -> tuple[bytes, int]:
    """The body and its size; only its first bytes as soon as it is known to be larger than `MAX_BODY`."""
    declared = request.headers.get("content-length", "0")
    size = int(declared) if declared.isdecimal() else 0
    limit = MAX_BODY if size <= MAX_BODY else RAW_LIMIT
    body = bytearray()
    async for part in request.stream():
        room.take(len(part))
        body += part
        if len(body) > limit:
            return bytes(body[:RAW_LIMIT]), max(size, len(body))
    return bytes(body), max(size, len(body))
