"""Templates and texts, loaded once: models in, HTML out.

Everything is escaped; a template that names what it was not given is a bug and raises.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages.assets import Assets
from api.pages.board import Board
from api.pages.cards import Card
from api.pages.navigation import SECTIONS
from api.pages.texts import LANGUAGES, Language, Texts, load
from edge.settings import Settings

CARDS_KEPT = 1024
"""Rendered cards kept for other readers of the same board: two languages of every equipment of a large centre."""


class Pages:
    """What every page is rendered by."""

    def __init__(self, settings: Settings) -> None:
        self.assets = Assets()
        self.default: Language = settings.centre.language
        zone = ZoneInfo(settings.centre.timezone)
        self._texts = {language: Texts(language, zone, load(language)) for language in LANGUAGES}
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.policies["json.dumps_function"] = _json
        self._templates.policies["json.dumps_kwargs"] = {}
        self._templates.globals["asset"] = self.assets.address
        self._templates.globals["settings"] = settings
        self._templates.globals["sections"] = SECTIONS
        self._templates.globals["card_html"] = self.card
        self._card = lru_cache(CARDS_KEPT)(self._rendered_card)

    @property
    def version(self) -> str:
        """Changes with the pages' files: a page made by another version should load itself anew."""
        return self.assets.mark

    def texts(self, language: Language) -> Texts:
        """The words of one language."""
        return self._texts[language]

    def render(self, template: str, language: Language, **models: object) -> str:
        """A whole page or a part of one."""
        return self._templates.get_template(template).render(t=self._texts[language], lang=language, **models)

    def card(self, card: Card, language: Language) -> str:
        """One card; the same card is rendered once for all readers."""
        return self._card(card, language)

    def rooms(self, board: Board, language: Language) -> str:
        """Every room of the board."""
        return self.render("rooms.html", language, board=board)

    def _rendered_card(self, card: Card, language: Language) -> str:
        return self.render("card.html", language, card=card)


def _json(model: object) -> str:
    """A model for a page's script; the template's `tojson` escapes it for HTML."""
    return orjson.dumps(model).decode()
