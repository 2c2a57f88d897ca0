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


def test_drawing_policies_and_requests_needs_no_solver() -> None:
    assert loaded_after("import iamlogic.testing.strategies") == set()
    assert loaded_after("from iamlogic.testing import requests; requests()") == {"lark"}


def test_the_pytest_plugin_loads_nothing_until_it_is_used() -> None:
    program = "import pytest; import iamlogic.testing.pytest_plugin"
    assert loaded_after(program) == set()
    assert loaded_after(f"{program}; assert 'hypothesis' not in __import__('sys').modules") == set()
    only = ["iamlogic", "iamlogic.testing", "iamlogic.testing.pytest_plugin"]
    told = (
        f"{program}\nimport sys\nown = sorted(m for m in sys.modules if m.startswith('iamlogic'))"
    )
    assert loaded_after(f"{told}\nassert own == {only!r}, own") == set()


def test_without_hypothesis_the_extra_is_named() -> None:
    program = (
        "import sys\nsys.modules['hypothesis'] = None\n"
        "from iamlogic.testing import assert_allows\n"
        "try:\n    from iamlogic.testing import requests\n"
        "except ImportError as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert "requests needs the library hypothesis" in done.stdout
    assert "hint: pip install 'iamlogic[pytest]'" in done.stdout
