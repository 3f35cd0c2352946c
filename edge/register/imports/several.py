"""Several lessons that stand in one cell, told apart: by the weeks before each, or by lines that run side by side.

Guesses nothing: where rooms or teachers do not go with the lessons line by line, that is a fault of their cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from edge.register.imports.cells import matched, plain
from edge.register.imports.records import Reader, Record
from edge.register.imports.weeks import is_marked, marked, marks_in, parted

_BESIDE = ("room", "teacher")
"""Fields whose lines go with those of the program."""

_ROOM = re.compile(
    r"\b(?:каб(?:инет)?|ауд(?:итория)?|room)\b\.?\s*(?:№\s*)?(?P<room>[\w][\w./-]*(?:\s*\([^)\n]*\))?)\)?",
    re.IGNORECASE,
)
_TEACHER = re.compile(r"(?P<teacher>[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?\s+[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.?)?)\)?")
_WITHIN: Mapping[str, re.Pattern[str]] = {"room": _ROOM, "teacher": _TEACHER}

_PERSON = re.compile(r"[А-ЯЁA-Z][\w-]+\s+(?:[А-ЯЁA-Z]\.\s?(?:[А-ЯЁA-Z]\.?)?|[А-ЯЁ][а-яё]+\s+[А-ЯЁ][а-яё]+)")
"""A surname with initials, or all three names: what follows on the next line is somebody else."""

_INITIALS = re.compile(r"(?:[А-ЯЁA-Z]\.\s?){1,2}|[А-ЯЁ][а-яё]+\s+[А-ЯЁ][а-яё]+(?:вич|вна|ична|ич)")
"""What is left of a name whose surname stands on the line before."""

_ROWS_FIX = (
    "Write each lesson on a line of its own, with its weeks before it, and rooms and teachers line by line beside."
)


class _Doubtful(Exception):
    """It cannot be told which lesson a cell's lines belong to."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class _Cell:
    """The lessons of a cell, each a text; `sure` where weeks, rooms or teachers within tell that they are several."""

    lessons: tuple[str, ...]
    sure: bool


def told_apart(record: Record, reader: Reader) -> Iterator[Record]:
    """Each lesson of a record; none where a fault is told instead."""
    try:
        yield from _apart(record, reader)
    except _Doubtful as error:
        reader.fault(record.place_of(error.field), str(error), fix=_ROWS_FIX)


def split(record: Record, reader: Reader) -> Record:
    """Take the room and the teacher out of a cell that holds all of a lesson, where they have no column."""
    rest = record.text("program")
    told = dict(record.texts)
    for field, pattern in _WITHIN.items():
        if not told.get(field) and (found := pattern.search(rest)):
            told[field] = found[field].strip()
            rest = rest[: found.start()] + "\n" + rest[found.end() :]
            if pattern.search(rest):
                message = f"The cell of one lesson names several of its {field}s."
                reader.fault(record.place_of("program"), message, fix=_ROWS_FIX)
    lines = [line.strip(" ,;()") for line in rest.split("\n")]
    return replace(record, texts=told | {"program": " ".join(filter(None, lines))})


def _apart(record: Record, reader: Reader) -> Iterator[Record]:
    texts = record.texts
    if texts.get("id") or (not any("\n" in texts.get(field, "") for field in ("program", *_BESIDE)) and _simple(texts)):
        yield record
        return
    cell = _cell(texts.get("program", ""))
    count = _count(record, cell)
    lessons = cell.lessons
    if len(lessons) != count:
        lessons = (" ".join(lessons),) * count
        if len(cell.lessons) > 1:
            message = f"Its lines are taken for the name of one lesson: «{plain(lessons[0])}»."
            reader.note(record.place_of("program"), message, fix=_ROWS_FIX)
    beside = {field: _lines(field, texts[field], count) for field in _BESIDE if texts.get(field)}
    for number, lesson in enumerate(lessons):
        own = {field: lines[number if len(lines) == count else 0] for field, lines in beside.items()}
        yield replace(record, texts={**texts, **own, "program": lesson})


def _simple(texts: Mapping[str, str]) -> bool:
    """Whether a record on single lines is one lesson."""
    program = texts.get("program", "")
    teachers = texts.get("teacher", "")
    return "\n" not in parted(program) and marks_in(program) < 2 and len(_people(teachers)) < 2


def _cell(text: str) -> _Cell:
    """The lessons of a program's cell, each with the lines that belong to it."""
    lines = _joined([line for line in parted(text).split("\n") if line.strip(" -–—")])
    if any(map(is_marked, lines)):
        if len(lines) > 1 and not is_marked(lines[0]):
            lines = [" ".join(lines)] if len(lines) == 2 and not marked(lines[1]).text else lines
        lessons = _by_marks(lines)
    else:
        lessons = lines
    lessons = [lesson for lesson in lessons if not _is_free(lesson)]
    for lesson in lessons:
        rest = marked(lesson).text
        if marks_in(rest) or not rest.strip(" -–—.,"):
            raise _Doubtful("program", f"It cannot be told which lesson the weeks belong to: «{plain(lesson)}».")
    by_themselves = all(_has_own(lesson) for lesson in lessons)
    return _Cell(tuple(lessons), any(marked(one).weeks or marked(one).week for one in lessons) or by_themselves)


def _is_free(lesson: str) -> bool:
    """Whether a week A or B is named only to say that it has no lesson."""
    told = marked(lesson)
    return told.week is not None and not told.text.strip(" -–—")


def _joined(lines: Sequence[str]) -> list[str]:
    """Lines that go on with the one before them are joined to it: a name that was wrapped, a room, a teacher."""
    joined: list[str] = []
    for line in lines:
        goes_on = not is_marked(line) and (line[:1].islower() or line[:1] in "(,")
        bare = not any(character.isalpha() for character in _without_own(line))
        if joined and (goes_on or bare) and not is_marked(line):
            joined[-1] += "\n" + line
        else:
            joined.append(line)
    return joined


def _by_marks(lines: Sequence[str]) -> list[str]:
    """A lesson from each line with a mark to the next."""
    if not is_marked(lines[0]) and len(lines) > 1:
        raise _Doubtful("program", f"It is not said in which weeks «{plain(lines[0])}» is, beside another lesson.")
    lessons: list[str] = []
    for line in lines:
        if is_marked(line) or not lessons:
            lessons.append(line)
        else:
            lessons[-1] += "\n" + line
    return lessons


def _without_own(line: str) -> str:
    return _TEACHER.sub("", _ROOM.sub("", line))


def _has_own(lesson: str) -> bool:
    return bool(_ROOM.search(lesson) or _TEACHER.search(lesson))


def _count(record: Record, cell: _Cell) -> int:
    """How many lessons a record is; raises `_Doubtful` where its cells do not agree."""
    lessons = len(cell.lessons)
    told = {field: _numbers(field, record.text(field)) for field in _BESIDE if record.text(field)}
    if lessons > 1 and (cell.sure or any(lessons in numbers for numbers in told.values())):
        for field, numbers in told.items():
            if not {1, lessons} & numbers:
                raise _Doubtful(
                    field, f"The cell has {max(numbers)} lines, and the lesson's cell has {lessons} lessons."
                )
        return lessons
    several = {field: max(numbers) for field, numbers in told.items() if 1 not in numbers}
    if lessons > 1 and not told and not any(map(_has_own, cell.lessons)):
        raise _Doubtful("program", f"It cannot be told whether it is one lesson or {lessons}.")
    if not several:
        return 1
    if lessons > 1 or len(set(several.values())) > 1 or len(several) < len(_BESIDE):
        field = next(iter(several))
        if "\n" not in record.text(field):
            raise _Doubtful(field, f"The cell names several people beside one lesson: «{plain(record.text(field))}».")
        raise _Doubtful(
            field, f"The cell has {several[field]} lines, and they do not go with the lesson's line by line."
        )
    return next(iter(several.values()))


def _numbers(field: str, text: str) -> set[int]:
    """How many things the lines of a cell may be."""
    lines = text.split("\n")
    numbers = {len(lines), len(_wrapped(field, lines))}
    numbers |= {len(parts) for parts in _parts(text)} if len(lines) == 1 else set()
    if field == "teacher" and len(_people(text)) > 1:
        numbers.discard(1)
    return numbers


def _lines(field: str, text: str, count: int) -> list[str]:
    """The lines of a cell beside `count` lessons: one for each, or one for all."""
    lines = text.split("\n")
    ways = [lines, _wrapped(field, lines), *(_parts(text) if len(lines) == 1 else ())]
    return next((way for way in ways if len(way) == count), [" ".join(lines)])


def _wrapped(field: str, lines: Sequence[str]) -> list[str]:
    """Lines that go on with the one before them are joined to it."""
    joined: list[str] = []
    for line in lines:
        goes_on = line[:1].islower() or line[:1] == "(" or (field == "teacher" and _INITIALS.fullmatch(line.strip()))
        if joined and goes_on:
            joined[-1] += " " + line
        else:
            joined.append(line)
    return joined


def _parts(text: str) -> Iterator[list[str]]:
    """What stands on one line with something between."""
    for between in ("/", ";", ","):
        parts = [part.strip() for part in text.split(between)]
        if len(parts) > 1 and all(parts):
            yield parts


def person(text: str) -> str:
    """A name with initials, or all three; raises `ValueError` where it is none."""
    return matched(_PERSON.pattern, plain(text), "«{}» is no name of a person")[0]


def _people(text: str) -> list[str]:
    """The people that one line names beyond doubt."""
    parts = [part.strip() for part in re.split(r"[,;/]", plain(text))]
    return parts if all(_PERSON.fullmatch(part) for part in parts) else []
