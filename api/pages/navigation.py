"""The sections of the pages, as the line at the top of each page names them: one line of the table each.

It only lists; a section's word is `nav.<key>` of the texts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A section, and the address that it begins at; a template says where it stands with `{% set here = "<key>" %}`."""

    key: str
    href: str


SECTIONS = (
    Section("board", "/"),
    Section("timetable", "/timetable"),
    Section("practice", "/practical-sessions"),
    Section("monitoring", "/monitoring"),
    Section("register", "/register"),
    Section("imports", "/import"),
)
