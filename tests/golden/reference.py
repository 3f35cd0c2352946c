"""The domain's definitions word by word, in plain Python, as slow as they are obvious.

Nothing here uses numpy or the product. Time is cut at every instant at which anything may change, and every piece is
asked on its own: in which state, in which lesson, within which hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from tests.golden.world import NS, SOURCES, STATES, Bound, Device, Rule, World, wall

FIRST_RULE = Rule("1", -(2**63))


@dataclass(frozen=True)
class Lesson:
    id: str
    start: int
    end: int
    room: str
    devices: tuple[Device, ...]
    learners: int
    kind: str
    cancelled: bool


@dataclass(frozen=True)
class Ratio:
    """`known` and `base` make its coverage."""

    numerator: int
    denominator: int
    known: int
    base: int


@dataclass(frozen=True)
class Session:
    id: str
    start: int
    end: int
    status: str
    original: str
    rule: str
    busy_ns: int
    known_ns: int
    base_ns: int
    confidence: Fraction
    used: frozenset[str]
    evidence: frozenset[tuple[str, int, int]]
    learners: int
    stations: int
    used_stations: int
    counts: bool


# --- states


def state_at(world: World, device: str, ns: int) -> tuple[str, str]:
    """State and source of an equipment at an instant."""
    said = [c for c in world.changes if c.equipment == device and c.at <= ns]
    if not said:
        return "unknown", "no_data"
    last = max(said, key=lambda c: (c.at, SOURCES.index(c.source), STATES.index(c.state), c.valid_ns or 2**63))
    if last.valid_ns and ns >= last.at + last.valid_ns:
        return "unknown", "expired"
    return last.state, last.source


def instants(world: World, lessons: list[Lesson], *more: int) -> list[int]:
    """Every instant at which something may change."""
    found = {*more, *world.window, world.now}
    for c in world.changes:
        found |= {c.at, c.at + c.valid_ns}
    for lesson in lessons:
        rule = rule_of(world, lesson.start)
        found |= {lesson.start, lesson.end, lesson.start - rule.before_ns, lesson.end + rule.after_ns}
    for start, end in opening(world):
        found |= {start, end}
    for _, start, end in world.maintenance:
        found |= {start, end}
    return sorted(found)


def pieces(cuts: list[int], start: int, end: int) -> list[tuple[int, int]]:
    inside = [start, *(at for at in cuts if start < at < end), end]
    return [(a, b) for a, b in pairwise(inside) if a < b]


# --- the calendar


def utc_ns(day: date, minute: int, zone: str) -> int:
    """The first instant at which the clock shows that minute of the day, or later."""
    naive = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 - a wall time
    tz = ZoneInfo(zone)
    moment = naive.replace(tzinfo=tz).astimezone(UTC)
    if moment.astimezone(tz).replace(tzinfo=None) != naive:  # the clock skips it
        before = naive.replace(tzinfo=tz, fold=1).astimezone(UTC)
        while before.astimezone(tz).replace(tzinfo=None) < naive:
            before += timedelta(minutes=1)
        moment = before
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * NS["s"]


def some_days(world: World) -> list[date]:
    first = wall(world.window[0], world.zone).date() - timedelta(days=3)
    last = wall(world.window[1], world.zone).date() + timedelta(days=2)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def weekday(world: World, day: date) -> int:
    return world.moved.get(day, day.weekday())


def week_of(world: World, day: date) -> str | None:
    """`a` or `b`; None outside terms."""
    for term in world.terms:
        if term.days.hold(day):
            if term.weeks == "iso":
                second = day.isocalendar().week % 2 == 0
            else:
                monday = term.days.first - timedelta(days=term.days.first.weekday())
                second = (day - monday).days // 7 % 2 == 1
            return term.first if not second else {"a": "b", "b": "a"}[term.first]
    return None


def bell(world: World, day: date, number: int) -> tuple[int, int] | None:
    rung = [b for b in world.bells if weekday(world, day) in b.weekdays and b.days.hold(day)]
    if not rung:
        return None
    return min(rung, key=lambda b: (b.days.last - b.days.first, -b.days.first.toordinal())).times.get(number)


def opening(world: World) -> list[tuple[int, int]]:
    closed = [h.days for h in world.holidays if h.closed]
    return [
        (utc_ns(day, first, world.zone), utc_ns(day, last, world.zone))
        for day in some_days(world)
        if not any(days.hold(day) for days in closed)
        for weekdays, (first, last) in world.opening
        if weekday(world, day) in weekdays
    ]


def lessons_of(world: World) -> list[Lesson]:
    """Every lesson that meets the window."""
    found = []
    for day in some_days(world):
        week, free = week_of(world, day), any(h.days.hold(day) for h in world.holidays)
        for slot in world.slots:
            on_its_day = weekday(world, day) == slot.weekday and slot.days.hold(day) and slot.weeks in ("both", week)
            if week and not free and on_its_day:
                name = f"{slot.id}:{day.isoformat()}"
                found += lesson(world, name, day, world.substitutions.get(name, slot.bound))
        for name, (its_day, bound) in world.one_offs.items():
            if its_day == day:
                found += lesson(world, name, day, bound)
    inside = [one for one in found if one.start < world.window[1] and one.end > world.window[0]]
    return sorted(inside, key=lambda one: (one.start, one.end, one.id))


def lesson(world: World, name: str, day: date, bound: Bound) -> list[Lesson]:
    times = bound.times or bell(world, day, bound.number)
    if times is None:
        return []
    start, end = (utc_ns(day, minute, world.zone) for minute in times)
    named = [d for d in world.devices if d.id in bound.equipment]
    devices = tuple(named if bound.equipment else [d for d in world.devices if d.room and d.room == bound.room])
    made = Lesson(name, start, end, bound.room, devices, bound.learners, bound.kind, name in world.cancelled)
    return [made] if start < end else []


# --- utilisation


def states(world: World, device: str) -> dict[str, int]:
    """Time in each state."""
    sums = dict.fromkeys(STATES, 0)
    for start, end in pieces(instants(world, []), *world.window):
        sums[state_at(world, device, start)[0]] += end - start
    return sums


def ratios(world: World, devices: list[Device]) -> dict[str, Ratio]:
    """Every ratio of some equipment together: sums first, then one division."""
    lessons, hours = [one for one in lessons_of(world) if not one.cancelled], opening(world)
    sums: dict[str, int] = {}

    def add(name: str, ns: int) -> None:
        sums[name] = sums.get(name, 0) + ns

    for device in devices:
        for start, end in pieces(instants(world, lessons), *world.window):
            ns, state = end - start, state_at(world, device.id, start)[0]
            is_open = any(a <= start < b for a, b in hours)
            taught = any(one.start <= start < one.end and device in one.devices for one in lessons)
            served = any(name == device.id and a <= start < b for name, a, b in world.maintenance)
            add(f"calendar {state}", ns)
            if is_open:
                add(f"scheduled {state}", ns)
            if taught and not served:
                add(f"timetabled {state}", ns)
                add(f"stations {state}", ns * device.stations)

    def total(base: str, *but: str) -> int:
        return sum(sums.get(f"{base} {state}", 0) for state in STATES if state not in but)

    def ratio(base: str, numerator: int, *without: str) -> Ratio:
        return Ratio(numerator, total(base, *without), total(base, "unknown"), total(base))

    busy = {b: sums.get(f"{b} busy", 0) for b in ("calendar", "scheduled", "timetabled", "stations")}
    return {
        "utilisation_timetable": ratio("timetabled", busy["timetabled"], "unknown"),
        "utilisation_scheduled": ratio("scheduled", busy["scheduled"], "unknown", "maintenance"),
        "utilisation_calendar": ratio("calendar", busy["calendar"]),
        "availability": ratio("scheduled", total("scheduled", "unknown", "fault", "maintenance"), "unknown"),
        "station_utilisation": ratio("stations", busy["stations"]),
    }


# --- practical sessions


def rule_of(world: World, start: int) -> Rule:
    """The rule in force at an instant."""
    rules = sorted(rules_of(world), key=lambda rule: (rule.effective_from, rule.version))
    return [rule for rule in rules if rule.effective_from <= start][-1]


def rules_of(world: World) -> list[Rule]:
    """The rules of a world, and what comes with the product for the time before the first of them."""
    ever = any(rule.effective_from == FIRST_RULE.effective_from for rule in world.rules)
    return [*world.rules] if ever else [FIRST_RULE, *world.rules]


def busy_pieces(world: World, device: str, start: int, end: int) -> list[tuple[int, int]]:
    """When it was busy in [start, end), as far as the window and `now` allow."""
    end = min(end, world.now, world.window[1])
    start = max(start, world.window[0])
    found = []
    for a, b in pieces(instants(world, []), start, max(end, start)):
        if state_at(world, device, a)[0] == "busy":
            found.append((a, b))
    return found


def known_ns(world: World, device: str, start: int, end: int) -> int:
    start, end = max(start, world.window[0]), min(end, world.window[1])
    parts = pieces(instants(world, []), start, max(start, end))
    return sum(b - a for a, b in parts if state_at(world, device, a)[0] != "unknown")


def amount(parts: list[tuple[int, int]]) -> int:
    return sum(b - a for a, b in parts)


def needed(rule: Rule, ns: int) -> int:
    return max(rule.busy_min_ns, 1, round(Fraction(rule.busy_part) * ns))


def sessions_of(world: World) -> list[Session]:
    lessons = lessons_of(world)
    judged = [judge(world, one) for one in lessons]
    for room in sorted({d.room for d in world.devices if d.room}):
        for rule in {rule_of(world, rule.effective_from) for rule in rules_of(world)}:
            judged += [
                propose(world, room, start, end)
                for start, end in detect(world, room, lessons, rule)
                if rule_of(world, start) == rule
            ]
    return [corrected(world, one) for one in judged]


def judge(world: World, lesson: Lesson) -> Session:
    rule = rule_of(world, lesson.start)
    busy = {
        d.id: busy_pieces(world, d.id, lesson.start - rule.before_ns, lesson.end + rule.after_ns)
        for d in lesson.devices
    }
    need, passed = needed(rule, lesson.end - lesson.start), max(min(world.now, lesson.end), lesson.start)
    known = sum(known_ns(world, d.id, lesson.start, passed) for d in lesson.devices)
    base = (passed - lesson.start) * len(lesson.devices)
    coverage = Fraction(known, base) if base else Fraction(0)
    most = max((amount(parts) for parts in busy.values()), default=0)
    if lesson.cancelled:
        status, sure = "cancelled", Fraction(1)
    elif most >= need and lesson.start <= world.now:
        status, sure = "confirmed_by_telemetry", min(Fraction(most, 2 * need), Fraction(1)) * (1 + coverage) / 2
    elif lesson.end > world.now:
        status, sure = "planned", Fraction(0)
    elif base and coverage >= Fraction(rule.coverage_min):
        status, sure = "unconfirmed", (1 - Fraction(most, need)) * coverage
    else:
        status, sure = "no_data", Fraction(0)
    good = status == "confirmed_by_telemetry"
    used = [d for d in lesson.devices if good and amount(busy[d.id]) >= need]
    return Session(
        id=lesson.id,
        start=lesson.start,
        end=lesson.end,
        status=status,
        original=status,
        rule=rule.version,
        busy_ns=sum(amount(parts) for parts in busy.values()),
        known_ns=known,
        base_ns=base,
        confidence=sure,
        used=frozenset(d.id for d in used),
        evidence=frozenset((name, *part) for name, parts in busy.items() for part in joined(parts, 0) if good),
        learners=lesson.learners,
        stations=sum(d.stations for d in lesson.devices),
        used_stations=sum(d.stations for d in used),
        counts=lesson.kind == "lesson",
    )


def joined(parts: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """Neighbours with a pause of at most `gap` as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if found and start - found[-1][1] <= gap:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def detect(world: World, room: str, lessons: list[Lesson], rule: Rule) -> list[tuple[int, int]]:
    """Several devices of the room active at a time, outside their lessons."""
    devices = [d for d in world.devices if d.room == room]
    active: dict[str, list[tuple[int, int]]] = {
        d.id: joined(busy_pieces(world, d.id, *world.window), rule.detect_gap_ns) for d in devices
    }
    cuts = sorted({at for parts in active.values() for part in parts for at in part} | set(instants(world, lessons)))
    together = []
    for start, end in pieces(cuts, *world.window):
        running = 0
        for d in devices:
            announced = any(
                d in one.devices
                and not one.cancelled
                and one.start - rule_of(world, one.start).before_ns <= start
                and start < min(one.end + rule_of(world, one.start).after_ns, world.now)
                for one in lessons
            )
            running += not announced and any(a <= start < b for a, b in active[d.id])
        if running >= rule.detect_devices:
            together.append((start, end))
    found = joined(together, rule.detect_gap_ns)
    return [(a, b) for a, b in found if rule.detect_min_ns <= b - a <= rule.detect_max_ns]


def propose(world: World, room: str, start: int, end: int) -> Session:
    rule = rule_of(world, start)
    devices = [d for d in world.devices if d.room == room]
    busy = {d.id: busy_pieces(world, d.id, start, end) for d in devices}
    base, known = (end - start) * len(devices), sum(known_ns(world, d.id, start, end) for d in devices)
    need, running = needed(rule, end - start), sum(bool(parts) for parts in busy.values())
    used = [d for d in devices if amount(busy[d.id]) >= need]
    return Session(
        id=f"detected:{room}:{start}",
        start=start,
        end=end,
        status="detected",
        original="detected",
        rule=rule.version,
        busy_ns=sum(amount(parts) for parts in busy.values()),
        known_ns=known,
        base_ns=base,
        confidence=min(Fraction(running, 2 * rule.detect_devices), Fraction(1)) * (1 + Fraction(known, base)) / 2,
        used=frozenset(d.id for d in used),
        evidence=frozenset((name, *part) for name, parts in busy.items() for part in joined(parts, 0)),
        learners=0,
        stations=sum(d.stations for d in devices),
        used_stations=sum(d.stations for d in used),
        counts=True,
    )


def corrected(world: World, session: Session) -> Session:
    said = [c for c in world.corrections if c.session == session.id]
    status, sure = session.status, session.confidence
    if said:
        order = (
            "planned",
            "cancelled",
            "no_data",
            "unconfirmed",
            "detected",
            "confirmed_by_telemetry",
            "confirmed_manually",
        )
        status = max(said, key=lambda c: (c.at, order.index(c.status), c.author, c.reason)).status
        sure = Fraction(1)
    counts = session.counts and status in ("confirmed_by_telemetry", "confirmed_manually")
    learners = world.attendance.get(session.id, session.learners)
    values = {name: getattr(session, name) for name in Session.__dataclass_fields__}
    return Session(**{**values, "status": status, "confidence": sure, "counts": counts, "learners": learners})


def learner_ns(sessions: list[Session]) -> int:
    return sum(one.learners * (one.end - one.start) for one in sessions if one.counts)
