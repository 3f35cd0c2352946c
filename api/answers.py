"""Views as bytes: JSON by orjson, tables as CSV for machines.

Nothing here decides what an answer holds; the shapes are in `api.views`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from enum import StrEnum
from http import HTTPStatus

import orjson
from starlette.responses import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    """What a list endpoint can answer in; `xlsx` and `parquet` are words that are known but not served yet."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


Cell = str | int | float | bool | None


def dumped(view: object) -> bytes:
    """A view (a dataclass of `api.views`, or a list of them) as JSON."""
    return orjson.dumps(view, option=orjson.OPT_SERIALIZE_NUMPY)


def answer(view: object, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A view as a JSON response."""
    return Response(dumped(view), status, media_type="application/json")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """RFC 4180 with a header line; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_neutral(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """A table as a CSV file called `name`.csv."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_text(header, rows), headers=headers, media_type="text/csv; header=present")


def _neutral(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell
