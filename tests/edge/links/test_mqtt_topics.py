from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.links.mqtt_topics import Filters, includes, is_filter, least

MATCHES = [
    ("a/b", "a/b", True),
    ("a/b", "a/b/c", False),
    ("a/+", "a/b", True),
    ("a/+", "a/", True),
    ("a/+", "a", False),
    ("a/+/c", "a/b/c", True),
    ("a/#", "a", True),
    ("a/#", "a/b/c", True),
    ("a/#", "b", False),
    ("#", "a/b", True),
    ("+", "a", True),
    ("+/+", "/a", True),
    ("#", "$SYS/x", False),
    ("+/x", "$SYS/x", False),
    ("$SYS/#", "$SYS/x", True),
    ("a/$gateway/+", "a/$gateway/$link", True),
]


@pytest.mark.parametrize(("topic_filter", "topic", "expected"), MATCHES)
def test_wildcards_match_as_the_standard_says(topic_filter: str, topic: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    filters: Filters[str] = Filters()
    filters.add(topic_filter, "x")
    assert filters.match(topic) == (["x"] if expected else [])


def test_every_listener_of_a_topic_is_found_and_none_after_its_removal() -> None:
    filters: Filters[int] = Filters()
    for number, topic_filter in enumerate(["a/b", "a/#", "a/b", "+/b"]):
        filters.add(topic_filter, number)
    assert sorted(filters.match("a/b")) == [0, 1, 2, 3]
    filters.remove("a/b", 0)
    filters.remove("a/#", 1)
    assert sorted(filters.match("a/b")) == [2, 3]
    with pytest.raises(ValueError, match="not in list"):
        filters.remove("a/b", 0)


words = st.sampled_from(["a", "b", "", "+", "$x"])
filter_texts = st.tuples(st.lists(words, min_size=1, max_size=4), st.booleans()).map(
    lambda pair: "/".join([*pair[0], *(["#"] if pair[1] else [])])
)
topics = st.lists(st.sampled_from(["a", "b", "", "$x"]), min_size=1, max_size=5).map("/".join)


def matches(topic_filter: str, topic: str) -> bool:
    """The slow, obvious twin."""
    wanted, given_words = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in ("+", "#"):
        return False
    if wanted[-1] == "#":
        wanted = wanted[:-1]
        given_words = given_words[: len(wanted)]
    return len(wanted) == len(given_words) and all(w in ("+", g) for w, g in zip(wanted, given_words, strict=True))


@given(filter_texts, topics)
def test_the_tree_agrees_with_its_slow_twin(topic_filter: str, topic: str) -> None:
    filters: Filters[int] = Filters()
    filters.add(topic_filter, 1)
    assert bool(filters.match(topic)) == matches(topic_filter, topic)


@given(filter_texts, filter_texts, topics)
def test_what_a_filter_includes_it_matches(wider: str, narrower: str, topic: str) -> None:
    if includes(wider, narrower) and matches(narrower, topic):
        assert matches(wider, topic)


@given(st.lists(filter_texts, max_size=6), topics)
def test_the_least_filters_match_what_all_did(filters: list[str], topic: str) -> None:
    fewest = least(filters)
    assert fewest <= set(filters)
    assert any(matches(one, topic) for one in filters) == any(matches(one, topic) for one in fewest)


def test_a_filter_inside_another_is_left_out() -> None:
    assert least(["labedge/v1/lab/#", "labedge/v1/lab/room/a/#", "tele/x/+"]) == {"labedge/v1/lab/#", "tele/x/+"}


@pytest.mark.parametrize("text", ["a", "#", "+", "a/#", "+/b/+", "$SYS/#", "/", "a//b", "tele/plug-7/#", "Кабинет 1/+"])
def test_what_a_broker_takes_is_a_filter(text: str) -> None:
    assert is_filter(text)


@pytest.mark.parametrize("text", ["", "a/#/b", "#/a", "a#", "a/b+", "+a/b", "a/##", "a\0b", "a" * 65_536])
def test_what_a_broker_refuses_is_no_filter(text: str) -> None:
    assert not is_filter(text)
