"""The attributes that Terraform keeps policies in, for people: a part of a reference page.

    python scripts/terraform_policies.py [--check]

Writes the table between the two marks of docs/reference/terraform.md from
iamlogic/catalog/terraform_policies.toml. Exit code 1 with `--check` if it is out of date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from iamlogic.catalog.terraform_policies import (
    PolicyAttribute,
    other_attributes,
    policy_attributes,
)

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "terraform.md"
BEGIN = "<!-- the table begins: scripts/terraform_policies.py writes it -->\n"
END = "<!-- the table ends -->\n"


def table() -> str:
    """The tables as they should be."""
    head = "| resource | attribute | type | of a |\n|---|---|---|---|\n"
    rows = "".join(map(_row, policy_attributes()))
    others = "".join(f"- `{_place(each)}`: {each.note}\n" for each in other_attributes())
    return f"{head}{rows}\nOf the same shape, but no IAM policies:\n\n{others}"


def page() -> str:
    """The page with the tables as they should be."""
    text = PAGE.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, f"{PAGE} has lost its marks"
    assert end, f"{PAGE} has lost its marks"
    return f"{before}{begin}\n{table()}\n{end}{after}"


def _row(entry: PolicyAttribute) -> str:
    kind = entry.type.value if entry.type else entry.note.partition(";")[0]
    target = f"`{entry.target}`" if entry.target else ""
    return f"| `{entry.resource}` | `{entry.dotted}` | {kind} | {target} |\n"


def _place(entry: PolicyAttribute) -> str:
    return f"{entry.resource}.{entry.dotted}"


def main() -> int:
    """Write the table, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, say what is wrong")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page():
        print(f"{PAGE.relative_to(ROOT)} is out of date: run scripts/terraform_policies.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
