"""Settings in YAML, as the values that TOML would have, and where each of them stands.

PyYAML reads the text; what JSON could not say (a name that occurs twice, several documents in one
file) is a mistake. An empty file says nothing, as in TOML.
"""

from __future__ import annotations

from iamlogic.errors import Path, PolicySyntaxError, Problem, SettingsError
from iamlogic.inputs.yaml_tree import read_yaml
from iamlogic.syntax.json_tree import (
    JsonBool,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
    quote,
)
from iamlogic.syntax.problems import Document


def read_yaml_values(text: str, file: str) -> tuple[object, dict[Path, int]]:
    """The value of a YAML text, and the position of each part. Raises `SettingsError`."""
    document = Document(text, file)
    try:
        roots = read_yaml(text, document)
    except PolicySyntaxError as error:  # with the rules of policies, which are none of settings
        raise SettingsError(
            tuple(
                Problem(each.message, each.where, each.hint, None, each.source_line)
                for each in error.problems
            )
        ) from None
    if len(roots) > 1:
        message, hint = "here a second document begins", "settings are one: leave out ---"
        raise SettingsError((_problem(document, roots[1].position, message, hint),))
    if not roots or isinstance(roots[0], JsonNull):
        return {}, {(): 0}
    reading = _Reading(document)
    value = reading.value(roots[0], ())
    if reading.repeated:
        raise SettingsError(tuple(reading.repeated))
    return value, reading.places


def _problem(document: Document, position: int, message: str, hint: str | None) -> Problem:
    where = document.where(position, ())
    return Problem(message, where, hint, None, document.source_line(position))


class _Reading:
    """The places found so far, and the names that occur twice."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.places: dict[Path, int] = {}
        self.repeated: list[Problem] = []

    def value(self, node: JsonValue, path: Path) -> object:
        self.places.setdefault(path, node.position)
        match node:
            case JsonObject(members, _):
                return self._table(JsonObject(members, node.position), path)
            case JsonList(items, _):
                return [self.value(item, (*path, i)) for i, item in enumerate(items)]
            case JsonNumber(text, _):
                return _number(text)
            case JsonString(text, _):
                return text
            case JsonBool(truth, _):
                return truth
        return None

    def _table(self, node: JsonObject, path: Path) -> dict[str, object]:
        table: dict[str, object] = {}
        for member in node.members:
            if member.name in table:
                message = f"{quote(member.name)} occurs twice in one mapping"
                hint = "join them or remove one"
                problem = _problem(self._document, member.position, message, hint)
                self.repeated.append(problem)
                continue
            here = (*path, member.name)
            self.places[here] = member.position
            table[member.name] = self.value(member.value, here)
        return table


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
