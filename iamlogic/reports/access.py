"""Who in an account can do something, for people: as text, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.questions.region import Region
from iamlogic.questions.review.placed import UNKNOWN_ARN
from iamlogic.questions.who_can import Access, WhoCan
from iamlogic.reports.markdown import code
from iamlogic.reports.openness import is_open, open_words_of
from iamlogic.reports.wording import Mark, Row, rows
from iamlogic.semantics.explain import printable
from iamlogic.semantics.request import Request
from iamlogic.syntax.scope import Scope


def who_can_lines(found: WhoCan, scope: Scope, asked: int) -> Iterator[str]:
    """One paragraph for each principal: the request that shows it, and what allows it."""
    wanted = "; ".join(f"{row.element} {_listed(row, str)}" for row in _rows(scope))
    yield f"{_headline(found, asked)}: {wanted}"
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


def who_can_markdown(found: WhoCan, scope: Scope, asked: int) -> str:
    """The same as a table."""
    lines = [f"### {_headline(found, asked)}", ""]
    lines += [f"- {row.element}: {_listed(row, code)}" for row in _rows(scope)]
    if found.accesses:
        lines += ["", "| principal | for example | because |", "|---|---|---|"]
        lines += [f"| {' | '.join(_cells(access))} |" for access in found]
    if found.unknown:
        lines += ["", *(f"- {code(arn)}: unknown: {code(why)}" for arn, why in found.unknown)]
    return "\n".join(lines) + "\n"


def _headline(found: WhoCan, asked: int) -> str:
    """How many of those that were asked about can."""
    unsettled = f", of {len(found.unknown)} it is not known" if found.unknown else ""
    return f"{len(found)} of {asked} principals can{unsettled}"


def _rows(scope: Scope) -> list[Row]:
    return rows(Region.of(scope.statement))


def example(request: Request) -> str:
    """A request in one line, with what it needs in its context, and of what is left open."""
    context = "; ".join(
        f"{printable(key)} = {printable(', '.join(request.values(key)))}"
        for key in request.context
        if not is_open(key)
    )
    where = f" in {request.resource_account}" if request.resource_account else ""
    resource = request.resource.removeprefix(UNKNOWN_ARN)
    about = printable(f"{request.action} on {resource}{where}")
    told = f"{about}, with {context}" if context else about
    assumed = " and ".join(open_words_of(request))
    return f"{told}, if {assumed}" if assumed else told


def asked_by(request: Request) -> str:
    """The same with who asks in front."""
    return f"{printable(request.principal)}: {example(request)}"


def _cells(access: Access) -> Iterator[str]:
    way = [access.principal, *(hop.role for hop in access.path)]
    because = [*(f"{hop.decision.reason} to assume {hop.role}" for hop in access.path)]
    yield " → ".join(map(_cell, way))
    yield _cell(example(access.witness))
    yield ", then ".join(map(_cell, [*because, access.decision.reason]))


def _listed(row: Row, mark: Mark) -> str:
    more = [f"… {row.more} more"] if row.more else []
    return ", ".join([*map(mark, row.shown), *more])


def _cell(text: str) -> str:
    """A code span that does not end its cell."""
    return code(printable(text)).replace("|", "\\|")
