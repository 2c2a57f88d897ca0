"""Evaluators that are wrong in one place, and which of them a list of examples tells from ours.

The examples are decided once by the evaluator as it is. Each mistake of `scripts/mistakes.toml` is
made in a copy of `iamlogic/semantics`, and one process of its own decides the same examples with
one copy after the other: what the copies import from elsewhere is the same for all. Policies come
pickled, so that this takes little time; requests come as JSON, for what follows from a requester is
part of what can be wrong.
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
Example = tuple[il.Policy, tuple[il.Request, ...]]
"""A policy, and what is asked of it."""

_DECIDE = """
import json, pickle, sys
from importlib import import_module
import iamlogic
from iamlogic.semantics.evaluation import evaluate

def outcome(policy, request):
    try:
        return evaluate(policy, Request(**request)).outcome.name
    except Exception as error:
        return type(error).__name__

def first_difference():
    for number, (policy, requests) in enumerate(examples, start=1):
        for request, expected in requests:
            if outcome(policy, request) != expected:
                return number

with open(sys.argv[1], "rb") as file:
    examples = pickle.load(file)
own, found = list(iamlogic.__path__), []
for folder in sys.argv[2:]:
    for name in [name for name in sys.modules if name.startswith("iamlogic.semantics")]:
        del sys.modules[name]
    iamlogic.__path__ = [folder, *own]
    evaluation = import_module("iamlogic.semantics.evaluation")
    assert evaluation.__file__.startswith(folder)
    evaluate, Request = evaluation.evaluate, import_module("iamlogic.semantics").Request
    found.append(first_difference())
print(json.dumps(found))
"""


def mistakes() -> list[Mistake]:
    """Those of the evaluator."""
    return [each for each in read_mistakes() if each.file.startswith("iamlogic/semantics/")]


def first_differences(
    wrong: Sequence[Mistake], examples: Sequence[Example], folder: Path
) -> list[int | None]:
    """By mistake the number of the first example of which the wrong evaluator says another thing.

    `folder` is one that is empty.
    """
    file = folder / "examples.pickle"
    file.write_bytes(
        pickle.dumps([(policy, _decided(policy, asked)) for policy, asked in examples])
    )
    copies = [_broken(each, folder / str(number)) for number, each in enumerate(wrong)]
    run = subprocess.run(
        [sys.executable, "-c", _DECIDE, str(file), *map(str, copies)],
        cwd=PACKAGE.parent, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found: list[int | None] = json.loads(run.stdout)
    return found


def _decided(
    policy: il.Policy, asked: tuple[il.Request, ...]
) -> list[tuple[dict[str, object], str]]:
    return [(each.to_dict(), il.evaluate(policy, each).outcome.name) for each in asked]


def _broken(mistake: Mistake, folder: Path) -> Path:
    """A folder with a package `semantics` in which the mistake is made."""
    shutil.copytree(
        PACKAGE / "semantics", folder / "semantics", ignore=shutil.ignore_patterns("*.pyc")
    )
    file = folder / mistake.file.removeprefix("iamlogic/")
    text = file.read_text(encoding="utf-8")
    assert text.count(mistake.was) == 1, mistake.mistake
    file.write_text(text.replace(mistake.was, mistake.becomes), encoding="utf-8")
    return folder
