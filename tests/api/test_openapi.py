from __future__ import annotations

from typing import Any

import pytest

from edge.monitoring.contract import Period
from telemetry.model import JobPhase, JobSeen, RunPhase, RunSeen, State
from tests.api.lab import HOUR, NOW, PRINTER, Lab, link, reading, state
from tests.api.school import SESSION, school

WINDOW = "start=2026-09-21T13:00:00Z&end=2026-09-21T14:00:00Z"
READINGS = f"/api/v1/readings?equipment=printer-1&channel=tool0_temperature&{WINDOW}"
ANSWERS = {
    "/health": "/health",
    "/ready": "/ready",
    "/api/v1/equipment": "/api/v1/equipment",
    "/api/v1/equipment/{equipment}": "/api/v1/equipment/printer-1",
    "/api/v1/equipment/{equipment}/intervals": f"/api/v1/equipment/mill-1/intervals?{WINDOW}",
    "/api/v1/equipment/{equipment}/jobs": f"/api/v1/equipment/printer-1/jobs?{WINDOW}",
    "/api/v1/readings": READINGS,
    "/api/v1/records": "/api/v1/records",
    "/api/v1/audit": "/api/v1/audit",
    "/api/v1/runs": "/api/v1/runs",
    "/api/v1/runs/{run}": "/api/v1/runs/diode-1",
    "/api/v1/runs/{run}/data": "/api/v1/runs/diode-1/data",
    "/api/v1/practical-sessions": f"/api/v1/practical-sessions?{WINDOW}",
    "/api/v1/practical-sessions/{session}": f"/api/v1/practical-sessions/{SESSION}",
    "/api/v1/practical-sessions/{session}/evidence": f"/api/v1/practical-sessions/{SESSION}/evidence",
    "/api/v1/practical-sessions/{session}/corrections": f"/api/v1/practical-sessions/{SESSION}/corrections",
    "/api/v1/hour-meters": "/api/v1/hour-meters",
    "/api/v1/equipment/{equipment}/hour-meter": "/api/v1/equipment/mill-1/hour-meter",
    "/api/v1/register/{kind}": "/api/v1/register/slot",
    "/api/v1/register/{kind}/{entry}": "/api/v1/register/slot/mon-1",
    "/api/v1/register/{kind}/{entry}/history": "/api/v1/register/slot/mon-1/history",
    "/api/v1/timetable": "/api/v1/timetable",
    "/api/v1/exports": "/api/v1/exports",
    "/api/v1/exports/forms": "/api/v1/exports/forms",
    "/api/v1/exports/forms/{form}/check": "/api/v1/exports/forms/quarterly-book/check?year=2026&quarter=3",
    "/api/v1/indicators": "/api/v1/indicators?year=2026&quarter=3",
    "/api/v1/indicators/{number}/evidence": "/api/v1/indicators/1.1/evidence?year=2026&quarter=3",
    "/api/v1/indicators/sets": "/api/v1/indicators/sets",
    "/api/v1/editions": "/api/v1/editions",
    "/api/v1/editions/{period}/{number}/differences": "/api/v1/editions/2026-Q2/1/differences",
    "/api/v1/utilisation": f"/api/v1/utilisation?{WINDOW}",
    "/api/v1/utilisation/evidence": f"/api/v1/utilisation/evidence?{WINDOW}",
}


_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}


def _faults(schema: dict[str, Any], value: Any, schemas: dict[str, Any], at: str) -> list[str]:
    """Where `value` is not what `schema` says: the part of JSON Schema that the API's shapes use."""
    if "$ref" in schema:
        return _faults(schemas[schema["$ref"].rsplit("/", 1)[1]], value, schemas, at)
    if "anyOf" in schema:
        tried = [_faults(one, value, schemas, at) for one in schema["anyOf"]]
        return min(tried, key=len)
    kind = schema.get("type", "object")
    if type(value) not in _TYPES[kind]:
        return [f"{at}: {value!r} is no {kind}"]
    if kind == "array":
        return [fault for n, one in enumerate(value) for fault in _faults(schema["items"], one, schemas, f"{at}[{n}]")]
    if kind == "object":
        return _faults_of_object(schema, value, schemas, at)
    allowed = schema.get("enum", [schema.get("const", value)])
    return [] if value in allowed else [f"{at}: {value!r} is not allowed"]


def _faults_of_object(schema: dict[str, Any], value: dict[str, Any], schemas: dict[str, Any], at: str) -> list[str]:
    if "properties" not in schema:
        of_each = schema["additionalProperties"]
        listed = value.items() if isinstance(of_each, dict) else ()
        return [fault for name, one in listed for fault in _faults(of_each, one, schemas, f"{at}.{name}")]
    known: dict[str, Any] = schema["properties"]
    odd = [f"{at}: {name}" for name in {*known} ^ {*value}]
    inner = (_faults(known[name], value[name], schemas, f"{at}.{name}") for name in {*known} & {*value})
    return odd + [fault for faults in inner for fault in faults]


@pytest.fixture(scope="module", name="document")
def whole_document() -> dict[str, Any]:
    document: dict[str, Any] = Lab().get("/openapi.json")
    return document


@pytest.mark.parametrize(("path", "address"), [*ANSWERS.items(), ("/api/v1/readings", f"{READINGS}&points=5")])
def test_answers_are_what_the_document_says(lab: Lab, document: dict[str, Any], path: str, address: str) -> None:
    lab.enter(*school())
    lab.keep([state(NOW - HOUR, State.BUSY), reading(NOW - HOUR, 1.5), link(NOW, up=True)])
    lab.keep([JobSeen(PRINTER, NOW - 5, NOW - 5, "a", JobPhase.STARTED, "куб", 0.5)])
    lab.keep([RunSeen(PRINTER, NOW - 2 * HOUR, NOW, "diode-1", RunPhase.STARTED, title="ВАХ")])
    if "/editions" in path:
        lab.monitoring.close_period(Period(2026, 2), author="Иванова", reason="срок", at=NOW)
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert _faults(schema, lab.get(address), document["components"]["schemas"], path) == []


def test_the_checker_itself_finds_faults() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    assert _faults(schema, {"a": "1"}, {}, "x") == ["x.a: '1' is no integer"]
    assert _faults(schema, {"a": 1, "b": 2}, {}, "x") == ["x: b"]


def test_every_path_is_documented_and_none_needs_the_internet(lab: Lab, document: dict[str, Any]) -> None:
    files = {"/api/v1/exports/{name}", "/api/v1/exports/schema.json", "/api/v1/exports/forms/{form}"}
    posted = {"/api/v1/runs/{run}/stop"}
    whole = {"/api/v1/indicators/schema", "/api/v1/editions/{period}/{number}"}
    imports = {"/api/v1/timetable/import", "/api/v1/register/{kind}/import", "/api/v1/equipment/import"}
    imports |= {"/api/v1/learners/forget"}
    assert {*ANSWERS, *files, *imports, *posted, *whole, "/metrics"} == set(document["paths"])
    assert document["paths"]["/api/v1/readings"]["post"]["requestBody"]["content"].keys() == {
        "application/json",
        "application/x-ndjson",
        "application/msgpack",
    }
    assert lab.client.get("/docs").status_code == 404
    for operation in document["paths"].values():
        for words in operation.values():
            assert words["description"]
