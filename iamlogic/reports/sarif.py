"""What every SARIF 2.1.0 log of iamlogic has in common: the log around its results, and places.

Texts of policies are hostile: in a message, brackets could make a link and braces a placeholder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import PurePath
from urllib.parse import quote

from iamlogic.errors import Where
from iamlogic.semantics.explain import printable

_Json = str | int | bool | None | list["_Json"] | dict[str, "_Json"]
_Object = dict[str, _Json]


@dataclass(frozen=True, slots=True)
class Rule:
    """What results are of: a name for machines, and what is to be known of it.

    `severity` is GitHub's, of 10.
    """

    id: str
    name: str
    level: str
    severity: str
    short: str
    full: str


def sarif_log(rules: Sequence[Rule], results: Sequence[_Object], invocation: _Object) -> str:
    """A log with one run; `invocation` is what is told of how it went."""
    run: _Object = {
        "tool": {
            "driver": {
                "name": "iamlogic",
                "version": version("iamlogic"),
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [*results],
    }
    log: _Object = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, indent=2)


def _rule(rule: Rule) -> _Object:
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.short},
        "fullDescription": {"text": rule.full},
        "help": {"text": rule.full},
        "defaultConfiguration": {"level": rule.level},
        "properties": {"tags": ["security", "iam"], "security-severity": rule.severity},
    }


def plain(text: str) -> str:
    """`text` where brackets, braces and backslashes have a meaning (SARIF 2.1.0, 3.11.5 and 6)."""
    return re.sub(r"[\\\[\]]", r"\\\g<0>", text).replace("{", "{{").replace("}", "}}")


def location(where: Where) -> _Object:
    """A place in a file: its line and column where they are known, its path always."""
    region: _Object = {}
    if where.line is not None and where.column is not None:
        region = {"region": {"startLine": where.line, "startColumn": where.column}}
    return {
        "physicalLocation": {"artifactLocation": artifact(where.file), **region},
        "logicalLocations": [{"fullyQualifiedName": printable(where.dotted), "kind": "object"}],
    }


def artifact(file: str | None) -> _Object:
    """Where a file is: relative names are relative to where iamlogic runs, the repository's top."""
    path = PurePath(file or "policy")
    name = quote(
        path.as_posix().encode("utf-8", "surrogateescape"), safe="/:" if path.drive else "/"
    )
    if path.is_absolute():
        return {"uri": f"file://{'' if name.startswith('/') else '/'}{name}"}
    return {"uri": name, "uriBaseId": "%SRCROOT%"}
