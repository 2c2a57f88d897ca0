"""Evaluators that are wrong in one place, and which of them a list of examples tells from ours.

The examples are decided once by the evaluator as it is. Each mistake of `scripts/mistakes.toml` is
made in a copy of `iamlogic/semantics` whose neighbours are links to the real ones; a process of its
own decides the same examples there. Policies come pickled, so that this takes little time; requests
come as JSON, for what follows from a requester is part of what can be wrong.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import iamlogic as il
from scripts.mistakes import Mistake, read_mistakes

PACKAGE = Path(il.__file__).parent
Example = tuple[il.Policy, il.Request]

_DECIDE = """
import json, pickle, sys
from iamlogic.semantics import Request
from iamlogic.semantics.evaluation import evaluate
with open(sys.argv[1], "rb") as file:
    examples = pickle.load(file)
outcomes = []
for policy, request in examples:
    try:
        outcomes.append(evaluate(policy, Request(**request)).outcome.name)
    except Exception as error:
        outcomes.append(type(error).__name__)
print(json.dumps(outcomes))
"""


def mistakes() -> list[Mistake]:
    """Those of the evaluator."""
    return [each for each in read_mistakes() if each.file.startswith("iamlogic/semantics/")]


def written(examples: Sequence[Example], file: Path) -> Path:
    """The examples in a file, for other processes."""
    shown = [(policy, request.to_dict()) for policy, request in examples]
    file.write_bytes(pickle.dumps(shown))
    return file


def first_difference(
    mistake: Mistake, examples: Path, expected: Sequence[str], folder: Path
) -> int | None:
    """The number of the first example about which the wrong evaluator says something else."""
    outcomes = _decided(_broken(mistake, folder), examples)
    assert len(outcomes) == len(expected)
    pairs = enumerate(zip(outcomes, expected, strict=True), start=1)
    return next((number for number, (ours, theirs) in pairs if ours != theirs), None)


def _broken(mistake: Mistake, folder: Path) -> Path:
    """A tree in which the mistake is made."""
    package = folder / "iamlogic"
    package.mkdir(parents=True)
    for entry in PACKAGE.iterdir():
        if entry.name == "semantics":
            shutil.copytree(entry, package / entry.name, ignore=shutil.ignore_patterns("*.pyc"))
        elif entry.name != "__pycache__":
            (package / entry.name).symlink_to(entry)
    if not (package / "grammar").exists():
        (folder / "grammar").symlink_to(PACKAGE.parent / "grammar")
    file = folder / mistake.file
    text = file.read_text(encoding="utf-8")
    assert text.count(mistake.was) == 1, mistake.mistake
    file.write_text(text.replace(mistake.was, mistake.becomes), encoding="utf-8")
    return folder


def _decided(tree: Path, examples: Path) -> list[str]:
    surroundings = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [sys.executable, "-c", _DECIDE, str(examples)],
        cwd=tree, env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    outcomes: list[str] = json.loads(run.stdout)
    return outcomes
