"""Who in an account can do something, for people: as text, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.questions.region import Region
from iamlogic.questions.who_can import Access, WhoCan
from iamlogic.reports.wording import Row, rows
from iamlogic.semantics.explain import printable
from iamlogic.semantics.request import Request
from iamlogic.syntax.scope import Scope


def who_can_lines(found: WhoCan, scope: Scope, identities: int) -> Iterator[str]:
    """One paragraph for each principal: the request that shows it, and what allows it."""
    yield headline(found, scope, identities)
    for access in found:
        yield ""
        yield printable(access.principal)
        for hop in access.path:
            yield f"  assumes {printable(hop.role)}: {hop.decision.reason}"
        yield f"  {example(access.witness)}"
        yield f"  {access.decision.reason}"
    for principal, why in found.unknown:
        yield ""
        yield f"{printable(principal)}: unknown: {printable(why)}"


def who_can_markdown(found: WhoCan, scope: Scope, identities: int) -> str:
    """The same as a table."""
    lines = [f"### {headline(found, scope, identities)}", ""]
    if found.accesses:
        lines += ["| principal | for example | because |", "|---|---|---|"]
        lines += [f"| {' | '.join(map(_cell, _row(access)))} |" for access in found]
    lines += [f"- {_cell(arn)}: unknown: {_cell(why)}" for arn, why in found.unknown]
    return "\n".join(lines) + "\n"


def headline(found: WhoCan, scope: Scope, identities: int) -> str:
    """How many can do what."""
    asked = "; ".join(f"{row.element} {_listed(row)}" for row in rows(Region.of(scope.statement)))
    unsettled = f", of {len(found.unknown)} it is not known" if found.unknown else ""
    return f"{len(found)} of {identities + 1} principals can{unsettled}: {asked}"


def example(request: Request) -> str:
    """A request in one line, with what it needs in its context."""
    context = "; ".join(
        f"{printable(key)} = {printable(', '.join(request.values(key)))}" for key in request.context
    )
    where = f" in {request.resource_account}" if request.resource_account else ""
    about = printable(f"{request.action} on {request.resource}{where}")
    return f"{about}, with {context}" if context else about


def _row(access: Access) -> tuple[str, str, str]:
    way = [access.principal, *(hop.role for hop in access.path)]
    return " → ".join(way), example(access.witness), access.decision.reason


def _listed(row: Row) -> str:
    more = [f"… {row.more} more"] if row.more else []
    return ", ".join([*row.shown, *more])


def _cell(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
