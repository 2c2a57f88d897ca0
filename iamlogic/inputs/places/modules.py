"""The policies of a Terraform module: what its files say together."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from iamlogic.errors import PolicySyntaxError, Where
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.review.placed import Found, Unread
from iamlogic.syntax.documents import decode_text

READ_IN = (".json", ".tpl", ".tftpl", ".tmpl", ".j2")
"""What the files are called that a module reads a policy from."""


def read_in(candidates: Iterable[str], own: Iterable[bytes]) -> list[str]:
    """The files that a module may read: those of which its own files have the name.

    A name that is put together when the module is applied is not known, and nothing is read then.
    """
    said = b"\n".join(own)
    return [each for each in candidates if os.fsencode(PurePosixPath(each).name) in said]


def policies_of_module(files: Mapping[str, bytes], deployment: Deployment) -> Found:
    """The policies of a module of which these are the files, by their names."""
    from iamlogic.inputs.terraform.module import read_module

    texts: dict[str, str] = {}
    unread: list[Unread] = []
    for name, content in files.items():
        try:
            texts[name] = decode_text(content, name)
        except PolicySyntaxError as error:
            digest = hashlib.sha256(content).hexdigest()
            unread.append(Unread(name, "", Where(file=name), error, content=digest))
    return read_module(texts, deployment) + Found(unread=tuple(unread))
