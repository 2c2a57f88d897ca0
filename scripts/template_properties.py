"""Lists the properties of AWS's resource schemas that may hold policies, for the tests.

    pip install cfn-lint
    python scripts/template_properties.py > tests/data/templates/policy_properties.json

The schemas are those that cfn-lint ships. A property is listed if it is named like a policy and
holds an object of any form, or a text that is not one of a few. That iamlogic knows each of them,
or why it is none, is what tests/catalog/test_templates.py shows.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import importlib.resources
import json
import re
from collections.abc import Iterator, Mapping

_OBJECT = re.compile(r"polic|statement|content$|document$|policytemplate$", re.IGNORECASE)
_TEXT = re.compile(r"(Policy|Policies|PolicyDocument|PolicyText|Statement)$")
Schema = Mapping[str, object]


def main() -> None:
    """Print the list as JSON."""
    listed: dict[str, set[str]] = {}
    folder = importlib.resources.files("cfnlint") / "data" / "schemas" / "resources"
    for entry in folder.iterdir():
        if entry.name.endswith(".json"):
            schema = json.loads(entry.read_text(encoding="utf-8"))
            found = set(_properties(schema, schema, (), frozenset()))
            listed.setdefault(schema["typeName"], set()).update(found)
    properties = {name: sorted(found) for name, found in sorted(listed.items()) if found}
    source = f"the resource schemas in cfn-lint {importlib.metadata.version('cfn-lint')}"
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    print(json.dumps({"source": source, "date": today, "properties": properties}, indent=1))


def _properties(
    schema: Schema, node: Schema, path: tuple[str, ...], seen: frozenset[str]
) -> Iterator[str]:
    reference = node.get("$ref")
    if isinstance(reference, str):
        definition = _object(schema.get("definitions")).get(reference.rpartition("/")[2])
        if reference not in seen and isinstance(definition, dict):
            yield from _properties(schema, definition, path, seen | {reference})
        return
    for word in ("oneOf", "anyOf", "allOf"):
        for each in _list(node.get(word)):
            yield from _properties(schema, _object(each), path, seen)
    if _is_listed(node, path):
        yield ".".join(path)
    for name, inner in _object(node.get("properties")).items():
        yield from _properties(schema, _object(inner), (*path, name), seen)
    if isinstance(node.get("items"), dict):
        yield from _properties(schema, _object(node["items"]), (*path, "*"), seen)


def _is_listed(node: Schema, path: tuple[str, ...]) -> bool:
    names = [step for step in path if step != "*"]
    types = node.get("type")
    types = types if isinstance(types, list) else [types]
    if not names or "properties" in node:
        return False
    if types == [None] and not node.keys() & {"$ref", "oneOf", "anyOf", "allOf", "items"}:
        return _TEXT.search(names[-1]) is not None
    if "object" in types:
        return _OBJECT.search(names[-1]) is not None
    return "string" in types and "enum" not in node and _TEXT.search(names[-1]) is not None


def _object(value: object) -> Schema:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


if __name__ == "__main__":
    main()
