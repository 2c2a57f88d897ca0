"""Settings in YAML, as the values that TOML would have, and where each of them stands.

PyYAML reads the text; what JSON could not say (a name that occurs twice, several documents in one
file) is a mistake. An empty file says nothing, as in TOML.
"""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(slots=True)
class YamlValues:
    """The value of a YAML text, the position of each part, and where a name stands once more."""

    value: object
    places: dict[Path, int]
    repeated: list[tuple[int, Problem]]


def read_yaml_values(text: str, file: str) -> YamlValues:
    """What a YAML text says. Raises `SettingsError`."""
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
        return YamlValues({}, {(): 0}, [])
    reading = _Reading(document)
    value = reading.value(roots[0], ())
    return YamlValues(value, reading.places, reading.repeated)


def _problem(document: Document, position: int, message: str, hint: str | None) -> Problem:
    where = document.where(position, ())
    return Problem(message, where, hint, None, document.source_line(position))


class _Reading:
    """The places found so far, and the names that occur twice."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.places: dict[Path, int] = {}
        self.repeated: list[tuple[int, Problem]] = []

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
                self.repeated.append((member.position, problem))
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
