from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from api.command import app

COMMANDS = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]


def helped(*words: str) -> str:
    answer = CliRunner(env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"}).invoke(app, [*words, "--help"])
    assert answer.exit_code == 0
    return answer.output


def test_help_tells_each_command_in_one_whole_line() -> None:
    told = dict(re.findall(r"^  ([a-z-]+) {2,}(\S.*)$", helped().split("Commands:")[1], re.MULTILINE))
    assert set(told) >= set(COMMANDS)
    assert [words for words in told.values() if words.endswith("...")] == []


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_help_has_an_example(command: str) -> None:
    words = [command] if command else []
    assert re.search(rf"Example: labedge {command}", helped(*words))


@pytest.mark.parametrize("words", [["bogus"], ["check", "--bogus"], ["replay"]])
def test_wrong_use_ends_with_2(words: list[str]) -> None:
    assert CliRunner().invoke(app, words).exit_code == 2
