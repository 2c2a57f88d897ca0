"""How the catalog's data files are read: the tables of one TOML file that ships in the package.

The files are the project's own, so a mistake in one is a bug; tests/catalog/ reads them all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Row:
    """One table of a data file, read member by member."""

    members: Mapping[str, object]

    def text(self, name: str, default: str | None = None) -> str:
        value = self.members.get(name, default)
        assert isinstance(value, str)
        return value

    def flag(self, name: str) -> bool:
        value = self.members[name]
        assert isinstance(value, bool)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list; none if it is absent."""
        return tuple(_text(item) for item in self._list(name))

    def rows(self, name: str) -> Iterator[Row]:
        """The tables of a list of them."""
        for item in self._list(name):
            assert isinstance(item, dict)
            yield Row(item)

    def _list(self, name: str) -> list[object]:
        value = self.members.get(name, [])
        assert isinstance(value, list)
        return value


def _text(value: object) -> str:
    assert isinstance(value, str)
    return value


def read_rows(file: str, name: str) -> tuple[Row, ...]:
    """The tables `[[name]]` of the data file, in its order."""
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    return tuple(Row(tomllib.loads(text)).rows(name))
