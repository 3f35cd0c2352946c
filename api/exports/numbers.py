"""Tables of what the gateway computes and keeps: utilisation, practical sessions, jobs, equipment, the timetable.

Nothing here computes; rows are the views of the API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.exports.rows import rows_of
from api.exports.shapes import JOBS, RUNS, SESSIONS, UTILISATION
from api.exports.words import table_of
from api.instants import format_instant
from api.pages.texts import Texts
from api.run_views import run_view
from api.session_views import SessionView
from api.session_views import computed_from as sessions_from
from api.utilisation_views import computed_from as figures_from
from api.utilisation_views import row_views
from api.views import ComputedFrom
from edge.numbers.figures import Figures
from edge.numbers.practice import Meetings
from edge.register.exports.table import Table
from edge.store.contract import Job, Offset, Run
from telemetry.model import Instant


def about(texts: Texts, found: ComputedFrom) -> dict[str, str]:
    """What a table was computed from, as its sheet «Метаданные» tells it."""
    told = {"offset": found.offset, "register_version": found.register_version, "rules": found.rules}
    return {texts(f"about.{name}"): str(value) for name, value in told.items() if value is not None}


def utilisation_table(figures: Figures, names: Mapping[str, str], texts: Texts) -> Table:
    """Every row of the figures; `names` tells what a person calls a key."""
    rows = rows_of(row_views(figures, dict(names)), UTILISATION)
    return table_of("utilisation", UTILISATION, rows, texts, about(texts, figures_from(figures)))


def sessions_table(meetings: Meetings, views: Sequence[SessionView], texts: Texts) -> Table:
    """Some of the sessions, a row each."""
    found = about(texts, sessions_from(meetings))
    return table_of("practical-sessions", SESSIONS, rows_of(views, SESSIONS), texts, found)


def jobs_table(jobs: Sequence[Job], offset: Offset, texts: Texts) -> Table:
    """Jobs of any equipment, by equipment, start and name."""
    ordered = sorted(jobs, key=lambda job: (job.equipment, job.started, job.job))
    rows = rows_of(ordered, JOBS, _job_cell)
    return table_of("jobs", JOBS, rows, texts, {texts("about.offset"): str(offset)})


def _job_cell(job: Job, column: str) -> object:
    if column == "outcome":
        return job.outcome.word
    return getattr(job, column)


def runs_table(runs: Sequence[Run], now: Instant, offset: Offset, texts: Texts) -> Table:
    """Runs as they are at `now`, by start."""
    views = [run_view(run, now) for run in runs]
    return table_of("runs", RUNS, rows_of(views, RUNS), texts, {texts("about.offset"): str(offset)})


def span_told(texts: Texts, start: int, end: int) -> dict[str, str]:
    """The window of a table, as its sheet «Метаданные» tells it."""
    return {texts("about.start"): format_instant(start), texts("about.end"): format_instant(end)}
