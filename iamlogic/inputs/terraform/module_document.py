"""`ModuleDocument`: the files of one module as one text, so that a position names file and place.

The statements of one policy can be written in several files: a document in `policies.tf` that a
role in `roles.tf` uses. Every position is an offset in all files one after another, and only here
is it turned into a file, a line and a column of that file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from iamlogic.errors import Path, Where
from iamlogic.syntax.problems import Document


class ModuleDocument(Document):
    """Several files as one document; `file` is the one that is spoken of first."""

    def __init__(self, files: Mapping[str, str], file: str | None = None) -> None:
        self._documents = [Document(text, name) for name, text in files.items()]
        self._starts: list[int] = []
        at = 0
        for text in files.values():
            self._starts.append(at)
            at += len(text) + 1
        super().__init__("\n".join(files.values()), file)

    def start_of(self, file: str) -> int:
        """Where the text of a file begins."""
        names = [document.file for document in self._documents]
        return self._starts[names.index(file)]

    def file_at(self, position: int) -> str:
        """The file that a position lies in."""
        document, _ = self._inner(position)
        return document.file or ""

    def block_from(self, position: int) -> str:
        """The text from a position to the end of the block that it lies in, at the left margin."""
        document, inner = self._inner(position)
        text = document.text or ""
        end = text.find("\n}", inner)
        return text[inner : end if end >= 0 else None]

    def about(self, position: int) -> ModuleDocument:
        """The same document, which speaks first of the file that the position lies in."""
        other = ModuleDocument.__new__(ModuleDocument)
        other.__dict__.update(self.__dict__)
        other.file = self.file_at(position)
        return other

    def where(self, position: int, path: Path) -> Where:
        document, inner = self._inner(position)
        return document.where(inner, path)

    def inside(self, position: int, offset: int) -> int:  # noqa: ARG002 (as its base asks for)
        return position  # templates are not written as in JSON

    def source_line(self, position: int) -> str | None:
        document, inner = self._inner(position)
        return document.source_line(inner)

    def _inner(self, position: int) -> tuple[Document, int]:
        number = max(0, bisect_right(self._starts, position) - 1)
        document = self._documents[number]
        length = len(document.text or "")
        return document, min(position - self._starts[number], length)
