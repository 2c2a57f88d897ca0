"""Where the grammars are found, and the lark parsers made of them.

In a wheel the grammars lie in `iamlogic/grammar`; in a checkout (an editable install) they stand
beside the package. lark is imported when the first parser is made, never before: decoded JSON
with ordinary texts is read without it.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from lark import Lark, UnexpectedInput


def _grammar(name: str) -> Traversable:
    shipped = resources.files("iamlogic").joinpath("grammar", f"{name}.lark")
    if shipped.is_file():
        return shipped
    return Path(__file__).parents[2] / "grammar" / f"{name}.lark"


def grammar(name: str) -> str:
    """The text of `grammar/NAME.lark`."""
    return _grammar(name).read_text(encoding="utf-8")


@cache
def small_language(name: str, *starts: str) -> Lark:
    """The parser of `grammar/NAME.lark`; it gives plain lark trees."""
    from lark import Lark

    return Lark(grammar(name), parser="lalr", start=list(starts), maybe_placeholders=False)


def stopped_at(error: UnexpectedInput, text: str) -> int:
    """The offset in `text` of what lark did not expect; its length where it expected more."""
    from lark.exceptions import UnexpectedToken

    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return len(text)
    # Set by both errors that a parse raises, and declared in neither.
    return cast("int", error.pos_in_stream)
