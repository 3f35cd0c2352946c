from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.monitoring.canonical import canonical, sha256

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(codec="utf-8"))
PLAIN = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner)
)


@given(PLAIN)
def test_it_is_json_that_reads_back(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), SCALARS))
def test_the_order_of_entry_does_not_matter(value: dict[str, Any]) -> None:
    backwards = dict(reversed(value.items()))
    assert sha256(canonical(value)) == sha256(canonical(backwards))


@pytest.mark.parametrize("value", [0.5, [float("nan")], {"a": {1: "x"}}, {"a": b"x"}, {"a": {"b": (1,)}}, object()])
def test_what_has_no_one_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="canonical form"):
        canonical(value)
