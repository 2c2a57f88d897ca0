"""The cases of this folder, read from its JSON files: one object per case, its id once in them all.

| files | a case says |
|---|---|
| `EVALUATIONS` | how a lone policy answers one request |
| `requests` | what a request's keys are, or that it cannot be written down |
| `comparisons`, `documented_comparisons` | how two lone policies relate |
| `texts` | which text is a policy, and what is wrong or doubtful with it |
| `stacks` | how several policies around one request answer it |
| `EXTERNAL` | who outside a zone of trust can reach a resource |
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

Case = dict[str, Any]

HERE = Path(__file__).parent

EVALUATIONS = (
    "matching",
    "principals",
    "conditions",
    "whole_language",
    "from_stacks",
    "documented_networks",
    "documented_operators",
    "documented_principals",
    "documented_resources",
    "documented_s3",
    "documented_scps",
    "documented_sets",
    "documented_tags",
    "documented_variables",
)
COMPARISONS = ("comparisons", "documented_comparisons")
EXTERNAL = ("external_access", "documented_external_access")
ALL = (*EVALUATIONS, *COMPARISONS, *EXTERNAL, "requests", "texts", "stacks")


def read(name: str) -> list[Case]:
    return list(json.loads((HERE / f"{name}.json").read_text(encoding="utf-8")))


def cases(*names: str) -> list[ParameterSet]:
    return [pytest.param(case, id=case["id"]) for name in names for case in read(name)]
