"""The committed log, for other programs that follow it.

It never waits for new records: a follower asks again, or opens the live feed.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.answers import Format, answer, csv_answer, dumped
from api.deps import FormIn, LimitIn, PartsIn
from api.record_views import RecordList, record_view

router = APIRouter(tags=["records"])


@router.get("/records", response_model=RecordList)
def list_records(
    parts: PartsIn,
    form: FormIn,
    after: Annotated[int, Query(ge=0, le=2**62, description="The last offset that the follower has")] = 0,
    limit: LimitIn = 100,
) -> Response:
    """Committed records with an offset above `after`, in order."""
    instance = parts.store.instance()
    records = parts.store.records(after, limit)
    views = [record_view(offset, record) for offset, record in records]
    if form is Format.CSV:
        rows = ((view.offset, view.kind, dumped(view).decode()) for view in views)
        return csv_answer("records", ("offset", "kind", "record"), rows)
    reached = records[-1][0] if records else after
    following = reached if records and reached < parts.store.offset() else None
    return answer(RecordList(views, following, reached, instance))
