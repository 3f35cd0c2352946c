from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import icalendar
import pytest

from edge.clock import ManualClock
from edge.register.contract import Put, Remove
from edge.register.evidence import Attendance
from edge.register.lessons import Substitution
from edge.register.network import Enrolment
from tests.api.lab import NOW, Lab
from tests.api.school import DAY, SESSION, SLOT, school
from tests.api.school import TERM as TERM_NOW

WORD = {"author": "Петрова", "reason": "новый год"}
TERM = "/api/v1/register/term"
TIMETABLE = "/api/v1/timetable"


@pytest.fixture
def taught(lab: Lab) -> Lab:
    lab.enter(*school())
    return lab


def said(lab: Lab, method: str, path: str, body: dict[str, Any], version: int | None = None) -> Any:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return lab.client.request(method, path, json=WORD | body, headers=headers)


def test_entries_are_listed_by_id_with_who_and_why(taught: Lab) -> None:
    got = taught.get("/api/v1/register/slot")
    (slot,) = got["items"]
    assert (slot["id"], slot["version"], slot["author"], slot["reason"]) == ("mon-1", 1, "Иванова А. П.", "начало года")
    assert slot["value"]["room"] == "workshop"
    assert (got["register_version"], got["next"]) == (1, None)


def test_pages_of_entries_meet(taught: Lab) -> None:
    taught.enter(*(Put(f"a-{n}", Attendance(session=f"x-{n}", count=n)) for n in range(5)))
    seen: list[str] = []
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None:
        page = taught.get("/api/v1/register/attendance", limit=2, after=page["next"])
        seen += [one["id"] for one in page["items"]]
    assert seen == [f"a-{n}" for n in range(5)]


def test_an_entry_is_made_changed_and_removed_and_its_history_stays(taught: Lab) -> None:
    term = {"name": "2 четверть", "first_day": "2026-11-04", "last_day": "2026-12-28"}
    made = said(taught, "POST", TERM, {"id": "q2", "value": term})
    assert (made.status_code, made.headers["etag"], made.json()["version"]) == (201, '"1"', 1)
    changed = said(taught, "PUT", f"{TERM}/q2", {"value": term | {"last_day": "2026-12-29"}}, 1)
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert taught.get(f"{TERM}/q2")["value"]["last_day"] == "2026-12-29"
    gone = taught.client.delete(f"{TERM}/q2", params=WORD, headers={"If-Match": '"2"'})
    assert gone.status_code == 204
    assert taught.client.get(f"{TERM}/q2").status_code == 404
    history = taught.get(f"{TERM}/q2/history")["items"]
    assert [(one["version"], one["value"] and one["value"]["last_day"]) for one in history] == [
        (1, "2026-12-28"),
        (2, "2026-12-29"),
        (3, None),
    ]


MANUAL = {
    "set": "kvantorium-school",
    "number": "1.2",
    "year": 2026,
    "quarter": 3,
    "hundredths": 39_800,
    "reason": "список школы",
    "document": "приказ 5",
}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": "9.9"}, "number"),
        ({"set": "nope"}, "set"),
        ({"hundredths": 39_850}, "hundredths"),
        ({"number": "2.1", "hundredths": 10_100}, "hundredths"),
    ],
)
def test_a_value_by_hand_that_cannot_stand_is_refused_with_its_field(
    lab: Lab, wrong: dict[str, Any], field: str
) -> None:
    path = "/api/v1/register/manual_value"
    refused = said(lab, "POST", path, {"id": "hand", "value": MANUAL | wrong})
    assert refused.status_code == 422
    (fault,) = refused.json()["errors"]
    assert fault["field"] == f"manual_value hand.{field}"
    assert fault["fix"]
    assert said(lab, "POST", path, {"id": "hand", "value": MANUAL}).status_code == 201
    assert said(lab, "PUT", f"{path}/hand", {"value": MANUAL | wrong}, 1).status_code == 422
    assert lab.get(f"{path}/hand")["value"] == MANUAL


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        ("target", {"number": "9.9", "year": 2026, "target": 4}, "number"),
        ("target", {"number": "2.1", "year": 2026, "target": 101}, "target"),
        ("quarter_text", {"subject": "9.9", "year": 2026, "quarter": 3, "text": "Да."}, "subject"),
    ],
)
def test_a_target_or_a_text_of_no_indicator_is_refused_with_its_field(
    lab: Lab, kind: str, value: dict[str, Any], field: str
) -> None:
    refused = said(lab, "POST", f"/api/v1/register/{kind}", {"id": "one", "value": value})
    assert refused.status_code == 422
    (fault,) = refused.json()["errors"]
    assert (fault["field"], bool(fault["fix"])) == (f"{kind} one.{field}", True)


def test_a_change_from_an_old_version_is_refused_with_who_and_when(taught: Lab) -> None:
    value = taught.get(f"{TERM}/q1")["value"]
    assert said(taught, "PUT", f"{TERM}/q1", {"value": value | {"name": "Первая"}}, 1).status_code == 200
    for refused in (
        said(taught, "PUT", f"{TERM}/q1", {"value": value | {"name": "Иная"}}, 1),
        taught.client.delete(f"{TERM}/q1", params=WORD, headers={"If-Match": '"1"'}),
    ):
        assert refused.status_code == 412
        assert "Петрова at 2026-09-21T14:00:00Z (новый год)" in refused.json()["detail"]
    assert taught.get(f"{TERM}/q1")["value"]["name"] == "Первая"


class Meanwhile(ManualClock):
    """Whoever asks for the time is overtaken by a change of somebody else, once."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.changes: list[Callable[[], object]] = []

    def now(self) -> int:
        while self.changes:
            self.changes.pop()()
        return super().now()


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_who_loses_a_race_of_two_changes_is_told_as_who_comes_late(method: str) -> None:
    clock = Meanwhile(NOW)
    lab = Lab(clock=clock)
    lab.enter(*school())
    other = TERM_NOW.model_copy(update={"name": "Первая"})
    clock.changes.append(lambda: lab.register.apply((Put("q1", other, 1),), author="Петрова", reason="раньше", at=NOW))
    if method == "PUT":
        lost = said(lab, "PUT", f"{TERM}/q1", {"value": TERM_NOW.model_dump(mode="json") | {"name": "Иная"}}, 1)
    else:
        lost = lab.client.delete(f"{TERM}/q1", params=WORD, headers={"If-Match": '"1"'})
    assert not clock.changes
    assert lost.status_code == 412
    assert "Петрова at 2026-09-21T14:00:00Z (раньше)" in lost.json()["detail"]
    assert lab.get(f"{TERM}/q1")["value"]["name"] == "Первая"


def test_a_change_that_names_no_version_is_refused(taught: Lab) -> None:
    assert said(taught, "PUT", f"{TERM}/q1", {"value": {}}).status_code == 428
    assert said(taught, "PUT", TIMETABLE, {"entries": {}}).status_code == 428


def test_an_id_that_is_taken_and_a_version_that_is_not_there(taught: Lab) -> None:
    term = {"name": "x", "first_day": "2026-11-04", "last_day": "2026-12-28"}
    assert said(taught, "POST", TERM, {"id": "q1", "value": term}).status_code == 409
    assert said(taught, "PUT", f"{TERM}/q9", {"value": term}, 3).status_code == 412
    assert said(taught, "PUT", f"{TERM}/q9", {"value": term}, 0).status_code == 200


def test_a_wrong_field_is_named(taught: Lab) -> None:
    refused = said(taught, "POST", TERM, {"id": "q2", "value": {"name": "2", "first_day": "вчера"}})
    assert refused.status_code == 422
    assert {"value.first_day", "value.last_day"} == {fault["field"] for fault in refused.json()["errors"]}


def test_what_is_still_named_cannot_go(taught: Lab) -> None:
    refused = taught.client.delete("/api/v1/register/group/pr-1", params=WORD, headers={"If-Match": '"1"'})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {
            "field": "group pr-1",
            "message": "it is still named by slot mon-1",
            "fix": "Change or remove those first.",
        }
    ]


@pytest.mark.parametrize("path", ["learner", "term/q9", "term/q9/history"])
def test_what_is_not_there_is_told_so(taught: Lab, path: str) -> None:
    answer = taught.client.get(f"/api/v1/register/{path}")
    assert answer.status_code == 404
    assert answer.json()["fix"]


def test_what_is_not_there_cannot_be_removed(taught: Lab) -> None:
    assert taught.client.delete(f"{TERM}/q9", params=WORD, headers={"If-Match": '"0"'}).status_code == 404


def test_no_learner_leaves_and_none_is_lost_when_a_count_is_corrected(taught: Lab) -> None:
    taught.enter(Put(SESSION, Attendance(session=SESSION, count=2, learners=("L-001", "L-002"))))
    for path in ("", f"/{SESSION}", f"/{SESSION}/history"):
        assert "L-001" not in taught.client.get(f"/api/v1/register/attendance{path}").text
    count = taught.client.patch(f"/api/v1/practical-sessions/{SESSION}", json=WORD | {"learners": 5})
    assert count.json()["learners"] == 5
    few = taught.client.patch(f"/api/v1/practical-sessions/{SESSION}", json=WORD | {"learners": 1})
    assert few.status_code == 422
    (row,) = taught.register.learners(Attendance, reader="test", reason="test", at=0).value
    assert (row.value.count, row.value.learners) == (5, ("L-001", "L-002"))
    assert "Петрова" in [line.who for _n, line in taught.register.audit(after=0, limit=10)]


ENROLMENT = "/api/v1/register/enrolment"


def test_a_change_that_names_no_learners_leaves_them_and_an_empty_list_takes_them_out(taught: Lab) -> None:
    value = {"group": "pr-1", "first_day": "2026-09-01", "count": 12}
    body = {"id": "e", "value": value | {"learners": ["L-001", "L-002"]}}
    told = taught.client.post(ENROLMENT, json=WORD | body)
    assert (told.status_code, "learners" in told.json()["value"], "L-001" in told.text) == (201, False, False)

    def learners() -> tuple[str, ...]:
        (row,) = taught.register.learners(Enrolment, reader="test", reason="test", at=0).value
        return row.value.learners

    assert said(taught, "PUT", f"{ENROLMENT}/e", {"value": value | {"count": 13}}, 1).status_code == 200
    assert learners() == ("L-001", "L-002")
    few = said(taught, "PUT", f"{ENROLMENT}/e", {"value": value | {"count": 1}}, 2)
    assert (few.status_code, "learners listed (2)" in few.text) == (422, True)
    assert WORD["author"] in {line.who for _number, line in taught.register.audit(after=0, limit=10)}
    assert said(taught, "PUT", f"{ENROLMENT}/e", {"value": value | {"learners": []}}, 2).status_code == 200
    assert learners() == ()
    assert said(taught, "PUT", f"{ENROLMENT}/new", {"value": value | {"first_day": "2026-09-02"}}, 0).status_code == 200


def test_the_same_document_twice_is_refused(taught: Lab) -> None:
    body = {"value": {"name": "Хакатон", "first_day": "2026-11-20"}}
    assert taught.client.post("/api/v1/register/event", json=WORD | body | {"id": "a"}).status_code == 201
    refused = taught.client.post("/api/v1/register/event", json=WORD | body | {"id": "b"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "event b")


def test_a_timetable_comes_back_as_it_was(taught: Lab) -> None:
    got = taught.get(TIMETABLE)
    same = said(taught, "PUT", TIMETABLE, {"entries": got["entries"]}, got["register_version"])
    assert same.status_code == 200, same.text
    assert same.json() == got


def test_a_timetable_is_replaced_as_a_whole_or_not_at_all(taught: Lab) -> None:
    got = taught.get(TIMETABLE)
    slots = {"mon-2": got["entries"]["slot"]["mon-1"] | {"weekday": 2}}
    changed = said(taught, "PUT", TIMETABLE, {"entries": {"slot": slots}}, 1)
    assert changed.json()["entries"]["slot"].keys() == {"mon-2"}
    assert changed.headers["etag"] == '"2"'
    late = said(taught, "PUT", TIMETABLE, {"entries": {"slot": {}}}, 1)
    assert late.status_code == 412
    assert "Петрова" in late.json()["detail"]
    wrong = said(taught, "PUT", TIMETABLE, {"entries": {"slot": {}, "group": {"pr-2": {"learners": -1}}}}, 2)
    assert next(fault["field"] for fault in wrong.json()["errors"]).startswith("entries.group.pr-2")
    odd = said(taught, "PUT", TIMETABLE, {"entries": {"attendance": {}}}, 2)
    assert odd.status_code == 422
    assert taught.get(TIMETABLE)["entries"]["slot"].keys() == {"mon-2"}


def test_a_timetable_tells_what_of_it_is_never_held(taught: Lab) -> None:
    assert taught.get(TIMETABLE)["warnings"] == []
    late = SLOT.model_copy(update={"first_day": date(2027, 1, 1)})
    ninth = SLOT.model_copy(update={"lesson": 9, "start": None, "end": None})
    moved = Substitution(slot="mon-1", day=date(2026, 9, 28), lesson=9)
    taught.enter(Put("late", late), Put("ninth", ninth), Put("mon-1:2026-09-28", moved))
    warnings = taught.get(TIMETABLE)["warnings"]
    assert [one["place"] for one in warnings] == ["slot late", "slot ninth", "substitution mon-1:2026-09-28"]
    assert all(one["message"] and one["fix"] for one in warnings)
    taught.enter(Remove("term", "q1", 1))
    assert next(iter(taught.get(TIMETABLE)["warnings"]))["place"] == "term"


def test_a_timetable_is_a_table_and_a_calendar(taught: Lab) -> None:
    table = taught.client.get(TIMETABLE, params={"format": "csv"})
    assert "mon-1" in table.text
    answer = taught.client.get(TIMETABLE, params={"format": "ics", **DAY})
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("DTSTART") == datetime(2026, 9, 21, 13, tzinfo=UTC)
    assert taught.client.get(TIMETABLE, params={"format": "ics"}).content.count(b"BEGIN:VEVENT") > 1
