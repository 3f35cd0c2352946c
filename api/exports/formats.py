"""FORMATS: how a book becomes a file, by the word that a question names.

One line a format; a writer streams into the file that it is given and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO

from api.exports.book import Book
from api.exports.delimited import write_rfc4180, write_russian
from api.exports.document import write_document
from api.exports.parquet import write_parquet


class Format(StrEnum):
    """What a list or an export can be answered in."""

    JSON = "json"
    CSV = "csv"
    CSV_EXCEL = "csv-excel"
    XLSX = "xlsx"
    PARQUET = "parquet"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class FileType:
    """A format's writer, its file's suffix and media type; `whole` ones hold every table of a book."""

    suffix: str
    media_type: str
    write: Callable[[Book, BinaryIO], None]
    whole: bool


def write_workbook(book: Book, file: BinaryIO) -> None:
    """All tables as the sheets of a workbook."""
    from api.exports import workbook  # noqa: PLC0415 - a gateway at rest does without xlsxwriter

    workbook.write_workbook(book, file)


def write_page(book: Book, file: BinaryIO) -> None:
    """The report as a page of its own."""
    if book.printed is None:
        raise ValueError(f"{book.code} is no report")
    file.write(book.printed().encode())


FORMATS: Mapping[Format, FileType] = {
    Format.JSON: FileType(".json", "application/json", write_document, whole=True),
    Format.CSV: FileType(".csv", "text/csv; header=present", write_rfc4180, whole=False),
    Format.CSV_EXCEL: FileType(".csv", "text/csv; header=present; charset=utf-8", write_russian, whole=False),
    Format.XLSX: FileType(
        ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_workbook, whole=True
    ),
    Format.PARQUET: FileType(".parquet", "application/vnd.apache.parquet", write_parquet, whole=False),
    Format.HTML: FileType(".html", "text/html; charset=utf-8", write_page, whole=True),
}


def bytes_of(book: Book, form: Format) -> bytes:
    """A book as a file in memory: for tables that are known to be small, or are kept."""
    stream = BytesIO()
    FORMATS[form].write(book, stream)
    return stream.getvalue()


TABLES = tuple(form for form in Format if form is not Format.HTML)
"""The formats of every export; only a report is a page too."""
