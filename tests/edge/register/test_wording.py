"""No text of an entry holds what nobody sees or who a learner is; what was let in before stays readable."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import ValidationError

from edge.register import rows
from edge.register.contract import Put, Refused
from edge.register.database import MEMORY
from edge.register.entry import Entry
from edge.register.events import Event
from edge.register.kinds import KINDS
from edge.register.lessons import Teacher
from edge.register.mentoring import MentoringPair
from edge.register.projects import Project
from edge.register.quarters import QuarterText
from edge.register.sqlite import SqliteRegister
from tests.edge.register.school import TEACHER
from tests.edge.register.test_entries import VALID

UNSEEN = ("\x00", "\x07", "\x1b", "\x7f", "\u202e", "\u2066", "\u2069", "\u200b", "\u200d", "\ufeff", "\u2028")


def _is_text(annotation: Any) -> bool:
    """Whether a field takes words of a person: a text without a pattern."""
    if get_origin(annotation) is Annotated:
        return _is_text(get_args(annotation)[0])
    return annotation is str


TEXTS = [
    (kind, name)
    for kind, model in KINDS.items()
    for name, field in model.model_fields.items()
    if _is_text(field.annotation) and not any(getattr(one, "pattern", None) for one in field.metadata)
]


def test_every_kind_with_texts_is_known_here() -> None:
    assert {"group", "program", "teacher", "event", "project", "mentoring_pair", "quarter_text"} <= {
        k for k, _ in TEXTS
    }


@pytest.mark.parametrize(("kind", "name"), TEXTS)
@pytest.mark.parametrize("character", [*UNSEEN, "\ud800"])
def test_what_nobody_sees_is_refused_and_named(kind: str, name: str, character: str) -> None:
    with pytest.raises(ValidationError) as refused:
        KINDS[kind].model_validate(VALID[kind] | {name: f"слово {character} x"})
    (fault,) = refused.value.errors()
    assert fault["loc"] == (name,)
    if character != "\ud800":  # pydantic's own sentence
        assert f"character 7 is U+{ord(character):04X}, which nobody sees: write the text anew" in fault["msg"]


@pytest.mark.parametrize(("kind", "name"), TEXTS)
def test_lines_stand_in_long_texts_alone(kind: str, name: str) -> None:
    long = name in {"document", "reason", "outcome", "text", "agreement", "subject", "address"}
    value = VALID[kind] | {name: "первая\r\n\tвторая"}
    if not long or (kind, name) == ("manual_value", "document"):
        with pytest.raises(ValidationError, match="write the text on one line"):
            KINDS[kind].model_validate(value)
    else:
        assert getattr(KINDS[kind].model_validate(value), name) == "первая\n\tвторая"


@pytest.mark.parametrize("text", ["Фрезер «Ёж» № 5", "№\u00a04", "日本語", "Ünïcode — да", "x²"])
def test_letters_of_all_languages_are_taken(text: str) -> None:
    assert Teacher(name=text).name == text


PEOPLE = (
    "Иванов Пётр",
    "Петр Иванов",
    "Иванов Пётр Сергеевич",
    "Иванов П. С.",
    "П. С. Иванов",
    "Петрова-Водкина А.",
    "Иванов Пётр, 7А",
    "Иванов П., Петрова А. С.",
    "Иванов Пётр и Петрова Анна",
    "Сидорова Лиза (8 класс)",
)
THINGS = (
    "Умная Теплица",
    "Кубок имени М. В. Ломоносова",
    "Гагаринские чтения",
    "Юрий Гагарин: путь к звёздам",
    "Чистый Воздух",
    "Приказ № 14",
    "Диплом, папка 3",
    "План",
)


@pytest.mark.parametrize(
    "kind", ["event", "project", "achievement", "volunteering", "mentoring_model", "group", "one_off"]
)
@pytest.mark.parametrize("text", PEOPLE)
def test_a_name_of_a_person_is_no_name_of_what_learners_take_part_in(kind: str, text: str) -> None:
    with pytest.raises(ValidationError, match="may be a learner's name"):
        KINDS[kind].model_validate(VALID[kind] | {"name": text})


@pytest.mark.parametrize("text", PEOPLE)
def test_a_name_of_a_person_is_no_document(text: str) -> None:
    with pytest.raises(ValidationError, match="may be a learner's name"):
        Project.model_validate(VALID["project"] | {"document": text})


@pytest.mark.parametrize("text", THINGS)
def test_what_is_called_after_somebody_or_in_capitals_keeps_its_name(text: str) -> None:
    assert Event.model_validate(VALID["event"] | {"name": text, "document": text}).name == text


@pytest.mark.parametrize("text", [*PEOPLE, "Иванов — Петров", "Иванов 3", "Пара Петровой", "Пара 3 (Иванов)", "Коля"])
def test_a_pair_has_nobodys_name(text: str) -> None:
    with pytest.raises(ValidationError, match="tell the pair by a number, such as «Пара 3»"):
        MentoringPair.model_validate(VALID["mentoring_pair"] | {"name": text})


@pytest.mark.parametrize(
    "text", ["", "Пара 3", "пара 3, робототехника", "ПР-1 / 2", "Тандем Б", "Pair 7", "№ 12", "7Б-2"]
)
def test_a_pair_has_a_number(text: str) -> None:
    assert MentoringPair.model_validate(VALID["mentoring_pair"] | {"name": text}).name == text


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("teacher", {"name": "Ива\u202eнова"}),
        ("mentoring_pair", {"name": "Иванов — Петров"}),
        ("project", {"name": "Иванов Пётр", "document": "Иванов П.\x07"}),
        ("quarter_text", {"text": "a\r\nb\u200b"}),
    ],
)
def test_what_an_older_labedge_let_in_is_read_as_it_was(kind: str, change: dict[str, Any]) -> None:
    model: type[Entry] = KINDS[kind]
    sound = model.model_validate(VALID[kind])
    words = rows.words_of(sound.model_copy(update=change))
    kept = rows.value_of(kind, words, place="x")
    assert {name: getattr(kept, name) for name in change} == change
    with pytest.raises(ValidationError):
        model.model_validate_json(words)


def test_other_systems_line_breaks_become_plain_ones() -> None:
    assert QuarterText(subject="1.1", year=2026, quarter=3, text="a\r\nb\rc").text == "a\nb\nc"


@pytest.mark.parametrize("word", ["author", "reason"])
def test_who_and_why_hold_nothing_that_nobody_sees(word: str) -> None:
    register = SqliteRegister(MEMORY)
    with pytest.raises(Refused, match=f"of its {word} character 2 is U\\+202E"):
        register.apply([Put("a", TEACHER)], at=1, **({"author": "a", "reason": "b"} | {word: "x\u202e"}))
    register.close()
