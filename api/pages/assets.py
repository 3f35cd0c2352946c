"""The pages' own files and the vendored ones, from memory.

They are read once at start by a fixed list of folders: no path of a request ever reaches the file system.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
_TYPES = {".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_SENT = frozenset({".js", ".css", ".svg", ".woff2", ".txt"})
_PACKED = frozenset({".woff2"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, media type, and a mark that changes with them."""

    content: bytes
    media_type: str
    mark: str
    packs: bool


class Assets:
    """Every file that pages may ask for, by its path under `/static/`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in _SENT)
        self._assets = {path.relative_to(folder).as_posix(): _read(path) for path in files}
        marks = "".join(asset.mark for asset in self._assets.values())
        self.mark = hashlib.sha256(marks.encode("ascii")).hexdigest()[:12]
        self._packed = lru_cache(len(files) or 1)(self._pack)

    def get(self, name: str) -> Asset | None:
        """The asset of this name, if there is one."""
        return self._assets.get(name)

    def packed(self, name: str) -> bytes:
        """An asset's bytes, gzipped when first asked for."""
        return self._packed(name)

    def address(self, name: str) -> str:
        """Where a page finds it; the address changes with the content, so browsers may keep it for ever."""
        asset = self._assets.get(name)
        return f"/static/{name}?v={asset.mark if asset else 'missing'}"

    def _pack(self, name: str) -> bytes:
        return gzip.compress(self._assets[name].content, compresslevel=6, mtime=0)


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(content, kind, hashlib.sha256(content).hexdigest()[:12], path.suffix not in _PACKED)
