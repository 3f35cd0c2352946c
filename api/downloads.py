"""What a quarter may be had as: every export that asks for a period, and every form of the authority.

Only addresses: the files are made when they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.deps import Parts
from api.exports.catalog import EXPORTS, Asks
from api.exports.formats import Format
from api.exports.forms.listing import Listed, forms
from api.exports.forms.mapping import read
from api.pages.texts import Texts
from edge.errors import GiveUp
from edge.register.contract import Refused

_FORMATS = (Format.XLSX, Format.HTML, Format.CSV_EXCEL, Format.CSV, Format.JSON, Format.PARQUET)
"""As people look for them."""


@dataclass(frozen=True, slots=True)
class Link:
    """One file, or a page to look at where `opens`."""

    text: str
    href: str
    opens: bool


@dataclass(frozen=True, slots=True)
class Download:
    """What may be had, and as which files."""

    title: str
    links: tuple[Link, ...]


def downloads_of(parts: Parts, query: str, texts: Texts) -> list[Download]:
    """Every file of the period that `query` names."""
    tables = [
        Download(
            texts.word("export", name),
            tuple(_link(name, form, query, texts) for form in sorted(export.formats, key=_rank)),
        )
        for name, export in EXPORTS.items()
        if export.asks is Asks.PERIOD
    ]
    return [*tables, *(_form(listed, query, texts) for listed in forms(parts.config).values())]


def _link(name: str, form: Format, query: str, texts: Texts) -> Link:
    href = f"/api/v1/exports/{name}?{query}&format={form.value}&lang={texts.language}"
    return Link(texts.word("format", form.value), href, opens=form is Format.HTML)


def _rank(form: Format) -> int:
    return _FORMATS.index(form) if form in _FORMATS else len(_FORMATS)


def _form(listed: Listed, query: str, texts: Texts) -> Download:
    """A form filled, and what would be blank in it; one whose mapping is at fault says so when it is asked for."""
    href = f"/api/v1/exports/forms/{listed.name}"
    try:
        title = read(listed.path).title
    except (GiveUp, Refused):
        title = listed.name
    links = (
        Link(texts("files.filled"), f"{href}?{query}&lang={texts.language}", opens=False),
        Link(texts("files.check"), f"/monitoring/forms/{listed.name}?{query}", opens=True),
    )
    return Download(title, links)
