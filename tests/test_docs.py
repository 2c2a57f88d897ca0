"""Every example in the README and in docs/ runs, and prints what it says it prints.

A `console` block holds `$ iamlogic …` commands, each followed by its output; they run in a copy of
`examples/`. A `python` block runs by itself; a `text` block right after it is what it prints.

A page with the mark `<!-- one session -->` is one shell session in an empty folder: its `sh` blocks
run, and its `console` blocks run and print what is shown, in the order of the page. Commits have a
fixed author and time, so that their ids are always the same.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

TOP = Path(__file__).parents[1]
_ALL_PAGES = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
_SESSION = "<!-- one session -->"
SESSIONS = [each for each in _ALL_PAGES if _SESSION in each.read_text(encoding="utf-8")]
PAGES = [each for each in _ALL_PAGES if each not in SESSIONS]
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


_STEP = re.compile(r"^```(sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TYPED = re.compile(r"^\$ ((?:iamlogic|git|pytest) .*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_SECONDS = re.compile(r"\b[0-9.]+( s|s)\b")
"""How long something took: other in every run."""
_NEXT = "--- next step"
IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (
        ("NAME", "You"),
        ("EMAIL", "you@example.com"),
        ("DATE", "2026-01-01T00:00:00Z"),
    )
}


@pytest.mark.parametrize("page", SESSIONS, ids=lambda page: page.name)
def test_a_session_goes_as_the_page_shows(page: Path, tmp_path: Path) -> None:
    script, expected = ["set -e"], []
    for kind, body in _STEP.findall(page.read_text(encoding="utf-8")):
        steps = [(body, None)] if kind == "sh" else _TYPED.findall(body)
        for command, printed in steps:
            line = command if printed is None else f"{command} 2>&1 || true"
            script += [line, f"echo '{_NEXT}'"]
            expected.append(None if printed is None else printed.rstrip())
    # On a machine for CI pytest says more: the pages show what people see at home.
    ours = {name: value for name, value in os.environ.items() if name not in {"CI", "BUILD_NUMBER"}}
    environment = {
        **ours,
        **IDENTITY,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told = [each.rstrip() for each in done.stdout.split(f"{_NEXT}\n")[:-1]]
    assert len(told) == len(expected)
    assert any(expected)
    for got, wanted in zip(told, expected, strict=True):
        assert wanted is None or _SECONDS.sub(r"0\1", got) == _SECONDS.sub(r"0\1", wanted)


def test_the_pages_have_examples() -> None:
    assert len(blocks("console")) > 3
    assert len(blocks("python")) > 1
