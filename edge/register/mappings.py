"""What a person once said about the columns of a file, so that the second import of that layout asks nothing.

Knows no file: a layout is the fingerprint of its headers.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from edge.register.entry import Entry, Title
from edge.register.wording import lines

Header = Annotated[str, StringConstraints(max_length=500), AfterValidator(lines)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,40}$")]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class Subject(StrEnum):
    """What a file is about: the timetable, the equipment, or entries of one kind."""

    TIMETABLE = "timetable"
    EQUIPMENT = "equipment"
    PARTNER = "partner"
    PROGRAM = "program"
    GROUP = "group"
    TEACHER = "teacher"
    NETWORK_AGREEMENT = "network_agreement"
    ENROLMENT = "enrolment"
    SURVEY = "survey"
    EVENT = "event"
    PARTICIPATION = "participation"
    PROJECT = "project"
    ACHIEVEMENT = "achievement"
    MENTORING_MODEL = "mentoring_model"
    MENTORING_PAIR = "mentoring_pair"
    VOLUNTEERING = "volunteering"
    INFORMATION_CHANNEL = "information_channel"
    PUBLICATION = "publication"
    PLANNED_WORK = "planned_work"
    MANUAL_VALUE = "manual_value"
    QUARTER_TEXT = "quarter_text"
    TARGET = "target"


class ImportMapping(Entry):
    """Which header of a layout is which field; an empty field name means that the column is not read."""

    kind: ClassVar[str] = "import_mapping"

    name: Title
    subject: Subject
    fingerprint: Fingerprint
    columns: Annotated[dict[Header, FieldName], Field(max_length=1000)]
