"""The policies of a Terraform module: what its files say together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from iamlogic.errors import PolicySyntaxError, Where
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.review.placed import Found, Unread
from iamlogic.syntax.documents import decode_text


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
