"""How a mutant is described: `removed Deny statement 2 "TlsOnly" (bucket.json:14:5)`."""

from __future__ import annotations

from iamlogic.errors import Where
from iamlogic.semantics.explain import printable, quoted
from iamlogic.testing.mutation.faults import Fault


def described(fault: Fault, statement: dict[str, object], where: Where | None) -> str:
    """What was done to which statement, which is given as it was before."""
    effect = printable(str(statement["Effect"]))
    sid = statement.get("Sid")
    named = f" {quoted(sid)}" if isinstance(sid, str) and sid else ""
    place = f" ({printable(str(where))})" if where is not None else ""
    return f"{fault.words} {effect} statement {fault.statement + 1}{named}{place}"
