"""The bytes that a text in base64 stands for (R-C19)."""

from __future__ import annotations

import base64

from iamlogic.syntax.literals import is_base64


def decoded(text: str) -> bytes | None:
    """The bytes that `text` writes in base64; None if it writes none (R-C20)."""
    return base64.b64decode(text) if is_base64(text) else None
