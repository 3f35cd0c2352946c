"""The forms that a lab has: those that come with labedge and those in `forms.d` beside the configuration.

A form is chosen by its name from this list; no word of a request ever becomes a path.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api.exports.forms.mapping import Mapping, read
from edge.errors import GiveUp

OWN = "forms.d"
EXAMPLES = Path(__file__).parent / "examples"


@dataclass(frozen=True, slots=True)
class Listed:
    """A form by its name, which is that of its mapping's file."""

    name: str
    path: Path


def forms(config: Path | None) -> dict[str, Listed]:
    """Every form by name; one beside the configuration stands in place of an example of that name."""
    folders = [EXAMPLES] if config is None else [EXAMPLES, config.parent / OWN]
    return {
        path.stem: Listed(path.stem, path)
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.glob("*.toml"))
    }


def opened(listed: Listed) -> tuple[Mapping, Path, bytes]:
    """The mapping of a form, its template's path and content; raises `GiveUp` or `Refused`."""
    mapping = read(listed.path)
    template = listed.path.parent / mapping.template
    return mapping, template, template_bytes(template)


def template_bytes(path: Path) -> bytes:
    """A template's content; raises `GiveUp` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise GiveUp(f"The template {path.name} cannot be read: {error.strerror}.", fix="Put it there.") from error
