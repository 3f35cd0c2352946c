"""The committed log, for other programs that follow it.

It never waits for new records: a follower asks again, or opens the live feed.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.answers import answer, dumped
from api.deps import LimitIn, PartsIn
from api.exports.asked import SheetIn, tabled
from api.exports.shapes import RECORDS
from api.exports.words import table_of
from api.record_views import RecordList, record_view

router = APIRouter(tags=["records"])


@router.get("/records", response_model=RecordList)
def list_records(
    request: Request,
    parts: PartsIn,
    sheet: SheetIn,
    after: Annotated[int, Query(ge=0, le=2**62, description="The last offset that the follower has")] = 0,
    limit: LimitIn = 100,
) -> Response:
    """Committed records with an offset above `after`, in order."""
    instance = parts.store.instance()
    records = parts.store.records(after, limit)
    views = [record_view(offset, record) for offset, record in records]
    if not sheet.is_json:
        rows = [(view.offset, view.kind, dumped(view).decode()) for view in views]
        return tabled(request, parts, sheet, table_of("records", RECORDS, rows, sheet.texts))
    reached = records[-1][0] if records else after
    following = reached if records and reached < parts.store.offset() else None
    return answer(RecordList(views, following, reached, instance))
