"""A form of a period: the report that is asked for, in the template that is named.

Computes nothing.
"""

from __future__ import annotations

from api.exports.forms.filling import Form
from api.exports.forms.mapping import Mapping
from api.exports.forms.template import Filling, filled
from api.exports.quarterly import asked_of
from api.exports.question import Question, Sources


def filled_form(question: Question, sources: Sources, mapping: Mapping, template: tuple[str, bytes]) -> Filling:
    """A template, by its suffix and content, with every place of the mapping; raises `GiveUp` or `Refused`."""
    asked = asked_of(question, sources)
    form = Form(asked.told, sources.settings.centre.name, asked.edition)
    return filled(*template, form, mapping.place)
