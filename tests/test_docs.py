"""Every example in the README and in docs/ runs, and prints what it says it prints.

A `console` block holds `$ iamlogic …` commands, each followed by its output; they run in a copy of
`examples/`. A `python` block runs by itself; a `text` block right after it is what it prints.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

TOP = Path(__file__).parents[1]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
_BLOCK = re.compile(
    r"^```(console|python)\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL
)
_COMMAND = re.compile(r"^\$ iamlogic (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def blocks(kind: str) -> list[ParameterSet]:
    return list(_blocks(kind))


def _blocks(kind: str) -> Iterator[ParameterSet]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in _BLOCK.finditer(text):
            if block[1] == kind:
                line = text.count("\n", 0, block.start()) + 1
                yield pytest.param(block, id=f"{page.relative_to(TOP)}:{line}")


def run(program: list[str], folder: Path) -> str:
    done = subprocess.run(
        program, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("block", blocks("console"))
def test_a_command_prints_what_the_page_shows(block: re.Match[str], tmp_path: Path) -> None:
    folder = shutil.copytree(TOP / "examples", tmp_path / "examples")
    commands = list(_COMMAND.finditer(block[2]))
    assert commands
    for command in commands:
        program = [sys.executable, "-c", "from iamlogic.cli import main; main()"]
        printed = run([*program, *command[1].split()], folder)
        assert printed.rstrip() == command[2].rstrip()


@pytest.mark.parametrize("block", blocks("python"))
def test_a_program_prints_what_the_page_shows(block: re.Match[str], tmp_path: Path) -> None:
    folder = shutil.copytree(TOP / "examples", tmp_path / "examples")
    printed = run([sys.executable, "-c", block[2]], folder)
    assert "Traceback" not in printed, printed
    assert printed == (block[3] or "")


def test_the_pages_have_examples() -> None:
    assert len(blocks("console")) > 3
    assert len(blocks("python")) > 1
