"""An XLSX file packed anew so that equal contents are equal bytes.

Changes nothing in it but the time at which a program says that it was saved.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_MOMENT = (1980, 1, 1, 0, 0, 0)
_SAVED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def repack(saved: BytesIO, file: BinaryIO) -> None:
    """Write the archive `saved` to `file` with fixed times, entry by entry in its own order."""
    with ZipFile(saved) as before, ZipFile(file, "w", ZIP_DEFLATED) as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _SAVED.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", content)
            told = ZipInfo(entry.filename, _MOMENT)
            told.compress_type, told.external_attr = ZIP_DEFLATED, 0o600 << 16
            after.writestr(told, content)
