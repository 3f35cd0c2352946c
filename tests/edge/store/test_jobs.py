"""Jobs as the store on disk reads them in bulk, against the one in memory, whatever was said of them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.store.contract import Job
from telemetry.model import JobOutcome, JobPhase, JobSeen
from tests.edge.journal.labs import LAB, LABS, MILL, S, T, sqlite_lab

SPAN_S = 12

_said = st.builds(
    JobSeen,
    equipment=st.sampled_from((MILL, LAB)),
    at=st.integers(0, SPAN_S).map(lambda second: T + second * S),
    received_at=st.integers(0, SPAN_S).map(lambda second: T + second * S),
    # A half of a pair of surrogates is no text that UTF-8 has, and may come from a device all the same.
    job=st.sampled_from(("", "1", "11", "вал", "\ud800")),
    phase=st.sampled_from(JobPhase),
    name=st.sampled_from(("", "вал", "\udfff")),
    progress=st.none() | st.floats(0, 1),
    outcome=st.sampled_from(JobOutcome),
    reason=st.sampled_from(("", "дверца")),
)
_of_one = _said.map(lambda one: replace(one, equipment=MILL, job="1"))
_instants = st.integers(-1, SPAN_S + 1).map(lambda second: T + second * S)


@settings(max_examples=60, deadline=None)
@given(said=st.lists(_said, max_size=14), windows=st.lists(st.tuples(_instants, _instants), min_size=1, max_size=4))
def test_the_disk_and_the_memory_tell_the_same_jobs(said: list[JobSeen], windows: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, sqlite_lab(Path(folder)) as lab, LABS["memory"](Path()) as twin:
        for one in (lab, twin):
            one.journal.commit(said)
        for start, end in windows:
            for equipment in ([MILL], [LAB, MILL], []):
                assert lab.store.jobs(equipment, start, end) == twin.store.jobs(equipment, start, end)


_TURNS = (JobPhase.STARTED, JobPhase.RESUMED, JobPhase.ENDED)


def _told(said: list[JobSeen]) -> Job:
    """What all the words about one job come to, the obvious way."""
    phases = sorted(said, key=lambda one: (one.at, one.phase))
    turn = max((place for place, one in enumerate(phases) if one.phase in _TURNS), default=0)
    end = next((one for one in phases[turn:] if one.phase == JobPhase.ENDED), None)
    pauses = [one for one in phases[turn:] if one.phase == JobPhase.PAUSED]
    return Job(
        equipment=phases[0].equipment,
        job=phases[0].job,
        name=next((one.name for one in reversed(phases) if one.name), ""),
        started=phases[0].at,
        ended=end.at if end else None,
        outcome=end.outcome if end else JobOutcome.NONE,
        progress=next((one.progress for one in reversed(phases) if one.progress is not None), None),
        paused=bool(pauses),
        reason=next((one.reason for one in [*reversed(pauses), end] if one), ""),
    )


@settings(max_examples=60, deadline=None)
@given(said=st.lists(_of_one, min_size=1, max_size=9))
def test_a_job_is_what_all_the_words_about_it_come_to_in_whatever_order_they_came(said: list[JobSeen]) -> None:
    first = {(one.at, one.phase): one for one in reversed(said)}
    with tempfile.TemporaryDirectory() as folder, sqlite_lab(Path(folder)) as lab:
        lab.journal.commit(said)
        assert lab.store.jobs([MILL], T, T + SPAN_S * S + 1) == (_told(list(first.values())),)
