"""When a statement's actions and resources match a request (R-M1 to R-M6)."""

from __future__ import annotations

from iamlogic.semantics.globs import glob_matches, written
from iamlogic.semantics.request import Request
from iamlogic.semantics.variables import glob_of
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Actions, Resources, Text


def actions_match(actions: Actions, request: Request) -> bool:
    """R-M2: `Action` matches if any of its globs does, `NotAction` if none does."""
    action = fold(request.action)  # R-M1
    found = any(_action_matches(pattern, action) for pattern in actions.patterns)
    return found is not actions.negated


def _action_matches(pattern: Text, action: str) -> bool:
    """R-P16: `*:*` means `*`."""
    return pattern.text == "*:*" or glob_matches(written(fold(pattern.text)), action)


def resources_match(resources: Resources | None, request: Request) -> bool:
    """R-M5: `Resource` matches if any entry does, `NotResource` if none does.

    A statement without either speaks of the resource it is attached to, that is of all (R-P6).
    """
    if resources is None:
        return True
    found = any(resource_matches(pattern, request) for pattern in resources.patterns)
    return found is not resources.negated


def resource_matches(pattern: Text, request: Request) -> bool:
    """Whether the request's resource is of the form `pattern`; no text is if it is unresolved.

    R-M3, R-M4, R-M6: the whole text, with its case; `:` and `/` are characters like any other.
    """
    resolved = glob_of(pattern, request)
    return resolved is not None and glob_matches(resolved, request.resource)  # R-V5
