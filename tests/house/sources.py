"""The product's own source files and their functions, for the rules of the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("telemetry", "drivers", "edge", "api")


def modules() -> list[Path]:
    """Every module of the product."""
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@dataclass(frozen=True, slots=True)
class Function:
    """One function with its code lines: no docstring, comment or blank line counts."""

    place: str
    lines: int


def functions() -> Iterator[Function]:
    """Every function of the product."""
    for path in modules():
        text = path.read_text("utf-8")
        code = [bool(line.strip()) and not line.strip().startswith("#") for line in text.splitlines()]
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                if body:
                    size = sum(code[body[0].lineno - 1 : node.end_lineno])
                    yield Function(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", size)
