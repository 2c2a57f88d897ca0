"""Counts the policies in real templates against a simpler count.

    python scripts/count_templates.py FOLDER...

Reads every template of CloudFormation and SAM below the folders, and counts what is found, what is
left open and what is malformed. The simpler count is a search for `Statement` as a name; a file in
which it finds more than iamlogic does is listed, and the exit code is 1 then.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from iamlogic.inputs.cloudformation import may_be_template, read_template
from iamlogic.inputs.unresolved.placeholders import Deployment

_SUFFIXES = {".json", ".yaml", ".yml", ".template"}
_NAME = re.compile(r"""(?<![A-Za-z])Statement(?:\\*["'])?\s*:|CustomStatements:""")
_GRANTS = re.compile(
    r"AWS::Lambda::(?:LayerVersion)?Permission\b|AWS::Events::EventBusPolicy\b"
    r"|AccessControl\W+(?:Public|Authenticated)|FunctionUrlConfig"
)
"""What iamlogic makes policies of without that name."""


@dataclass(slots=True)
class Counts:
    """What was counted."""

    files: int = 0
    found: int = 0
    open: int = 0
    malformed: int = 0
    missed: int = 0


def main(folders: list[str]) -> int:
    """Count, and print the counts."""
    counts = Counts()
    started = time.perf_counter()
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix in _SUFFIXES and path.is_file():
                _count(path, counts)
    print(f"{counts}, {time.perf_counter() - started:.1f} s")
    return 1 if counts.missed else 0


def _count(path: Path, counts: Counts) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    if not may_be_template(text):
        return
    found = read_template(text, str(path), Deployment())
    counts.files += 1
    counts.found += len(found.policies)
    counts.open += sum(each.is_open for each in found.unread)
    counts.malformed += sum(not each.is_open for each in found.unread)
    if any(not each.name for each in found.unread):
        return  # the file as a whole is malformed, which is told
    expected = len(_NAME.findall(text))
    made = len(_GRANTS.findall(text))
    if expected > len(found.policies) + len(found.unread) - made:
        print(f"{path}: the name Statement occurs {expected} times: {found.policies}")
        counts.missed += 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
