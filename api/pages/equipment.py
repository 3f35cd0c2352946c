"""What the page of one equipment shows: who it is, how it is, and what it did over a window.

It words what it is handed; states, totals and jobs come from the store and the kernels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.board import ORDER, room_name
from api.pages.cards import Card, card_of, rank, targets_of
from api.pages.texts import Texts
from api.pages.windows import Span
from edge.picture import Picture
from edge.settings import Centre
from edge.store.contract import ChannelInfo, Job
from telemetry.model import Instant, JobOutcome, LinkChanged, State

MAX_ROWS = 50
"""Rows of a table on a page; programs get the rest from the API."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line about an equipment."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Total:
    """Time in one state: words, and its part of the window."""

    state: str
    text: str
    time: str
    share: float
    share_text: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job of a table."""

    name: str
    started: str
    lasted: str
    outcome: str
    outcome_text: str
    reason: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One change of the link."""

    at: str
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One channel to be drawn, with the one that says what it shall become, where there is one."""

    channel: str
    label: str
    unit: str
    target: str


@dataclass(frozen=True, slots=True)
class History:
    """An equipment over a window."""

    span: Span
    totals: tuple[Total, ...]
    total: str
    jobs: tuple[JobRow, ...]
    more_jobs: int
    links: tuple[LinkRow, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """An equipment now."""

    card: Card
    facts: tuple[Fact, ...]
    charts: tuple[Chart, ...]


def profile_of(
    picture: Picture, channels: Sequence[ChannelInfo], *, centre: Centre, texts: Texts, now: Instant
) -> Profile:
    """Who the equipment is, how it is now, and what it measures."""
    targets = targets_of(one.channel for one in channels)
    drawn = sorted((one for one in channels if one.channel not in targets.values()), key=lambda one: rank(one.channel))
    charts = tuple(
        Chart(one.channel, texts.word("channel", one.channel), texts.unit(one.unit), targets.get(one.channel, ""))
        for one in drawn
    )
    return Profile(card_of(picture, texts, now), _facts(picture, centre, texts, now), charts)


def _facts(picture: Picture, centre: Centre, texts: Texts, now: Instant) -> tuple[Fact, ...]:
    seen = picture.last_seen_at
    told = (
        ("kind", texts(f"kind.{picture.kind.value}")),
        ("room", room_name(picture.room, centre, texts)),
        ("track", centre.tracks.get(picture.track, picture.track)),
        ("inventory_number", picture.inventory_number),
        ("driver", picture.driver),
        ("source", "" if picture.state is State.UNKNOWN else texts(f"source.{picture.source.word}")),
        ("last_seen", texts("equipment.never") if seen is None else texts.moment(seen, now)),
    )
    return tuple(Fact(texts(f"equipment.{label}"), text) for label, text in told if text)


def totals_of_page(totals_ns: Sequence[int], texts: Texts) -> tuple[Total, ...]:
    """States that took any time, in the board's order; `totals_ns` is by code of `State`."""
    whole = sum(totals_ns)
    by_word = {state.word: totals_ns[state] for state in State}
    return tuple(
        Total(word, texts(f"state.{word}"), texts.exact(ns), ns / whole * 100, texts.share(ns / whole))
        for word in ORDER
        if (ns := by_word[word])
    )


def job_rows(jobs: Sequence[Job], texts: Texts, now: Instant) -> tuple[JobRow, ...]:
    """The newest jobs first."""
    newest = sorted(jobs, key=lambda job: job.started, reverse=True)[:MAX_ROWS]
    return tuple(
        JobRow(
            name=job.name or texts("job.unnamed"),
            started=texts.moment(job.started, now),
            lasted=texts.exact((job.ended or now) - job.started),
            outcome="running" if job.outcome is JobOutcome.NONE else job.outcome.word,
            outcome_text=texts(f"outcome.{job.outcome.word}"),
            reason=texts.said(job.reason),
        )
        for job in newest
    )


def link_rows(links: Sequence[LinkChanged], texts: Texts, now: Instant) -> tuple[LinkRow, ...]:
    """The newest changes first."""
    return tuple(_link_row(link, texts, now) for link in reversed(links))


def _link_row(link: LinkChanged, texts: Texts, now: Instant) -> LinkRow:
    if link.up:
        return LinkRow(texts.moment(link.at, now), "up", texts("link.up"))
    text = texts("link.down_reason", reason=texts.said(link.reason)) if link.reason else texts("link.down")
    return LinkRow(texts.moment(link.at, now), "down", text)


def chart_words(texts: Texts) -> dict[str, str]:
    """What the chart's script says: states, and its few sentences."""
    states = {state.word: texts(f"state.{state.word}") for state in State}
    return states | {name: texts(f"history.{name}") for name in ("timeline", "no_readings", "chart_failed", "target")}
