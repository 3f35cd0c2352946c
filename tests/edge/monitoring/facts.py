"""Any facts with keys of several breakdowns, as the monitoring shows them, for tests of what is told of them."""

from __future__ import annotations

from hypothesis import strategies as st

from edge.monitoring.contract import ComputedFrom, Evidence, Period
from edge.monitoring.evidence import Title, evidence_of, shown
from edge.monitoring.sets import shipped
from telemetry.civil import LAST_DAY
from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts

PERIOD = Period(1970, 1)
WINDOW = (0, 89)
BREAKDOWNS = (Dimension.EQUIPMENT, Dimension.ROOM, Dimension.PROGRAM)
FROM = ComputedFrom("journal", 1, 1, ("1",), (), 0)
INDICATOR = shipped()[0].indicators[0]

_words = st.sampled_from(("", "a", "b", 'Зал «1"\\', "\u2028<"))
_keys = st.lists(_words, max_size=4).map(tuple)
_facts = st.builds(
    Fact,
    kind=st.sampled_from(("session", "event")),
    id=_words.map("id {}".format),
    first=st.integers(-100, 100),
    last=st.integers(-100, 100) | st.just(LAST_DAY),
    labels=st.dictionaries(st.sampled_from(BREAKDOWNS), _keys),
    amount=st.integers(-9, 9) | st.just(2**62),
    base=st.integers(0, 9),
    how=st.sampled_from(How),
    members=_keys,
    unlisted=st.integers(0, 3),
    rank=st.integers(0, 2),
)
some_facts = st.builds(
    lambda rows, breakdowns: shown(facts_of(rows, breakdowns, today=LAST_DAY), WINDOW),
    st.lists(_facts, max_size=20),
    st.sets(st.sampled_from(BREAKDOWNS)).map(sorted),
)


def title(kind: str, name: str) -> Title:
    """What a fact is called, and its document."""
    return f"{kind} «{name}»", name[3:]


def behind(facts: Facts, by: Dimension | None = None, key: str = "") -> Evidence:
    """Everything behind a value of the facts."""
    return evidence_of(facts, INDICATOR, WINDOW, asked=(PERIOD, by, key), titles=title, computed_from=FROM)
