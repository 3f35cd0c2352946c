"""Jobs as the store on disk reads them in bulk, against the one in memory, whatever was said of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

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
