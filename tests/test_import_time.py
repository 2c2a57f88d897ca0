"""`import iamlogic` is cheap: the solver and the parser generator wait until they are needed.

How many milliseconds it takes is measured by benchmarks/import_time.py: a clock is no claim.
"""

import subprocess
import sys

HEAVY = {"z3", "lark", "click", "rich"}


def loaded_after(program: str) -> set[str]:
    script = f"{program}\nimport sys\nprint(*{HEAVY!r} & set(sys.modules))"
    output = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout
    return set(output.split())


def test_import_loads_neither_solver_nor_parser_nor_terminal() -> None:
    assert loaded_after("import iamlogic") == set()


def test_parsing_a_decoded_policy_needs_no_lark() -> None:
    assert loaded_after("import iamlogic; iamlogic.parse({'Statement': []})") == set()


def test_evaluating_needs_no_solver() -> None:
    program = "import iamlogic as il; il.parse('{\"Statement\": []}'); il.evaluate"
    assert loaded_after(program) == {"lark"}
