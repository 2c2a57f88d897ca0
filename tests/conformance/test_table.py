"""Every rule in scope has a case, and docs/conformance.md says which."""

from __future__ import annotations

from scripts.conformance_table import CASES, TABLE, problems, rules, table
from tests.conformance.cases import ALL


def test_every_rule_in_scope_has_a_case_and_every_case_names_rules() -> None:
    assert list(problems(rules())) == []


def test_the_table_is_up_to_date() -> None:
    page = TABLE.read_text(encoding="utf-8")
    assert page == table(rules()), "run scripts/conformance_table.py"


def test_every_file_of_cases_is_tested() -> None:
    assert sorted(ALL) == sorted(path.stem for path in CASES.glob("*.json"))
