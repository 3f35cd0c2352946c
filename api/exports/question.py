"""What is asked of an export, and who answers.

Nothing here is checked against what there is.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.texts import Texts
from edge.monitoring.contract import Monitoring, Period
from edge.numbers.figures import By, Cut
from edge.numbers.office import Numbers
from edge.settings import Settings
from edge.store.contract import Store
from telemetry.indicators.definition import Dimension
from telemetry.model import Instant

_NO_PERIOD = Period(1970, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of an export: a window [start, end) ns UTC or a period, whichever the export asks for.

    `edition` 0 is the period as of now. `inside` is for the school's own eyes: small groups of people are not withheld.
    `number`, `by_dimension` and `key` name one value whose evidence is meant; empty ones mean all of them.
    """

    texts: Texts
    start: Instant = 0
    end: Instant = 0
    by: By = By.EQUIPMENT
    cut: Cut = Cut.NONE
    period: Period = _NO_PERIOD
    edition: int = 0
    inside: bool = False
    number: str = ""
    by_dimension: Dimension | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """Who answers: the settings, the journal, the register's and the journal's numbers, the monitoring."""

    settings: Settings
    store: Store
    numbers: Numbers
    monitoring: Monitoring | None
