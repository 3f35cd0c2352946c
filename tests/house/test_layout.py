from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from drivers.catalog import CATALOG
from tests.house.sources import PACKAGES, ROOT, modules

DRAWERS = {"base", "common", "core", "helper", "helpers", "lib", "manager", "misc", "shared", "util", "utils"}

TOP = {
    ".ci", ".dockerignore", ".github", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "README.ru.md",
    "api", "bench", "deploy", "docker-compose.yml", "docs", "drivers", "edge", "package-lock.json", "package.json",
    "pyproject.toml", "requirements-dev.lock", "requirements.lock", "telemetry", "tests",
}  # fmt: skip


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [name for name in listed.stdout.split("\0") if name]


def test_the_top_level_holds_only_the_rooms_of_the_house() -> None:
    assert {name.split("/")[0] for name in tracked()} <= TOP


def test_no_drawer_is_opened() -> None:
    named = {part for path in modules() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert named & DRAWERS == set()


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - pytest's own ids
    text = path.read_text("utf-8")
    assert not text.strip() or (ast.get_docstring(ast.parse(text)) or "").splitlines()[0].endswith((".", ":"))


def test_a_family_is_one_folder_and_one_line() -> None:
    folders = {path.name for path in (ROOT / "drivers").iterdir() if (path / "__init__.py").exists()}
    assert set(CATALOG) == folders
    for family in folders:
        assert {"protocol.py", "states.py", "settings.py", "simulator.py"} <= {
            path.name for path in (ROOT / "drivers" / family).iterdir()
        }
        assert CATALOG[family].family == family


def test_only_the_supervisor_catches_everything() -> None:
    broad = re.compile(r"except\s*(Exception|BaseException)?\s*(as \w+)?:")
    found = {str(path.relative_to(ROOT)) for path in modules() if broad.search(path.read_text("utf-8"))}
    assert found <= {"edge/supervisor.py"}


def test_only_the_clock_reads_the_time() -> None:
    reads = re.compile(r"\btime\.(time|monotonic|perf_counter)(_ns)?\(|datetime\.(now|utcnow|today)\(|date\.today\(")
    found = {str(path.relative_to(ROOT)) for path in modules() if reads.search(path.read_text("utf-8"))}
    assert found <= {"edge/clock.py"}


def test_what_is_committed_names_no_registry_and_no_machine() -> None:
    hosts = re.compile(
        "|".join(("pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian")), re.IGNORECASE
    )
    faults = []
    for name in tracked():
        path = ROOT / name
        if path.suffix in {".png", ".ico", ".sqlite", ".woff2"} or not path.is_file():
            continue
        text = path.read_text("utf-8", errors="replace")
        if hosts.search(text) or re.search(r"(?<![\w.])/(work|root)/", text):
            faults.append(name)
    assert faults == []


def test_the_packages_can_be_imported_without_side_effects() -> None:
    code = f"import threading, {', '.join(PACKAGES)}; assert threading.active_count() == 1"
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True)
