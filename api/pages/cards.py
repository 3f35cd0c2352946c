"""What the board shows of one equipment: a card, made from its picture in one language.

Two cards are equal when nothing that can be seen differs, save the time that goes by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from api.pages.texts import Texts
from edge.picture import CurrentJob, LastValue, LinkState, Picture
from telemetry.model import NS_PER_MS, Instant, Source, State

MAX_VALUES = 3
"""Values on a card: one row that can still be read across a room."""

_FIRST_CHANNELS = (
    *("tool0_temperature", "bed_temperature", "chamber_temperature"),
    *("power", "energy_today", "energy", "feed_rate", "spindle_speed", "work_x", "work_y", "work_z"),
    *("temperature", "humidity", "water_temperature", "air_temperature", "ph", "drops", "angle", "heart_rate", "ecg"),
    *("voltage", "current"),
)
"""What a person looks for first; the others follow by name."""

_TELLING = frozenset({Source.NO_DATA, Source.EXPIRED, Source.GATEWAY, Source.LINK})
_WITHOUT_DATA = frozenset({State.OFFLINE, State.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Value:
    """One measured value as it is read: label, number, unit, and what it shall become where that is told."""

    label: str
    number: str
    unit: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class JobLine:
    """The current job; `percent` is 0 to 100 where the device tells it."""

    name: str
    percent: int | None
    percent_text: str
    paused: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One equipment on the board."""

    id: str
    name: str
    state: str
    state_text: str
    since_ms: int | None
    since_text: str
    detail: str
    job: JobLine | None
    values: tuple[Value, ...]
    more_values: int
    stale: bool
    link: str
    link_text: str
    discovered: bool
    elapsed: str = field(compare=False)


def card_of(picture: Picture, texts: Texts, now: Instant) -> Card:
    """The card of one equipment at `now`."""
    state = picture.state.word
    detail = _detail(picture, texts)
    link, link_text = link_words(picture.link, texts)
    if picture.link is not None and not picture.link.up and texts.said(picture.link.reason) == detail:
        link_text = texts("link.down")  # why is said once
    targets = targets_of(one.channel for one in picture.channels)
    wanted = {str(one.channel): one.v for one in picture.channels if one.channel in targets.values()}
    measured = sorted((one for one in picture.channels if one.channel not in wanted), key=lambda one: rank(one.channel))
    shown = measured[:MAX_VALUES]
    return Card(
        id=picture.id,
        name=picture.name,
        state=state,
        state_text=texts(f"state.{state}"),
        since_ms=None if picture.since is None else picture.since // NS_PER_MS,
        since_text="" if picture.since is None else texts.since(picture.since, now),
        detail=detail,
        job=None if picture.job is None else job_line(picture.job, texts),
        values=tuple(value_of(one, texts, wanted.get(targets.get(one.channel, ""), 0.0)) for one in shown),
        more_values=len(measured) - len(shown),
        stale=picture.state in _WITHOUT_DATA,
        link=link,
        link_text=link_text,
        discovered=not picture.configured,
        elapsed="" if picture.since is None else texts.duration(now - picture.since),
    )


def rank(channel: str) -> tuple[int, str]:
    """Sorts channels as a person looks for them."""
    if channel in _FIRST_CHANNELS:
        return _FIRST_CHANNELS.index(channel), channel
    return len(_FIRST_CHANNELS) + channel.endswith("_target"), channel


def targets_of(channels: Iterable[str]) -> dict[str, str]:
    """Which channel says what another shall become: `bed_temperature` and `bed_target`."""
    known = set(channels)
    pairs = ((name, f"{name.removesuffix('_temperature')}_target") for name in known if name.endswith("_temperature"))
    return {name: target for name, target in pairs if target in known}


def value_of(value: LastValue, texts: Texts, target: float = 0.0) -> Value:
    """A channel's newest value; a target of 0 is none, and beside one a whole number tells enough."""
    return Value(
        texts.word("channel", value.channel),
        texts.number(value.v, 0) if target else texts.measured(value.v, value.unit),
        texts.unit(value.unit),
        texts.number(target, 0) if target else "",
    )


def job_line(job: CurrentJob, texts: Texts) -> JobLine:
    """The current job's line."""
    share = job.progress
    percent = None if share is None else min(max(int(share * 100), 0), 100)
    text = texts("job.paused") if job.paused else "" if share is None else texts.percent(min(max(share, 0.0), 1.0))
    return JobLine(job.name or texts("job.unnamed"), percent, text, job.paused)


def _detail(picture: Picture, texts: Texts) -> str:
    """Why it is in this state: our own words where the gateway says so, else the device's."""
    if picture.state is State.UNKNOWN and picture.source in _TELLING:
        return texts(f"unknown.{picture.source.word}")
    return texts.said(picture.reason)


def link_words(link: LinkState | None, texts: Texts) -> tuple[str, str]:
    """The link's mark (`up`, `down`, `unknown`) and its words."""
    if link is None:
        return "unknown", texts("link.unknown")
    if link.up:
        return "up", texts("link.up")
    return "down", texts("link.down_reason", reason=texts.said(link.reason)) if link.reason else texts("link.down")
