"""The indicators as docs/indicators.md defines them, word by word, in plain Python, as slow as they are obvious.

Nothing here uses numpy or the product. Each value is asked anew from the entries for one window of days: which of them
count, with whom, under which keys, and how that is known. Sessions and time in states come from the golden reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from tests.golden import reference
from tests.golden.reference import Session
from tests.golden.world import (
    Bells,
    Bound,
    Change,
    Correction,
    Days,
    Device,
    Holiday,
    Rule,
    Slot,
    Term,
    World,
    instant,
    minutes,
    wall,
)
from tests.golden.year.files import Entries, Value, Year

FAR = date(2200, 1, 1)
HOW = ("telemetry", "timetable", "register", "manual")
Window = tuple[date, date]


@dataclass(frozen=True)
class Row:
    """One fact that counts in a window."""

    kind: str
    id: str
    amount: int = 1
    base: int = 0
    people: frozenset[str] = frozenset()
    unlisted: int = 0
    how: str = "register"
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)


def keys(**named: object) -> dict[str, frozenset[str]]:
    """Keys by dimension; a list has several, nothing has none."""
    listed = {by: [value] if isinstance(value, str) else list(value) for by, value in named.items()}  # type: ignore[call-overload]  # a word or words
    return {by: frozenset(one for one in words if one) for by, words in listed.items()}


@dataclass(frozen=True)
class Lesson:
    """A session with what its slot says of it."""

    session: Session
    day: date
    words: Mapping[str, Any]

    @property
    def held(self) -> bool:
        return self.session.status in ("confirmed_by_telemetry", "confirmed_manually")

    @property
    def how(self) -> str:
        return "telemetry" if self.session.status == "confirmed_by_telemetry" else "timetable"

    def said(self, name: str) -> str:
        return str(self.words.get(name, ""))


def quarter(year: int, number: int) -> Window:
    after = date(year + number // 4, number % 4 * 3 + 1, 1)
    return date(year, 3 * number - 2, 1), after - timedelta(days=1)


def to_date(year: int, number: int) -> Window:
    return date(year, 1, 1), quarter(year, number)[1]


def both(one: Window, other: Window) -> Window | None:
    days = max(one[0], other[0]), min(one[1], other[1])
    return days if days[0] <= days[1] else None


class Reference:
    """A year's entries and changes as of `now`."""

    def __init__(self, year: Year, *, entries: Entries, changes: tuple[Change, ...], now: int) -> None:
        self.year, self.entries, self.changes, self.now = year, entries, changes, now
        self.today = wall(now, year.zone).date()

    # --- what was entered

    def all(self, kind: str) -> dict[str, Any]:
        return dict(self.entries.get(kind, {}))

    def days(self, entry: Mapping[str, Any]) -> Window:
        if "day" in entry:
            return date.fromisoformat(entry["day"]), date.fromisoformat(entry["day"])
        first = date.fromisoformat(entry.get("first_day", "1900-01-01"))
        return first, date.fromisoformat(entry["last_day"]) if "last_day" in entry else FAR

    def met(self, days: Window, window: Window) -> Window | None:
        return both(days, window) if days[0] <= self.today else None

    def people(self, entry: Mapping[str, Any]) -> tuple[frozenset[str], int]:
        listed = frozenset(entry.get("learners", ()))
        return listed, int(entry.get("count", len(listed))) - len(listed)

    def program(self, group: str) -> tuple[str, Mapping[str, Any]]:
        name = self.all("group")[group].get("program", "")
        return name, self.all("program").get(name, {})

    def partner(self, group: str) -> str:
        return str(self.all("group")[group].get("partner", "") or self.program(group)[1].get("partner", ""))

    def in_force(self, partner: str, days: Window) -> list[Window]:
        found = [both(self.days(one), days) for one in self.all("network_agreement").values()
                 if partner and one["partner"] == partner]  # fmt: skip
        return [one for one in found if one]

    # --- what machines told

    def world(self, window: Window) -> World:
        start, end = self.instant(window[0]), self.instant(window[1] + timedelta(days=1))
        said = self.all("session_correction").values()
        return World(
            zone=self.year.zone,
            window=(start, end),
            now=self.now,
            devices=tuple(Device(name, one["room"]) for name, one in self.year.told["equipment"].items()),
            changes=self.changes,
            terms=tuple(Term(one["name"], Days(*self.days(one))) for one in self.all("term").values()),
            holidays=tuple(Holiday(Days(*self.days(one))) for one in self.all("holiday").values()),
            bells=tuple(map(_bells, self.all("bell_schedule").values())),
            moved={date.fromisoformat(one["day"]): int(one["weekday"]) - 1 for one in self.all("moved_day").values()},
            slots=tuple(
                Slot(name, int(one["weekday"]) - 1, "both", Days(*self.days(one)), _bound(one))
                for name, one in self.all("slot").items()
            ),
            substitutions={
                f"{one['slot']}:{one['day']}": _bound({**self.all("slot")[one["slot"]], **one})
                for one in self.all("substitution").values()
            },
            cancelled=frozenset(one["lesson"] for one in self.all("cancellation").values()),
            one_offs={name: (date.fromisoformat(one["day"]), _bound(one)) for name, one in self.all("one_off").items()},
            opening=(),
            maintenance=tuple(
                (name, self.year.at(one["start"]), self.year.at(one["end"]))
                for one in self.all("planned_maintenance").values()
                for name in one["equipment"]
            ),
            rules=(Rule("1", self.instant(date(2025, 9, 1))),),
            corrections=tuple(
                Correction(one["session"], instant(one["at"], "UTC"), one["status"], one["author"], one["reason"])
                for one in said
            ),
            attendance={one["session"]: int(one["count"]) for one in self.all("attendance").values()},
        )

    def instant(self, day: date) -> int:
        return self.year.at(f"{day.isoformat()}T00:00")

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """Every session of the year and the nights around it that has begun."""
        world = self.world((date(2025, 10, 1), date(2027, 1, 31)))
        return tuple(
            Lesson(one, wall(one.start, self.year.zone).date(), self.words(one))
            for one in reference.sessions_of(world)
            if one.start <= self.now
        )

    def words(self, session: Session) -> Mapping[str, Any]:
        """Of the slot, its substitution of that day, or the one-off; of a detected one its room alone."""
        if session.id.startswith("detected:"):
            return {"room": session.id.split(":")[1]}
        name, _, day = session.id.partition(":")
        if not day:
            return self.inherited(self.all("one_off")[name])
        swapped = [one for one in self.all("substitution").values() if (one["slot"], one["day"]) == (name, day)]
        return self.inherited({**self.all("slot")[name], **(swapped[0] if swapped else {})})

    def inherited(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a lesson leaves open it has from its group, then from its program."""
        group = self.all("group").get(said.get("group", ""), {})
        named = said.get("program") or group.get("program", "")
        program = self.all("program").get(named, {})
        partner = said.get("partner") or group.get("partner") or program.get("partner", "")
        form = said.get("form", "in_person")
        if form == "in_person":
            form = program.get("form", "in_person")
        return {**said, "program": named, "partner": partner, "form": form}

    def standing(self, name: str, value: str, days: Window) -> list[Lesson]:
        """Lessons of a group, program or partner that stand in the timetable."""
        return [one for one in self.lessons if value and one.said(name) == value and days[0] <= one.day <= days[1]
                and one.session.status not in ("cancelled", "detected")]  # fmt: skip

    def used(self, name: str, value: str, days: Window) -> set[str]:
        return {one for lesson in self.standing(name, value, days) if lesson.held for one in lesson.session.used}

    # --- quantitative

    def programs(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("program").items():
            if days := self.met(self.days(one), window):
                how = min((lesson.how for lesson in self.standing("program", name, days)), key=HOW.index,
                          default="register")  # fmt: skip
                told = keys(track=one.get("track", ""), level=one.get("level", ""), partner=one.get("partner", ""),
                            form=one.get("form", "in_person"), equipment=self.used("program", name, days),
                            category=self.enrolled_in(name, days))  # fmt: skip
                yield Row("program", name, how=how, keys=told)

    def enrolled_in(self, program: str, days: Window) -> set[str]:
        return {
            one.get("category", "learner")
            for one in self.all("enrolment").values()
            if self.program(one["group"])[0] == program and self.met(self.days(one), days)
        }

    def enrolled(self, one: Mapping[str, Any], days: list[Window]) -> dict[str, frozenset[str]]:
        name, program = self.program(one["group"])
        used = {each for some in days for each in self.used("group", one["group"], some)}
        return keys(
            track=program.get("track", ""), level=program.get("level", ""), program=name, group=one["group"],
            partner=self.partner(one["group"]), category=one.get("category", "learner"),
            form=program.get("form", "in_person"), equipment=used,
        )  # fmt: skip

    def learners(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("enrolment").items():
            if days := self.met(self.days(one), window):
                people, unlisted = self.people(one)
                yield Row("enrolment", name, people=people, unlisted=unlisted, keys=self.enrolled(one, [days]))

    def agreements(self, window: Window) -> Iterator[Row]:
        for row in self.agreements_at_work(window):
            one = self.all("network_agreement")[row.id]
            days = both(self.days(one), window)
            assert days is not None
            yield Row("network_agreement", row.id, keys={**row.keys, **self.touched(one["partner"], days)})

    def touched(self, partner: str, days: Window) -> dict[str, frozenset[str]]:
        """The keys of all that names a partner on some days."""
        programs = self.all("program")
        found: list[Mapping[str, frozenset[str]]] = []
        named = [(one.get("partner", ""), one) for one in programs.values()]
        named += [(one.get("partner", ""), programs[one["program"]]) for one in self.all("group").values()]
        for who, one in named:
            if who == partner and self.met(self.days(one), days):
                found.append(keys(track=one.get("track", ""), level=one.get("level", ""),
                                  form=one.get("form", "in_person")))  # fmt: skip
        found += [self.enrolled(one, []) for one in self.all("enrolment").values()
                  if self.partner(one["group"]) == partner and self.met(self.days(one), days)]  # fmt: skip
        found += [self.event_keys(one) for one in self.all("event").values()
                  if one.get("partner") == partner and self.met(self.event_days(one), days)]  # fmt: skip
        for name, one in self.all("participation").items():
            row = self.participation(name, one)
            if partner in row.keys["partner"] and self.met(self.event_days(self.all("event")[one["event"]]), days):
                found.append(row.keys)
        return {
            by: frozenset(key for each in found for key in each.get(by, ()))
            for by in ("track", "level", "form", "category")
        }

    def agreements_at_work(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("network_agreement").items():
            if days := self.met(self.days(one), window):
                held = [lesson for lesson in self.standing("partner", one["partner"], days) if lesson.held]
                events = [each for each in self.all("event").values() if each.get("partner") == one["partner"]
                          and self.met(self.event_days(each), days)]  # fmt: skip
                used = self.used("partner", one["partner"], days) | {
                    name for each in events for name in each.get("equipment", ())
                }
                how = min((lesson.how for lesson in held), key=HOW.index, default="register")
                told = keys(partner=one["partner"], equipment=used)
                yield Row("network_agreement", name, int(bool(held or events)), 1, how=how, keys=told)

    def event_days(self, event: Mapping[str, Any]) -> Window:
        first, last = self.days(event)
        return first, first if last == FAR else last

    def network_participants(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("enrolment").items():
            days = self.met(self.days(one), window)
            stretches = self.in_force(self.partner(one["group"]), days) if days else []
            if stretches := [days for days in stretches if days[0] <= self.today]:
                people, unlisted = self.people(one)
                yield Row("enrolment", name, people=people, unlisted=unlisted, keys=self.enrolled(one, stretches))
        for name, one in self.all("participation").items():
            days = self.met(self.event_days(self.all("event")[one["event"]]), window)
            if days and self.in_force(one.get("partner", ""), days):
                yield self.participation(name, one)

    def event_keys(self, one: Mapping[str, Any]) -> dict[str, frozenset[str]]:
        return keys(
            kind=one.get("event_kind", "other"), direction=one.get("direction", ""), level=one.get("level", ""),
            track=one.get("track", ""), partner=one.get("partner", ""), form=one.get("form", "in_person"),
            equipment=one.get("equipment", ()), software=one.get("software", ()),
        )  # fmt: skip

    def events(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("event").items():
            if self.met(self.event_days(one), window):
                came = [each.get("category", "learner") for each in self.all("participation").values()
                        if each["event"] == name]  # fmt: skip
                told = {**self.event_keys(one), **keys(category=came)}
                yield Row("event", name, int(_true(one, "practical")), 1, keys=told)

    def participation(self, name: str, one: Mapping[str, Any]) -> Row:
        event = self.event_keys(self.all("event")[one["event"]])
        partner = frozenset({one["partner"]}) if one.get("partner") else event["partner"]
        people, unlisted = self.people(one)
        told = {**event, "partner": partner, **keys(category=one.get("category", "learner"))}
        return Row("participation", name, people=people, unlisted=unlisted, keys=told)

    def event_participants(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("participation").items():
            if self.met(self.event_days(self.all("event")[one["event"]]), window):
                yield self.participation(name, one)

    def projects(self, window: Window) -> Iterator[Row]:
        runs = {one["run"]: one["equipment"] for one in self.year.told["runs"]}
        jobs = {f"{one['equipment']}/{one['job']}": one["equipment"] for one in self.year.told["jobs"]}
        for name, one in self.all("project").items():
            if self.met(self.days(one), window):
                proven = [runs[each] for each in one.get("runs", ())] + [jobs[each] for each in one.get("jobs", ())]
                told = keys(
                    kind=one.get("project_kind", "project"), track=one.get("track", ""), level=one.get("level", ""),
                    program=one.get("program", ""), partner=one.get("partner", ""),
                    category=one.get("category", "learner"), equipment=[*one.get("equipment", ()), *proven],
                    software=one.get("software", ()), form=self.of_program(one, "form", "in_person"),
                )  # fmt: skip
                good = _true(one, "practical") or _true(one, "shown_outside")
                yield Row("project", name, int(good), 1, how="telemetry" if proven else "register", keys=told)

    def of_program(self, one: Mapping[str, Any], name: str, unsaid: str = "") -> str:
        program = self.all("program").get(one.get("program", ""))
        return "" if program is None else str(program.get(name, unsaid))

    def achievements(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("achievement").items():
            if self.met(self.days(one), window):
                told = keys(level=one["level"], result=one["result"], category=one.get("category", "learner"),
                            track=one.get("track", ""), program=one.get("program", ""),
                            partner=self.of_program(one, "partner"), form=self.of_program(one, "form", "in_person"),
                            equipment=one.get("equipment", ()), software=one.get("software", ()))  # fmt: skip
                yield Row("achievement", name, int(one.get("count", 1)), keys=told)

    def mentoring_models(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("mentoring_model").items():
            if days := self.met(self.days(one), window):
                pairs = [self.pair_keys(each) for each in self.all("mentoring_pair").values()
                         if each["model"] == name and self.met(self.days(each), days)]  # fmt: skip
                told = {by: frozenset(key for each in pairs for key in each[by])
                        for by in ("category", "track", "equipment")}  # fmt: skip
                yield Row("mentoring_model", name, keys={**told, **keys(form=one["form"])})

    def pair_keys(self, one: Mapping[str, Any]) -> dict[str, frozenset[str]]:
        form = self.all("mentoring_model")[one["model"]]["form"]
        return keys(form=form, category=one.get("category", "learner"), track=one.get("track", ""),
                    equipment=one.get("equipment", ()))  # fmt: skip

    def mentoring_participants(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("mentoring_pair").items():
            if self.met(self.days(one), window):
                people, unlisted = self.people(one)
                told = self.pair_keys(one)
                done = _true(one, "completed") and ("last_day" not in one or self.days(one)[1] <= window[1])
                yield Row("mentoring_pair", name, int(done), 1, people, unlisted, keys=told)

    def volunteers(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("volunteering").items():
            if self.met(self.days(one), window):
                people, unlisted = self.people(one)
                told = keys(category=one.get("category", "learner"), direction=one.get("direction", ""),
                            equipment=one.get("equipment", ()))  # fmt: skip
                yield Row("volunteering", name, people=people, unlisted=unlisted, keys=told)

    def information_channels(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("information_channel").items():
            if days := self.met(self.days(one), window):
                told = [each for each in self.all("publication").values()
                        if each["channel"] == name and self.met(self.days(each), days)]  # fmt: skip
                told_of = keys(direction=[each["direction"] for each in told if "direction" in each],
                               equipment=[key for each in told for key in each.get("equipment", ())])  # fmt: skip
                yield Row("information_channel", name, keys={**keys(kind=one["channel_kind"]), **told_of})

    # --- qualitative

    def retention(self, window: Window) -> Iterator[Row]:
        for row in self.learners(window):
            one, there = self.all("enrolment")[row.id], len(row.people) + row.unlisted
            left = _true(one, "left_early") and self.days(one)[1] <= min(window[1], self.today)
            yield Row("enrolment", row.id, 0 if left else there, there, keys=row.keys)

    def publications(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("publication").items():
            if self.met(self.days(one), window):
                kind = self.all("information_channel")[one["channel"]]["channel_kind"]
                yield Row("publication", name, int(one.get("count", 1)),
                          keys=keys(kind=kind, direction=one.get("direction", ""),
                                    equipment=one.get("equipment", ())))  # fmt: skip

    def satisfaction(self, window: Window) -> Iterator[Row]:
        for name, one in self.all("survey").items():
            if self.met(self.days(one), window):
                track = self.all("program")[one["program"]].get("track", "")
                yield Row("survey", name, int(one["content"]), int(one["asked"]),
                          keys=keys(program=one["program"], track=track))  # fmt: skip

    # --- analytics

    def sessions(self, window: Window) -> Iterator[Row]:
        for lesson in self.lessons:
            if window[0] <= lesson.day <= window[1] and lesson.said("happening") != "event":
                yield Row("session", lesson.session.id, how=lesson.how, keys=self.session_keys(lesson))

    def session_keys(self, lesson: Lesson) -> dict[str, frozenset[str]]:
        program = self.all("program").get(lesson.said("program"), {})
        tracks = {one["room"]: one["track"] for one in self.year.told["equipment"].values()}
        return keys(
            status=lesson.session.status, track=program.get("track", "") or tracks.get(lesson.said("room"), ""),
            program=lesson.said("program"), partner=lesson.said("partner"), form=lesson.said("form"),
            level=program.get("level", ""), group=lesson.said("group"), room=lesson.said("room"),
            equipment=lesson.session.used,
        )  # fmt: skip

    def practical_sessions(self, window: Window) -> Iterator[Row]:
        held = {lesson.session.id for lesson in self.lessons if lesson.held}
        yield from (row for row in self.sessions(window) if row.id in held)

    def learner_hours(self, window: Window) -> Iterator[Row]:
        of = {lesson.session.id: lesson.session for lesson in self.lessons}
        for row in self.practical_sessions(window):
            one = of[row.id]
            yield Row("session", row.id, one.learners * (one.end - one.start), how=row.how, keys=row.keys)

    def utilisation(self, name: str, window: Window) -> Iterator[Row]:
        """A row for each machine: the days of a machine add up to it."""
        for device in self.world(window).devices:
            one = self.ratio(name, device, window)
            if one != (0, 0):
                yield Row("equipment_day", device.id, *one, how="telemetry", keys=self.device_keys(device.id))

    def coverage(self, name: str, window: Window) -> dict[str, tuple[int, int]]:
        """How much of its base is known of each machine that has any."""
        found = {one.id: self.whole_ratio(name, one, window) for one in self.world(window).devices}
        return {device: (one.known, one.base) for device, one in found.items() if one.base}

    def ratio(self, name: str, device: Device, window: Window) -> tuple[int, int]:
        found = self.whole_ratio(name, device, window)
        return found.numerator, found.denominator

    def whole_ratio(self, name: str, device: Device, window: Window) -> reference.Ratio:
        """Opening hours begin and end with their days, so that each stretch of them is asked on its own."""
        if name != "utilisation_scheduled":
            return reference.ratios(self.world(window), [device])[name]
        sums = [0, 0, 0, 0]
        for one in self.all("opening_hours").values():
            if days := both(self.days(one), window):
                hours = (frozenset(int(day) - 1 for day in one["weekdays"]), minutes(f"{one['start']}-{one['end']}"))
                world = World(**{**vars(self.world(days)), "opening": (hours,)})
                found = reference.ratios(world, [device])[name]
                told = found.numerator, found.denominator, found.known, found.base
                sums = [before + more for before, more in zip(sums, told, strict=True)]
        return reference.Ratio(*sums)

    def device_keys(self, name: str) -> dict[str, frozenset[str]]:
        one = self.year.told["equipment"][name]
        return keys(equipment=name, kind=one["kind"], track=one["track"], room=one["room"])

    def equipment_used(self, window: Window) -> Iterator[Row]:
        for row in self.utilisation("utilisation_calendar", window):
            if row.amount:
                yield Row("equipment_day", row.id, people=frozenset({row.id}), how="telemetry", keys=row.keys)

    def works(self, kind: str, window: Window) -> Iterator[Row]:
        for one in self.year.told[f"{kind}s"]:
            day = date.fromisoformat(one["start"][:10])
            if self.met((day, day), window):
                track = self.year.told["equipment"][one["equipment"]]["track"]
                told = keys(equipment=one["equipment"], track=track, result=one.get("outcome", "stopped"))
                yield Row(kind, one[kind], how="telemetry", keys=told)

    def rows(self, facts: str, window: Window) -> list[Row]:
        """What counts in a window, by the name that sets of indicators use."""
        other: Mapping[str, Callable[[], Iterator[Row]]] = {
            "practical_events": lambda: self.events(window),
            "projects_with_outcome": lambda: self.projects(window),
            "completed_pairs": lambda: self.mentoring_participants(window),
            "jobs": lambda: self.works("job", window),
            "runs": lambda: self.works("run", window),
        }
        if facts.startswith("utilisation"):
            return list(self.utilisation(facts, window))
        found: Iterator[Row] = other[facts]() if facts in other else getattr(self, facts)(window)
        return list(found)


def added(rows: list[Row], aggregation: str) -> Value:
    """What rows of a window add up to."""
    if aggregation == "count":
        return len(rows), None
    if aggregation == "unique":
        return len({one for row in rows for one in row.people}) + sum(row.unlisted for row in rows), None
    total = sum(row.amount for row in rows)
    return (total, None) if aggregation == "sum" else (total, sum(row.base for row in rows))


def split(rows: list[Row], aggregation: str, by: str) -> dict[str, Value]:
    """The same under each key; "" for rows without one."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        for key in row.keys.get(by) or {""}:
            found.setdefault(key, []).append(row)
    return {key: added(each, aggregation) for key, each in found.items()}


def how(rows: list[Row]) -> str:
    """The weakest proof."""
    return max((row.how for row in rows), key=HOW.index, default="register")


def _true(one: Mapping[str, Any], name: str) -> bool:
    return one.get(name) == "true"


def _bells(one: Mapping[str, Any]) -> Bells:
    times = {int(bell["lesson"]): minutes(f"{bell['start']}-{bell['end']}") for bell in one["bells"]}
    return Bells(frozenset(range(7)), times, Days())


def _bound(one: Mapping[str, Any]) -> Bound:
    timed = "start" in one
    return Bound(
        times=minutes(f"{one['start']}-{one['end']}") if timed else None,
        number=0 if timed else int(one["lesson"]),
        room=one.get("room", ""),
        equipment=tuple(one.get("equipment", ())),
        group=one.get("group", ""),
        learners=int(one.get("learners", 0)),
        kind=one.get("happening", "lesson"),
    )
