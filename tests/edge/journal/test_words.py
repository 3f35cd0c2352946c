"""Records other than readings survive the way into a row and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.journal import words
from telemetry.model import (
    Channel,
    ClockJumped,
    EquipmentId,
    EquipmentSeen,
    JobOutcome,
    JobPhase,
    JobSeen,
    LinkChanged,
    Rejected,
    RunPhase,
    RunSeen,
    Source,
    State,
    StateSeen,
)

_ids = st.from_regex(r"[a-z0-9-]{0,12}", fullmatch=True).map(EquipmentId)
_numbers = st.integers(-(2**63), 2**63 - 1)
_text = st.text(st.characters())  # with lone surrogates, which some devices' JSON has
_progress = st.none() | st.floats(0, 1)
_sparse = st.one_of(
    st.builds(
        StateSeen, _ids, _numbers, _numbers, st.sampled_from(State), st.sampled_from(Source), _numbers, _text, _text
    ),
    st.builds(
        JobSeen,
        _ids,
        _numbers,
        _numbers,
        _text,
        st.sampled_from(JobPhase),
        _text,
        _progress,
        st.sampled_from(JobOutcome),
        _text,
    ),
    st.builds(
        RunSeen,
        _ids,
        _numbers,
        _numbers,
        st.text(),
        st.sampled_from(RunPhase),
        st.lists(_text.map(Channel)).map(tuple),
        _text,
        _text,
        _text,
        _numbers,
    ),
    st.builds(LinkChanged, _ids, _numbers, _numbers, st.booleans(), _text),
    st.builds(Rejected, _ids, _numbers, _numbers, _text, st.binary(), _numbers, _text),
    st.builds(EquipmentSeen, _ids, _numbers, _numbers, _text, _text),
    st.builds(ClockJumped, _numbers, _numbers, _numbers),
)


@given(_sparse)
def test_a_record_comes_back_from_its_row(record: words.Sparse) -> None:
    row = words.to_row(record)
    assert words.to_record(row) == record
    assert words.crc_of(row) == row.crc32


@given(_sparse, _sparse)
def test_rows_of_different_records_of_a_kind_differ(a: words.Sparse, b: words.Sparse) -> None:
    if words.to_row(a).row(1) == words.to_row(b).row(1):
        assert a == b
