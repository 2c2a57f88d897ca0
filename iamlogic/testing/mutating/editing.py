"""A text with another value in it: changed in place, where the value is different and nowhere else.

The mutated file keeps its layout, its comments and its order. Of a list or an object from which
something is gone, what separates it from its neighbour goes with it, in JSON and in both styles of
YAML alike. Where no smaller change will do, a list or an object is written anew on one line, which
YAML takes as well as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from iamlogic.testing.mutating.written import (
    Entries,
    Entry,
    Expression,
    Items,
    Written,
    plain,
)


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands in the place of the characters from `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A text, and whether it is YAML."""

    text: str
    is_yaml: bool

    def with_value(self, node: Written, value: object) -> str:
        """The text with another value for one of its nodes, given as decoded JSON."""
        text = self.text
        for edit in sorted(self._edits(node, value), key=lambda each: each.start, reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text

    def _edits(self, node: Written, value: object) -> Iterator[Edit]:
        match node, value:
            case _ if plain(node) == value:
                return
            case Items(items=items), list():
                yield from self._in_list(node, items, value)
            case Entries(members=members), dict():
                yield from self._in_object(node, members, value)
            case _:
                yield Edit(node.start, node.end, self._text(value))

    def _in_list(
        self, node: Items, items: Sequence[Written], value: list[object]
    ) -> Iterator[Edit]:
        old, new = [repr(plain(each)) for each in items], [repr(each) for each in value]
        changes = [each for each in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
                   if each[0] != "equal"]  # fmt: skip
        if all(i2 - i1 == j2 - j1 for _, i1, i2, j1, j2 in changes):
            for _, i1, i2, j1, _ in changes:
                for place in range(i1, i2):
                    yield from self._edits(items[place], value[j1 + place - i1])
        elif [each[0] for each in changes] == ["delete"] and value:
            _, i1, i2, _, _ = changes[0]
            yield _removal([(each.start, each.end) for each in items], i1, i2)
        else:
            yield Edit(node.start, node.end, self._text(value))

    def _in_object(
        self, node: Entries, members: Sequence[Entry], value: dict[str, object]
    ) -> Iterator[Edit]:
        old, new = [each.name for each in members], list(value)
        moved = [
            place for place, pair in enumerate(zip(old, new, strict=False)) if len({*pair}) > 1
        ]
        if len(old) == len(new) and len(moved) <= 1:
            for member, name in zip(members, new, strict=True):
                if member.name != name:
                    yield Edit(member.start, member.end, self._name(member, name))
                yield from self._in_member(member, value[name])
        elif gone := _left_out(old, new):
            spans = [(each.start, each.value.end) for each in members]
            yield _removal(spans, gone[0], gone[0] + 1)
        else:
            yield Edit(node.start, node.end, self._text(value))

    def _in_member(self, member: Entry, value: object) -> Iterator[Edit]:
        node = member.value
        colon = self.text.find(":", member.end, node.start) + 1
        has_own_lines = self.is_yaml and "\n" in self.text[colon : node.start]
        for edit in self._edits(node, value):
            if has_own_lines and (edit.start, edit.end) == (node.start, node.end):
                # They may not be indented enough for a value that is written on one line.
                yield Edit(colon, edit.end, f" {edit.text}")
            else:
                yield edit

    def _name(self, member: Entry, name: str) -> str:
        is_quoted = self.text[member.start] in "\"'"
        return name if self.is_yaml and not is_quoted and _PLAIN.fullmatch(name) else _quoted(name)

    def _text(self, value: object) -> str:
        """A value on one line, with its expressions as they are."""
        match value:
            case Expression(content=content, tag=tag, start=start, end=end):
                if not self.is_yaml:
                    return self.text[start:end]
                return (
                    f"{tag} {self._text(_opened(content))}" if tag else self._text(_opened(content))
                )
            case list():
                return f"[{', '.join(map(self._text, value))}]"
            case dict():
                members = (f"{_quoted(name)}: {self._text(each)}" for name, each in value.items())
                return f"{{{', '.join(members)}}}"
            case _:
                return _quoted(value)


_PLAIN = re.compile(r"[A-Za-z]+(?::[A-Za-z]+)?")


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _opened(content: Written) -> object:
    """What stands in an expression; it would be the same expression again as a whole."""
    return _opened(content.content) if isinstance(content, Expression) else plain(content)


def _left_out(old: list[str], new: list[str]) -> list[int] | None:
    """The place of the one name that is gone."""
    gone = [place for place, name in enumerate(old) if name not in new]
    is_rest = [name for name in old if name in new] == new
    return gone if is_rest and new and len(gone) == 1 else None


def _removal(spans: Sequence[tuple[int, int]], first: int, end: int) -> Edit:
    """Some of the parts go with what separates them from the next, or at the end from the last."""
    if end < len(spans):
        return Edit(spans[first][0], spans[end][0], "")
    return Edit(spans[first - 1][1], spans[-1][1], "")
