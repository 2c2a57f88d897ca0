"""HTML pages that need nothing else: no network, and nothing runs in them but what is ours.

Templates do the markup, escaping whatever is put into them; style and script are files of their
own, put into the page as they are, and a Content-Security-Policy names them by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from iamlogic.questions.review.globs import MissingLibrary

if TYPE_CHECKING:
    from jinja2 import Environment


def environment(templates: Path) -> Environment:
    """Where templates come from. Raises `MissingLibrary` where Jinja2 is missing."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise MissingLibrary(
            "the HTML page needs the library Jinja2\n    hint: pip install 'iamlogic[review]'"
        ) from None
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def inlined(file: Path) -> str:
    """A file of ours that goes into the page as it is; it must not end its element."""
    from markupsafe import Markup

    text = file.read_text(encoding="utf-8")
    assert "</" not in text
    return Markup(text)  # noqa: S704 (a file of this package)


def security_policy(style: str, script: str | None = None) -> str:
    """The Content-Security-Policy: this style and this script, and nothing else at all."""
    scripts = f"script-src '{_hash(script)}'; " if script is not None else ""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; {scripts}"
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
