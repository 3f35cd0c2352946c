"""Joins the routes, the pages and the guards into one application.

No globals: everything that a route may use is handed in here.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI

from api import problem
from api.boards import Boards
from api.ceiling import Ceiling
from api.deps import Parts
from api.exports.words import words_of
from api.guard import Guard, allowed_hosts
from api.one_format import one_format
from api.pages.language import error_page
from api.pages.render import Pages
from api.remainder import Remainder
from api.rendered import Rendered
from api.routes import (
    board,
    editions_page,
    equipment,
    equipment_import,
    equipment_page,
    exports,
    forms,
    forms_page,
    hour_meters,
    import_page,
    indicators,
    jobs,
    learners,
    monitoring_page,
    practical_sessions,
    practice_page,
    readings,
    records,
    register,
    register_import,
    register_import_page,
    register_page,
    runs,
    service,
    static,
    timetable,
    timetable_import,
    timetable_page,
    utilisation,
)
from api.routes import live as live_feed
from api.tagged import Tagged
from edge.clock import Clock
from edge.health import Health, Part
from edge.ingest import Ingest
from edge.live import Live
from edge.metrics import Metrics
from edge.monitoring.contract import Monitoring
from edge.numbers.office import Numbers
from edge.runs import Runs
from edge.settings import Settings
from edge.store.contract import Store

API = "/api/v1"
VERSION = "0.1.0"

_API_ROUTERS = (
    equipment_import.router,
    equipment.router,
    jobs.router,
    readings.router,
    runs.router,
    records.router,
    live_feed.router,
    utilisation.router,
    indicators.router,
    practical_sessions.router,
    register.router,
    register_import.router,
    learners.router,
    hour_meters.router,
    timetable.router,
    timetable_import.router,
    forms.router,
    exports.router,
)

_PAGE_ROUTERS = (
    service.router,
    board.router,
    equipment_page.router,
    timetable_page.router,
    practice_page.router,
    register_import_page.router,
    import_page.router,
    monitoring_page.router,
    editions_page.router,
    forms_page.router,
    register_page.router,
    static.router,
)


def _joined() -> APIRouter:
    joined = APIRouter()
    for router in _API_ROUTERS:
        joined.include_router(router, prefix=API, dependencies=[Depends(one_format)])
    for router in _PAGE_ROUTERS:
        joined.include_router(router)
    return joined


_ROUTES = tuple(_joined().routes)
"""Every application's routes: they know no application, so what FastAPI works out of their signatures serves all."""


def create_app(  # noqa: PLR0913 - all that a route may use is handed in here, each part by its name
    *,
    settings: Settings,
    store: Store,
    live: Live,
    ingest: Ingest,
    health: Health,
    metrics: Metrics,
    clock: Clock,
    numbers: Numbers,
    config: Path | None = None,
    monitoring: Monitoring | None = None,
) -> FastAPI:
    """The gateway's API and pages over its parts; `config` is the file of the configuration, where there is one."""
    app = FastAPI(
        title="labedge",
        version=VERSION,
        summary="The equipment of a school technopark: live, and as it was.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        routes=list(_ROUTES),
    )
    pages = Pages(settings)
    words_of(settings.centre.language, settings.centre.timezone)  # Read now, or the first question waits for it.
    app.state.parts = Parts(
        settings=settings,
        store=store,
        live=live,
        ingest=ingest,
        health=health,
        metrics=metrics,
        clock=clock,
        pages=pages,
        numbers=numbers,
        rendered=Rendered(),
        boards=Boards(live, health, clock, centre=settings.centre, pages=pages),
        runs=Runs(store, ingest, clock),
        config=config,
        monitoring=monitoring,
    )
    problem.install(
        app,
        page=lambda request, status: error_page(request, pages, status),
        damaged=lambda error: health.report(Part("disk", ok=False, message=str(error), fix=error.fix, vital=False)),
    )
    app.add_middleware(Tagged, prefix=f"{API}/")
    app.add_middleware(Ceiling, apart=(f"{API}/readings",))
    app.add_middleware(Guard, hosts=allowed_hosts(settings.api.host))
    app.add_middleware(Remainder)
    return app
