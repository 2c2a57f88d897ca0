"""A request for machines: as `Request.from_json` reads it, and beside it what is left open."""

from __future__ import annotations

from typing import cast

from iamlogic.questions.review.placed import UNKNOWN_ARN
from iamlogic.reports.openness import is_open, open_words_of
from iamlogic.semantics.request import Request

_Json = str | int | bool | None | list["_Json"] | dict[str, "_Json"]


def witness_json(request: Request | None) -> dict[str, _Json]:
    """`witness`, and `witness_if`: which of the open texts must match it, in words."""
    if request is None:
        return {"witness": None, "witness_if": []}
    document = cast("dict[str, _Json]", request.to_dict())
    context = document["context"]
    assert isinstance(context, dict)
    known: dict[str, _Json] = {key: value for key, value in context.items() if not is_open(key)}
    resource = request.resource.removeprefix(UNKNOWN_ARN)
    return {
        "witness": {**document, "resource": resource, "context": known},
        "witness_if": [*open_words_of(request)],
    }
