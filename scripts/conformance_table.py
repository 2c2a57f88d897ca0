"""Which cases pin each rule: writes docs/conformance.md, or says with `--check` what is wrong.

    python scripts/conformance_table.py [--check]

The rules are those of docs/semantics.md, in its order; the cases those of tests/conformance/*.json,
each of which names its rules. A rule that no single case can show, such as one about all requests
of AWS, cites a test in `CITED`. Exit code 1 if a rule in scope has neither, if a citation leads
nowhere, or if the table is not the one that would be written.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEMANTICS = ROOT / "docs" / "semantics.md"
TABLE = ROOT / "docs" / "conformance.md"
CASES = ROOT / "tests" / "conformance"

FACTS = "tests/semantics/test_facts.py"
WORLD = "tests/semantics/test_world.py"
WHO_CAN = "tests/questions/test_who_can.py"
OUTSIDE = "tests/questions/test_external_access.py"
CITED = {
    "R-K8": (f"{WORLD}::test_a_single_valued_key_has_one_value",),
    "R-K10": (f"{FACTS}::test_this_breaks_one_fact_and_no_other",),
    "R-K11": (f"{FACTS}::test_this_breaks_one_fact_and_no_other",),
    "R-K12": (f"{FACTS}::test_this_breaks_one_fact_and_no_other",),
    "R-K14": (f"{FACTS}::test_this_breaks_one_fact_and_no_other",),
    "R-K16": (f"{FACTS}::test_every_fact_can_be_broken_and_names_its_rule",),
    "R-K21": (f"{FACTS}::test_aws_can_send_this",),
    "R-P25": ("tests/conformance/test_texts.py::test_size_limits_are_not_checked",),
    "R-K22": ("tests/semantics/test_facts.py::test_a_resource_is_of_the_account_in_its_arn",),
    "R-P6": ("tests/syntax/test_policy_types.py::test_a_policy_that_is_none_of_its_type",),
    "R-P8": ("tests/syntax/test_policy_types.py::test_a_policy_that_is_none_of_its_type",),
    "R-P9": ("tests/syntax/test_policy_types.py::test_a_policy_of_its_type_is_taken",),
    "R-P26": ("tests/syntax/test_scope.py::test_a_scope_is_a_statement_without_effect",),
    "R-E19": ("tests/questions/test_stacks.py::test_what_is_not_modelled_is_left_to_the_policies",),
    "R-E23": ("tests/semantics/test_stacks.py::test_a_path_makes_a_role_service_linked",),
    "R-E24": ("tests/questions/test_permits.py::test_whom_a_question_about_a_stack_ranges_over",),
    "R-E25": ("tests/questions/test_governing.py::test_the_nearest_policy_decides",),
    "R-E26": (f"{WHO_CAN}::test_ways_are_as_long_as_asked_for_and_told_from_the_first_role_on",),
    "R-K5": ("tests/conformance/test_decision_table.py::test_row_has_its_outcome",),
    "R-X16": (f"{OUTSIDE}::test_only_actions_of_the_type_count",),
    "R-X17": (f"{OUTSIDE}::test_the_resource_lies_in_the_zone",),
    "R-X18": (f"{OUTSIDE}::test_ids_follow_the_meaning",),
    "R-E20": (f"{WORLD}::test_over_whom_lone_policies_are_compared",),
    "R-E21": (f"{WORLD}::test_resources_are_arns_or_the_star",),
}
"""Tests of rules that are about more than one request or one text."""

DECISIONS = "decision_table"
"""The rows of this file, one on a line, are too many to be named one by one."""

MOST_NAMED = 24
"""Cases of one file that are named; where there are more, the table says how many more."""

_RULE = re.compile(r"\*\*(R-[A-Z]\d+)\*\*")
_HEAD = """# Which cases pin each rule

Every rule of the [semantics](semantics.md) has cases in `tests/conformance/`, told
here by their ids, or names a test. `scripts/conformance_table.py` writes this page; a rule without
a case fails the tests, and so does a page that is out of date.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, and what pins it: the ids of cases by the name of their file, and cited tests."""

    id: str
    section: str
    cases: Mapping[str, tuple[str, ...]]
    tests: tuple[str, ...]

    @property
    def pinned(self) -> bool:
        return bool(self.tests or self.cases)


def rules() -> list[Rule]:
    """The rules of the semantics in their order, with all that pins them."""
    cases = [
        (path.stem, case)
        for path in sorted(CASES.glob("*.json"))
        for case in json.loads(path.read_text(encoding="utf-8"))
    ]
    rows = (CASES / f"{DECISIONS}.jsonl").read_text(encoding="utf-8").splitlines()
    cases += [
        (DECISIONS, {**row, "rule": row["rules"]}) for row in map(json.loads, filter(None, rows))
    ]
    found = []
    for section, id_ in _defined():
        by_file: dict[str, tuple[str, ...]] = {}
        for file, case in cases:
            if id_ in _named(case):
                by_file[file] = (*by_file.get(file, ()), case["id"])
        found.append(Rule(id_, section, by_file, CITED.get(id_, ())))
    return found


def _named(case: Mapping[str, list[str]]) -> list[str]:
    """The rules of a case; the project's own cases of external access name none."""
    return case.get("rule") or case.get("rules") or []


def _defined() -> Iterator[tuple[str, str]]:
    section = ""
    for line in SEMANTICS.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        yield from ((section, id_) for id_ in _RULE.findall(line))


def problems(known: list[Rule]) -> Iterator[str]:
    """What is wrong with the cases: rules without one, and names that lead nowhere."""
    for rule in known:
        if not rule.pinned:
            yield f"{rule.id} has no case and cites no test"
    ids = {rule.id for rule in known}
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            for named in sorted(set(_named(case)) - ids):
                yield f"{path.name}: {case['id']} names {named}, which is no rule"
    for id_, tests in CITED.items():
        if id_ not in ids:
            yield f"a test is cited for {id_}, which is no rule"
        for test in tests:
            file, _, name = test.partition("::")
            source = ROOT / file
            if not source.is_file() or f"def {name}(" not in source.read_text(encoding="utf-8"):
                yield f"{id_} cites {test}, which is no test"


def table(known: list[Rule]) -> str:
    """The page."""
    parts, section = [_HEAD], ""
    for rule in known:
        if rule.section != section:
            section = rule.section
            parts.append(f"\n## {section}\n\n| rule | cases |\n|---|---|\n")
        parts.append(f"| {rule.id} | {_cell(rule)} |\n")
    return "".join(parts)


def _cell(rule: Rule) -> str:
    pieces = []
    for file, ids in rule.cases.items():
        if file == DECISIONS:
            pieces.append(f"**{file}.jsonl**: {len(ids)} rows")
        else:
            more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
            named = ", ".join(f"`{id_}`" for id_ in ids[:MOST_NAMED])
            pieces.append(f"**{file}.json**: {named}{more}")
    pieces += [f"`{test}`" for test in rule.tests]
    return "<br>".join(pieces)


def main() -> int:
    """Write the table, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, say what is wrong")
    known = rules()
    page, wrong = table(known), list(problems(known))
    if not parser.parse_args().check:
        TABLE.write_text(page, encoding="utf-8")
    elif not TABLE.is_file() or TABLE.read_text(encoding="utf-8") != page:
        wrong.append(f"{TABLE.relative_to(ROOT)} is out of date: run scripts/conformance_table.py")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
