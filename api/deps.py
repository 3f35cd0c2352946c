"""What every route is handed: the parts of the gateway, and the checked words of a request.

It builds nothing and keeps no global: `create_app` puts one `Parts` on the application.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import Depends, Path, Query
from starlette.requests import HTTPConnection

from api.boards import Boards
from api.instants import InstantIn
from api.pages.render import Pages
from api.problem import Problem
from api.rendered import Rendered
from edge.clock import Clock
from edge.health import Health
from edge.ingest import Ingest
from edge.live import Live
from edge.metrics import Metrics
from edge.monitoring.contract import Monitoring
from edge.numbers.office import Numbers
from edge.picture import Picture
from edge.runs import Runs
from edge.settings import Settings
from edge.store.contract import Store
from telemetry.model import NS_PER_S, EquipmentId, Instant

MAX_WINDOW_NS = 1100 * 24 * 3600 * NS_PER_S
"""Three years: longer than any school year's report looks back, short enough to compute on request."""

MAX_LIMIT = 1000
"""Rows of a page of a list."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The gateway as the routes see it; `config` is the file beside which new equipment goes, None for the demo."""

    settings: Settings
    store: Store
    live: Live
    ingest: Ingest
    health: Health
    metrics: Metrics
    clock: Clock
    pages: Pages
    numbers: Numbers
    rendered: Rendered
    boards: Boards
    runs: Runs
    config: FilePath | None
    monitoring: Monitoring | None


def parts_of(connection: HTTPConnection) -> Parts:
    """The parts that `create_app` was given."""
    parts = connection.app.state.parts
    if not isinstance(parts, Parts):
        raise TypeError("the application was not made by create_app")
    return parts


PartsIn = Annotated[Parts, Depends(parts_of)]


def monitoring_of(parts: PartsIn) -> Monitoring:
    """Who answers about the quarterly monitoring; 503 where this gateway was started without it."""
    if parts.monitoring is None:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "this gateway was started without the monitoring",
            fix="Start it by labedge run.",
        )
    return parts.monitoring


MonitoringIn = Annotated[Monitoring, Depends(monitoring_of)]


@dataclass(frozen=True, slots=True)
class Window:
    """A checked half-open window [start, end), ns UTC."""

    start: Instant
    end: Instant


def window_of(
    start: Annotated[InstantIn, Query(description="First instant of the window")],
    end: Annotated[InstantIn, Query(description="First instant after the window")],
) -> Window:
    """The window that a request asks for; at most three years."""
    return checked_window(start, end)


def checked_window(start: Instant, end: Instant) -> Window:
    """Refuse windows that run backwards, are empty or longer than three years."""
    if end <= start:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "end is not after start", fix="Give an end that is later than start."
        )
    if end - start > MAX_WINDOW_NS:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "the window is longer than 1100 days",
            fix="Ask for at most 1100 days at a time.",
        )
    return Window(start, end)


WindowIn = Annotated[Window, Depends(window_of)]
LimitIn = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows of this page")]
EquipmentPath = Annotated[str, Path(max_length=64, description="The equipment's id, for example mill-1")]
ChannelQuery = Annotated[str, Query(min_length=1, max_length=200, description="The channel's name")]


def known_equipment(equipment: EquipmentPath, parts: PartsIn) -> Picture:
    """The equipment that a path names, as it is now; 404 where the board has none such."""
    return equipment_called(parts, equipment)


def equipment_called(parts: Parts, equipment: str) -> Picture:
    """The equipment called so, as it is now; 404 where the board has none such."""
    picture = parts.live.picture(EquipmentId(equipment), parts.clock.now())
    if picture is None:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            f"there is no equipment {equipment!r}",
            fix="GET /api/v1/equipment lists the equipment that is configured or was discovered.",
        )
    return picture


EquipmentIn = Annotated[Picture, Depends(known_equipment)]
