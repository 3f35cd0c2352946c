"""What a line of each format gives, in a table; and how the format is found out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from drivers.lines import SPEC
from drivers.lines.protocol import REGEX_LINE_LIMIT, Row, is_comment, json_row, pairs_row, regex_row
from drivers.lines.quantities import number
from drivers.lines.recognition import LOST_LINES
from drivers.lines.settings import Column, LinesSettings
from tests.drivers.lines.bench import Bench, bench


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("23.5", (23.5, "")),
        (" -0.00 ", (0.0, "")),
        ("+.5", (0.5, "")),
        ("5.", (5.0, "")),
        ("1e-3", (0.001, "")),
        ("31.92 Deg C  ", (31.92, "°C")),
        ("40%", (40.0, "%")),
        ("9.81 m/s2", (9.81, "m/s2")),
        ("12 µS/cm", (12.0, "µS/cm")),
        ("45 deg", (45.0, "°")),
        ("abc", None),
        ("", None),
        ("12:30", None),
        ("1.2.3", None),
        ("0x1F", None),
        ("2026-01-01", None),
        ("1_000", None),
        ("5 " + "x" * 40, None),
    ],
)
def test_numbers_with_units(text: str, expected: tuple[float, str] | None) -> None:
    assert number(text) == expected


@pytest.mark.parametrize("text", ["nan", "NaN", "-nan", "inf", "-Infinity", "ovf", "1e999", "9" * 390])
def test_what_is_written_for_no_number_is_not_finite(text: str) -> None:
    found = number(text)
    assert found is not None
    assert not abs(found[0]) < float("inf")


def test_a_decimal_comma_is_read_where_it_is_set() -> None:
    assert number("-12,5 °C", ",") == (-12.5, "°C")
    assert number("12,5") is None


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('{"id":"hab-1","t":0.20,"co2":1377}', Row((("t", 0.2, ""), ("co2", 1377.0, "")))),
        ('{"acc":{"x":1,"y":-2}}', Row((("acc_x", 1.0, ""), ("acc_y", -2.0, "")))),
        ('{"on":true,"x":null}', Row((("on", 1.0, ""),))),
        ('{"t":"23.5 C"}', Row((("t", 23.5, "C"),))),
        ('{"a":{"b":{"c":1}},"d":2}', Row((("d", 2.0, ""),), ("a_b: 'a nested value' is no number",))),
        ('{"a":[1]}', Row((), ("a: 'a nested value' is no number",))),
        ("{}", Row(())),
        ('{"id":"hab-1","t":', None),
        ('{"t":nan}', None),
        ("[1,2]", None),
        ('{"a":' * 2000, None),
    ],
)
def test_json(text: str, row: Row | None) -> None:
    assert json_row(text) == row


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("temp:23.5", Row((("temp", 23.5, ""),))),
        ("Temp: 23.5 C, Hum=40 %", Row((("Temp", 23.5, "C"), ("Hum", 40.0, "%")))),
        ("T=23.5 H=40", Row((("T", 23.5, ""), ("H", 40.0, "")))),
        ("a:1\tb:2;c:3|d:4", Row((("a", 1.0, ""), ("b", 2.0, ""), ("c", 3.0, ""), ("d", 4.0, "")))),
        ("Air temp: 23 C", Row((("Air temp", 23.0, "C"),))),
        ("Air temp: 23 Hum: 4", Row((("Air temp", 23.0, ""), ("Hum", 4.0, "")))),
        ("Температура=21.5", Row((("Температура", 21.5, ""),))),
        ("a:1,b:nan", Row((("a", 1.0, ""),), ("b: not finite",))),
        ("a:1,hello", Row((("a", 1.0, ""),), ("line: 'hello' is no number",))),
        ("a:1,", Row((("a", 1.0, ""),))),
        ("Time: 12:30:05", None),
        ("hello", None),
        ("load:0x3fff0018,len:x", None),
        ("", None),
    ],
)
def test_pairs(text: str, row: Row | None) -> None:
    assert pairs_row(text) == row


def test_pairs_with_a_decimal_comma() -> None:
    assert pairs_row("a=1,5; b=2,5", ",") == Row((("a", 1.5, ""), ("b", 2.5, "")))


PATTERN = re.compile(r"T(?P<temp>[^ ]+)(?: H(?P<hum>\S+))?")


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("x T23.5 H40", Row((("temp", 23.5, ""), ("hum", 40.0, "")))),
        ("T23.5", Row((("temp", 23.5, ""),))),
        ("Tx H40", Row((("hum", 40.0, ""),), ("temp: 'x' is no number",))),
        ("nothing", None),
        ("T1" + " " * REGEX_LINE_LIMIT, None),
    ],
)
def test_a_regular_expression(text: str, row: Row | None) -> None:
    assert regex_row(text, PATTERN) == row


@pytest.mark.parametrize(
    "text", ["# boot v1.2", "// x", "DEBUG: n=7", "debug x", "I (312) boot: x", "[  12][E][a.cpp:3] x", "warning: low"]
)
def test_lines_for_people_are_comments(text: str) -> None:
    assert is_comment(text)


@pytest.mark.parametrize("text", ["1,2", "logs:3", "information=5", "I:3", "E=4", "W,1"])
def test_lines_of_numbers_are_no_comments(text: str) -> None:
    assert not is_comment(text)


CSV: list[tuple[dict[str, Any], str, dict[str, list[float]]]] = [
    ({}, "a,b\n1,2\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
    ({}, "1,2\n3,4\n", {"column_1": [1, 3], "column_2": [2, 4]}),
    ({}, "1\n2\n", {"column_1": [1, 2]}),
    ({}, "t\n1\n2\n", {"t": [1, 2]}),
    ({}, "a;b\n1;2\n", {"a": [1], "b": [2]}),
    ({}, "a\tb  \n1\t2 \t \n", {"a": [1], "b": [2]}),
    ({}, "1.5 2.5\n", {"column_1": [1.5], "column_2": [2.5]}),
    ({"separator": " "}, "a b\n1   2\n", {"a": [1], "b": [2]}),
    ({}, "Time (s)\tTemp [Deg C]\n0.5\t31.92\n", {"time": [0.5], "temp": [31.92]}),
    ({}, "0.5\t31.92 Deg C  \r\n", {"column_1": [0.5], "column_2": [31.92]}),
    ({}, '"a b","c"\n"1","2"\n', {"a_b": [1], "c": [2]}),
    ({}, '"a,b",c\n1,2\n', {"a_b": [1], "c": [2]}),
    ({}, "a,b,\n1,2,\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
    ({}, "a,b\n1,\n,2\n", {"a": [1], "b": [2]}),
    ({"decimal": ",", "separator": ";"}, "a;b\n1,5;2\n", {"a": [1.5], "b": [2]}),
    ({"decimal": ","}, "1,5;2,25\n", {"column_1": [1.5], "column_2": [2.25]}),
    ({"decimal": ","}, "1,5\t2,25\n", {"column_1": [1.5], "column_2": [2.25]}),
    ({"decimal": ","}, "1,5\n", {"column_1": [1.5]}),
    ({}, "a,b\n1,2\na,b\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
    ({}, "a,b\n1,2\nc,d\n3,4\n", {"a": [1], "b": [2], "c": [3], "d": [4]}),
    ({}, "a,b\n1,2\nc,d,e\n3,4,5\n", {"a": [1], "b": [2], "c": [3], "d": [4], "e": [5]}),
    ({}, "a,b\n1,2\nboot,ok,x\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
    ({}, "a,b,c\n1,2\n3,4\n", {"column_1": [1, 3], "column_2": [2, 4]}),
    ({}, "a,b\n1,2\n1\n1,2,3\n5,6\n", {"a": [1, 5], "b": [2, 6]}),
    ({}, "a,b\n1,2\n7,8time_ms,light\n3,9a\n", {"a": [1, 3], "b": [2, 9]}),
    ({}, "a,b\n1,2\n5,9time\n", {"a": [1, 5], "b": [2, 9]}),
    ({"columns": [{"name": "t"}, {"name": "h"}]}, "1,2\n", {"t": [1], "h": [2]}),
    ({"columns": [{"name": "t"}, {"name": "h"}]}, "1,2,3\n", {"column_1": [1], "column_2": [2], "column_3": [3]}),
    (
        {"columns": [{"name": "b", "channel": "kelvin", "scale": 2, "offset": 273}]},
        "a,b\n1,2\n",
        {"a": [1], "kelvin": [277]},
    ),
    ({"columns": [{"name": "a", "ignore": True}]}, "a,b\n1,2\n", {"b": [2]}),
    ({}, "Температура,°C\n1,2\n", {"column_1": [1], "column_2": [2]}),
    ({}, "Температура,свет\n1,2\n", {"температура": [1], "свет": [2]}),
    ({"format": "csv"}, "23.5 parts per\n", {"column_1": [23.5]}),
]


@pytest.mark.parametrize(("options", "text", "values"), CSV)
def test_csv(options: dict[str, Any], text: str, values: dict[str, list[float]]) -> None:
    assert bench(**options).said(text, 1).values() == values


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("a,b\n1,nan\n", ["b: not finite"]),
        ("a,b\n1,1e999\n", ["b: not finite"]),
        ("a,b\n1,x\n", ["b: 'x' is no number"]),
        ("a,b\ninf,ovf\n", ["a: not finite; b: not finite"]),
    ],
)
def test_cells_that_are_no_numbers_are_rejected_with_the_line(text: str, reasons: list[str]) -> None:
    it = bench(format="csv").said(text, 1)
    assert it.reasons() == reasons
    assert it.rejects()[0].raw.decode() == text.split("\n")[1]


@pytest.mark.parametrize(
    "text", ['"1"\r2,3\n', "Timeus4005820 x\n", "hello there\n", "=1,<2>\n", ",\n", "a,2024-01-01\n"]
)
def test_lines_that_are_no_csv_are_rejected(text: str) -> None:
    it = bench(format="csv").said(text, 1)
    assert it.values() == {}
    assert len(it.rejects()) == 1


def test_a_quote_that_never_ends_is_no_trouble() -> None:
    assert bench(format="csv").said('1,"2\n"3,4\n', 1).rejects() != []


def test_units_come_from_the_settings_the_cell_or_the_heading() -> None:
    columns = [{"name": "c", "unit": "V"}]
    it = bench(columns=columns).said("a (lx)\tb\tc\td\n1\t2 Deg C\t3 mV\t4\n", 1)
    assert it.units() == {"a": "lx", "b": "°C", "c": "V", "d": ""}


@pytest.mark.parametrize(
    ("first", "values"),
    [
        ("e_ms,light\n1,2\n", {"e_ms": [1], "light": [2]}),
        ("ght\n1,2\n", {"column_1": [1], "ght": [2]}),
        ("77,5\n1,2\n", {"column_1": [1], "column_2": [2]}),
        ('{"a":1}\n{"a":2}\n', {"a": [1, 2]}),
        ("mp:1\ntemp:2\n", {"temp": [2]}),
    ],
)
def test_the_first_line_after_opening_may_be_cut(first: str, values: dict[str, list[float]]) -> None:
    assert Bench().opened().said(first, 1).values() == values


def test_the_begin_of_a_cut_first_name_is_put_back_where_the_settings_know_it() -> None:
    it = Bench(LinesSettings(columns=(Column(name="temp_c"), Column(name="light")))).opened()
    assert it.said("p_c,light\n1,2\n", 1).values() == {"temp_c": [1], "light": [2]}
    assert it.opened(2).said("temp_c,light\n1,2\n", 3).values() == {"temp_c": [1, 1], "light": [2, 2]}


def test_a_cut_heading_is_no_longer_cut_when_it_comes_whole() -> None:
    it = Bench().opened().said("c\nlight,temp_c\n1,2,3\n", 1)
    assert it.values() == {"column_1": [1], "column_2": [2], "column_3": [3]}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a":1}\n1,2\nb:3\n{"a":4}\n', {"a": [1, 4]}),
        ('1,2\n{"a":1}\nb:3\n3,4\n', {"column_1": [1, 3], "column_2": [2, 4]}),
        ('b:3\n1,2\n{"a":1}\nb:4\n', {"b": [3, 4]}),
        ("boot mode:(3,6)\nrst cause:2, boot mode:(3,6)\nready, steady\n5 sensors found\nb:3\n", {"b": [3]}),
        ("a:nan\nb:3\n", {"b": [3]}),
    ],
)
def test_the_format_is_found_by_the_first_sound_row_and_kept(text: str, values: dict[str, list[float]]) -> None:
    assert bench().said(text, 1).values() == values


def test_another_sketch_is_recognised_after_a_while() -> None:
    it = bench().said("1,2\n", 1).said('{"a":1}\n' * (LOST_LINES + 1), 2)
    assert it.values() == {"column_1": [1], "column_2": [2], "a": [1]}


def test_another_table_is_recognised_after_a_while() -> None:
    it = bench(format="csv").said("1,2\n", 1).said("1,2,3\n" * (LOST_LINES + 1), 2)
    assert it.values()["column_3"] == [3]


def test_comments_are_no_reason_to_doubt_the_format() -> None:
    it = bench().said("1,2\n" + "# hm\n" * 50 + "3,4\n", 1)
    assert it.values()["column_1"] == [1, 3]
    assert it.words() == ["1.0 busy streaming"]


def test_words_again_and_again_are_no_headings() -> None:
    it = bench().said("1\n" + "ready\n" * (LOST_LINES + 1), 1)
    assert len(it.rejects()) == LOST_LINES


def test_labels_alone_are_understood() -> None:
    it = bench(format="json").said('{"id":"hab-1"}\n', 1)
    assert it.rejects() == []
    assert it.words() == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "regex"}, "a pattern belongs to format regex"),
        ({"pattern": "(?P<a>1)"}, "a pattern belongs to format regex"),
        ({"format": "regex", "pattern": "("}, "no regular expression"),
        ({"format": "regex", "pattern": "T=.*"}, "names no group"),
        ({"format": "regex", "pattern": "(?P<a>a+)+"}, "repeated group"),
        ({"decimal": ",", "separator": ","}, "decimal comma needs another separator"),
        ({"columns": [{"name": "a"}, {"name": "a"}]}, "two columns have one name"),
        ({"columns": [{"name": "a", "channel": "x"}, {"name": "b", "channel": "x"}]}, "two columns have one channel"),
        ({"columns": [{"name": "a", "scale": float("nan")}]}, "finite number"),
        ({"colums": []}, "Extra inputs"),
    ],
)
def test_settings_that_cannot_work_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        LinesSettings.model_validate(options)


def test_a_pattern_reads_lines() -> None:
    it = bench(format="regex", pattern=r"DEBUG: n=(?P<n>\d+)").said("DEBUG: n=7\nother\n", 1)
    assert it.values() == {"n": [7]}
    assert len(it.rejects()) == 1


@pytest.mark.parametrize(
    "heard",
    [b"cut,1\n1,2\n3,4\n5,6\n", b'"x"}\n{"a":1}\n{"a":2}\r\n{"a":3}\n{"a', b"mp:1\nt:1 h:2\nt:1 h:2\nt:1 h:2\n"],
)
def test_rows_prove_a_stream(heard: bytes) -> None:
    assert SPEC.answers(heard)


@pytest.mark.parametrize(
    "heard",
    [
        b"",
        b"1,2\n3,4\n",
        b"\n\nok\nok\nok\nok\n",
        b"x\n<Idle|MPos:0,0,0>\n" * 4,
        b"\xff\xfe\n" * 9,
        b"ok T:21.3 /0.0\n" * 9,
    ],
)
def test_other_bytes_prove_none(heard: bytes) -> None:
    assert not SPEC.answers(heard)
