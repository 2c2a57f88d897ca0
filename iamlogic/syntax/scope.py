"""`Scope`: a set of requests, written as a statement without Effect.

A scope has a statement's grammar, errors and meaning: a request lies in it if its principal,
action, resource and context are as the parts of the scope say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iamlogic.syntax.documents import read_document
from iamlogic.syntax.json_tree import JsonObject, describe
from iamlogic.syntax.policy import Statement
from iamlogic.syntax.reader import report_repeated_names
from iamlogic.syntax.statement import read_scope


@dataclass(frozen=True, slots=True, init=False)
class Scope:
    """A set of requests.

        Scope({"Action": "iam:PassRole", "Resource": "*"})

    `Action` or `NotAction` is required; without `Resource` the scope holds requests for every
    resource, without `Principal` by anybody. A role's ARN under `Principal` means its sessions, an
    account everybody in it (R-M8); `NotPrincipal` means all of whom nothing is listed (R-M13).
    Policy variables work as in version 2012-10-17.

    Raises `PolicySyntaxError` with all that is wrong, as `parse` does.
    """

    statement: Statement

    def __init__(
        self, document: str | bytes | Mapping[str, object], *, file: str | None = None
    ) -> None:
        root, problems = read_document(document, file)
        statement = None
        if isinstance(root, JsonObject):
            report_repeated_names(root, problems)
            statement = read_scope(root, problems)
        else:
            message = f"found {describe(root)}, expected a scope as a JSON object"
            problems.error(root.position, (), message, "R-P4")
        if statement is None or problems.failed:
            raise problems.failure()
        object.__setattr__(self, "statement", statement)
