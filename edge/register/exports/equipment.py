"""The list of equipment as a table, and as the text of a drop-in file of the configuration.

Writes no file, and no secret: links and options stay in the files that have them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal

from edge.register.exports.table import Table
from edge.settings import Equipment

HEADERS: Mapping[str, Mapping[Literal["ru", "en"], str]] = {
    "id": {"ru": "Код", "en": "id"},
    "name": {"ru": "Название", "en": "name"},
    "kind": {"ru": "Вид оборудования", "en": "kind"},
    "track": {"ru": "Направление", "en": "track"},
    "room": {"ru": "Кабинет", "en": "room"},
    "stations": {"ru": "Рабочих мест", "en": "stations"},
    "inventory_number": {"ru": "Инвентарный номер", "en": "inventory number"},
    "driver": {"ru": "Драйвер", "en": "driver"},
}

_LISTED = tuple(HEADERS)


def equipment_table(equipment: Sequence[Equipment], *, language: Literal["ru", "en"] = "ru") -> Table:
    """Every equipment, by id; rooms, tracks and kinds by their codes."""
    ordered = sorted(equipment, key=lambda one: one.id)
    rows = tuple(
        tuple(getattr(one, name) if name == "stations" else str(getattr(one, name)) for name in _LISTED)
        for one in ordered
    )
    headers = tuple(names[language] for names in HEADERS.values())
    return Table("Оборудование" if language == "ru" else "Equipment", headers, rows, {})


def drop_in(equipment: Sequence[Equipment]) -> str:
    """The text of a file in `equipment.d` that adds this equipment; for new ones, which have no link yet."""
    lines: list[str] = []
    for one in sorted(equipment, key=lambda one: one.id):
        lines.append("[[equipment]]")
        lines += [f"{name} = {_toml(value)}" for name in _LISTED if (value := getattr(one, name)) != ""]
        lines.append("")
    return "\n".join(lines)


def _toml(value: object) -> str:
    """A number, or a text as a TOML basic string, which JSON's strings are but for the delete sign."""
    return (
        str(value) if isinstance(value, int) else json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    )
