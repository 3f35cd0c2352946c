"""Every golden case: what was worked out by hand, what the plain reference says, and what the product says, agree."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

import pytest

from tests.golden import product, reference
from tests.golden.reference import Ratio, Session
from tests.golden.world import Case, World, cases, instant, length, listed, wall

CASES = {case.name: case for case in cases()}
every_case = pytest.mark.parametrize("name", sorted(CASES))


Shape: TypeAlias = tuple[int, int, float | None]
"""Numerator and denominator, to the nanosecond, and coverage, to nine digits."""


def shape(ratio: Ratio) -> Shape:
    return ratio.numerator, ratio.denominator, round(ratio.known / ratio.base, 9) if ratio.base else None


def loose(session: Session) -> Session:
    return replace(session, confidence=Fraction(float(session.confidence)).limit_denominator(10**6))


def by_reference(world: World) -> dict[str, dict[str, Ratio]]:
    rooms = sorted({d.room for d in world.devices})
    return {
        **{d.id: reference.ratios(world, [d]) for d in world.devices},
        **{f"room:{r}": reference.ratios(world, [d for d in world.devices if d.room == r]) for r in rooms},
        "centre": reference.ratios(world, list(world.devices)),
    }


def shapes(found: Mapping[str, Mapping[str, Ratio]]) -> dict[str, dict[str, Shape]]:
    return {key: {name: shape(ratio) for name, ratio in ratios.items()} for key, ratios in found.items()}


def by_id(sessions: list[Session]) -> dict[str, Session]:
    return {session.id: session for session in sessions}


def test_there_are_sixty_cases() -> None:
    assert len(CASES) >= 60


@every_case
def test_reference_and_product_agree_in_everything(name: str) -> None:
    world = CASES[name].world
    assert product.states(world, world.changes) == {d.id: reference.states(world, d.id) for d in world.devices}
    assert shapes(product.ratios(world, world.changes)) == shapes(by_reference(world))
    theirs = {one.id: loose(one) for one in reference.sessions_of(world)}
    assert {one.id: loose(one) for one in product.sessions(world, world.changes)} == theirs


@every_case
@pytest.mark.parametrize("who", ["product", "reference"])
def test_the_result_is_what_was_worked_out_by_hand(name: str, who: str) -> None:
    case = CASES[name]
    world, told = case.world, case.world.changes
    if who == "product":
        check(case, product.states(world, told), product.ratios(world, told), product.sessions(world, told))
    else:
        states = {d.id: reference.states(world, d.id) for d in world.devices}
        check(case, states, by_reference(world), reference.sessions_of(world))


@every_case
def test_late_shuffled_and_repeated_changes_give_the_same_bytes(name: str) -> None:
    world = CASES[name].world
    rng = random.Random(name)
    shuffled = [*world.changes, *rng.choices(world.changes, k=len(world.changes) and 5)]
    rng.shuffle(shuffled)
    again = product.columns(world, shuffled)
    once = product.columns(world, world.changes)
    for column, array in once._arrays().items():
        assert getattr(again, column).tobytes() == array.tobytes()
    assert again.id == once.id
    assert again.interval.tobytes() == once.interval.tobytes()


def check(
    case: Case,
    states: dict[str, dict[str, int]],
    ratios: Mapping[str, Mapping[str, Ratio]],
    sessions: list[Session],
) -> None:
    expect, world = case.expect, case.world
    assert set(expect) <= {"states", "ratios", "sessions", "counted", "learner_hours"}
    for device, told in expect.get("states", {}).items():
        wanted = {state: length(text) for state, text in told.items()}
        assert {state: ns for state, ns in states[device].items() if ns} == wanted
        assert sum(wanted.values()) == world.window[1] - world.window[0]
    for key, told in expect.get("ratios", {}).items():
        for name, text in told.items():
            check_ratio(ratios[key][name], text, f"{key} {name}")
    if "sessions" in expect:
        check_sessions(expect["sessions"] or {}, by_id(sessions), world)
    if "counted" in expect:
        assert sum(one.counts for one in sessions) == int(expect["counted"])
    if "learner_hours" in expect:
        assert reference.learner_ns(sessions) == length(expect["learner_hours"])


def check_ratio(ratio: Ratio, text: str, what: str) -> None:
    """`45 min / 50 min known 50 min of 60 min`; `null` for a denominator of nothing."""
    if text == "null":
        assert ratio.denominator == 0, what
        return
    value, _, covered = text.partition(" known ")
    assert [ratio.numerator, ratio.denominator] == [length(part) for part in value.split("/")], what
    if covered:
        known, base = (length(part) for part in covered.split(" of "))
        assert shape(ratio)[2] == round(known / base, 9), what


def check_sessions(told: Mapping[str, Any], found: dict[str, Session], world: World) -> None:
    day = world_day(world)
    wanted = {session_id(name, world, day): words for name, words in told.items()}
    assert sorted(found) == sorted(wanted)
    for name, words in wanted.items():
        facts = {"status": words} if isinstance(words, str) else words
        for fact, text in facts.items():
            assert told_of(found[name], fact) == meant(fact, text, world, day), f"{name} {fact}"


def world_day(world: World) -> str:
    return wall(world.window[0], world.zone).date().isoformat()


def at(text: str, world: World, day: str) -> int:
    return instant(text if "T" in text else f"{day}T{text}", world.zone)


def session_id(name: str, world: World, day: str) -> str:
    """`detected workshop 09:00` stands for the id with the instant in ns."""
    if not name.startswith("detected "):
        return name
    _, room, start = name.split()
    return f"detected:{room}:{at(start, world, day)}"


def told_of(session: Session, fact: str) -> object:
    if fact == "coverage":
        return Fraction(session.known_ns, session.base_ns)
    if fact == "confidence":
        return loose(session).confidence
    if fact == "busy":
        return session.busy_ns
    if fact == "length":
        return session.end - session.start
    return getattr(session, fact)


def meant(fact: str, text: Any, world: World, day: str) -> object:
    def evidence() -> frozenset[tuple[Any, ...]]:
        spans = (part.split() for part in listed(text))
        return frozenset((name, *(at(one, world, day) for one in span.split(".."))) for name, span in spans)

    readers: dict[str, Callable[[], object]] = {
        "coverage": lambda: Fraction(*(length(part) for part in text.split("/"))),
        "confidence": lambda: Fraction(text).limit_denominator(10**6),
        "busy": lambda: length(text),
        "length": lambda: length(text),
        "learners": lambda: int(text),
        "stations": lambda: int(text),
        "used_stations": lambda: int(text),
        "used": lambda: frozenset(listed(text)),
        "evidence": evidence,
        "status": lambda: text,
        "original": lambda: text,
        "rule": lambda: text,
    }
    return readers[fact]()
