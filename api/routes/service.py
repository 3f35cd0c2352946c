"""Whether the gateway lives, whether it does its work, and its counters.

None of them touches a device, and `/health` not even the disk.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answers import answer, dumped
from api.deps import PartsIn
from api.problem import MEDIA_TYPE, RETRY_AFTER_S
from api.views import HealthView, NotReadyView, ReadyView, part_views

router = APIRouter(tags=["service"])


@router.get("/health", response_model=HealthView)
async def get_health(request: Request, parts: PartsIn) -> Response:
    """The process lives and answers."""
    return answer(HealthView("ok", str(request.app.version), parts.settings.centre.id))


@router.get("/ready", response_model=ReadyView, responses={503: {"model": NotReadyView}})
async def get_ready(parts: PartsIn) -> Response:
    """Whether every vital part works; the failed parts with what to do about each."""
    failed = part_views(parts.health.parts())
    vital = [part for part in failed if part.vital]
    if not vital:
        return answer(ReadyView(ready=True, failed=failed))
    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = "; ".join(f"{part.name}: {part.message}" for part in vital)
    fix = " ".join(part.fix for part in vital)
    view = NotReadyView("about:blank", status.phrase, status, detail, fix, ready=False, failed=failed)
    return Response(dumped(view), status, {"Retry-After": str(RETRY_AFTER_S)}, MEDIA_TYPE)


@router.get("/metrics", response_class=Response)
def get_metrics(parts: PartsIn) -> Response:
    """Counters for Prometheus."""
    return Response(parts.metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")
