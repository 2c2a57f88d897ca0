"""What a report says, whatever its format: sentences, names and rows, as plain text.

Policies and requests are hostile: everything of theirs that leaves here is printable (control
characters, marks of direction and the like are escapes), so that no format has to think of it.
The command that tries an example says exactly the same request; where its texts are not printable
it is one JSON argument in ASCII.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from iamlogic.errors import NOWHERE
from iamlogic.questions.compare import Comparison, Relation
from iamlogic.questions.gain import Difference
from iamlogic.questions.region import Region
from iamlogic.questions.review.openness import is_guard
from iamlogic.questions.review.placed import UNKNOWN_ARN
from iamlogic.reports.openness import open_words
from iamlogic.semantics.explain import printable, quoted
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import (
    Condition,
    Effect,
    Policy,
    Principals,
    PrincipalType,
    Statement,
    Text,
)
from iamlogic.syntax.policy_set import PolicySet, members_of

SHOWN = 12
"""Entries of a list that text and Markdown show before they count the rest; JSON shows all."""

STDIN = "<stdin>"
"""The name of a policy that was read from standard input."""


Mark = Callable[[str], str]
"""How a format sets off what is not its own words, such as a file's name: `str` does nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One element of a region in the policy's own words: `Action` and its patterns."""

    element: str
    entries: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The entries that fit: all, or all but a few, and always at least those few."""
        return self.entries if len(self.entries) <= SHOWN else self.entries[: SHOWN - 1]

    @property
    def more(self) -> int:
        """How many entries are not shown."""
        return len(self.entries) - len(self.shown)


@dataclass(frozen=True, slots=True)
class Side:
    """What one direction of a comparison found: `gained` or `lost`."""

    title: str
    lead: str
    differences: tuple[Difference, ...]
    policy: Policy | PolicySet  # what allows all this
    gained: bool


def names(comparison: Comparison, mark: Mark = str) -> tuple[str, str]:
    """What the two policies are called: their files without folders where that tells them apart."""
    before, after = comparison.before.file or "before", comparison.after.file or "after"
    short = before.rpartition("/")[2], after.rpartition("/")[2]
    if "" in short or short[0] == short[1]:
        short = before, after
    return mark(printable(short[0])), mark(printable(short[1]))


def verdict(comparison: Comparison, mark: Mark = str) -> str:
    """What the relation means, in one sentence."""
    before, after = names(comparison, mark)
    match comparison.relation:
        case Relation.EQUIVALENT:
            return f"{after} and {before} allow exactly the same requests"
        case Relation.MORE_PERMISSIVE:
            return f"{after} allows everything that {before} does, and more"
        case Relation.LESS_PERMISSIVE:
            return f"{before} allows everything that {after} does, and more"
        case Relation.INCOMPARABLE:
            return f"each of {before} and {after} allows something that the other does not"
        case Relation.UNKNOWN:
            return mark(printable(comparison.reason or "no answer was found"))


def sides(comparison: Comparison, mark: Mark = str) -> list[Side]:
    """The directions in which there is a difference, gained access first."""
    before, after = names(comparison, mark)
    both = (
        Side(
            "Gained",
            f"allowed by {after}, not by {before}",
            comparison.gained,
            comparison.after,
            gained=True,
        ),
        Side(
            "Lost",
            f"allowed by {before}, not by {after}",
            comparison.lost,
            comparison.before,
            gained=False,
        ),
    )
    return [side for side in both if side.differences]


def coverage(comparison: Comparison, mark: Mark = str) -> str | None:
    """What is known of requests outside the regions; None where no difference is in question."""
    if comparison.relation in {Relation.EQUIVALENT, Relation.UNKNOWN}:
        return None
    if comparison.complete:
        return "Proved: outside of these regions both decide every request alike."
    reason = mark(printable(comparison.reason or "the search was not finished"))
    return f"Not complete: there may be differences outside these regions ({reason})."


def assumed(comparison: Comparison) -> list[str]:
    """The facts about what AWS sends that the relation leans on, each as a clause."""
    return [fact.value for fact in comparison.assumptions]


ASSUMED = "This holds for the requests that AWS sends (--all-requests compares over all), because"
"""What the facts are introduced with."""


def cause(difference: Difference, mark: Mark = str, *, gained: bool) -> str:
    """Which statement makes the difference, and what it has to do with it."""
    if difference.statement is None or difference.policy is None:
        return f"a root user, who needs no statement, is {'now' if gained else 'no longer'} allowed"
    named = statement_name(difference.statement, difference.policy, mark)
    if isinstance(difference.refused_by, PolicySet) and difference.type is not None:
        named += f" of the {difference.type.value}"
    verb = "allows" if difference.statement.effect is Effect.ALLOW else "denies"
    # What is gained stands in an Allow of `after` or stood in a Deny of `before`; lost: mirrored.
    now = gained == (difference.statement.effect is Effect.ALLOW)
    return f"{named} {'now' if now else 'no longer'} {verb}"


def refusal(difference: Difference, mark: Mark = str, *, gained: bool) -> str | None:
    """Why one side refuses the example, where several layers decide; None where they do not."""
    if not isinstance(difference.refused_by, PolicySet):
        return None
    return f"{'Before' if gained else 'Now'}: {mark(difference.refusal.reason)}"


def statement_name(statement: Statement, policy: Policy, mark: Mark = str) -> str:
    """`Allow statement 2 "ReadLogs" (after.json:12:5)`."""
    sid = f" {mark(quoted(statement.sid))}" if statement.sid else ""
    place = "" if statement.where == NOWHERE else f" ({mark(printable(str(statement.where)))})"
    return f"{statement.effect.value} statement {statement_number(statement, policy)}{sid}{place}"


def home_of(statement: Statement, subject: Policy | PolicySet) -> str:
    """A statement's name, and in a stack which policy it stands in."""
    for member in members_of(subject):
        if any(each is statement for each in member.policy.statements):
            named = statement_name(statement, member.policy)
            in_stack = isinstance(subject, PolicySet)
            return f"{named} of the {member.type.value}" if in_stack else named
    return f"{statement.effect.value} statement"


def statement_number(statement: Statement, policy: Policy) -> int:
    """The statement's place in its policy, from 1.

    What one statement of a template is read as counts as one: it stands in one place.
    """
    same = [s is statement for s in policy.statements]
    index = same.index(True) if any(same) else policy.statements.index(statement)
    own = _position(statement, index)
    before = {_position(each, place) for place, each in enumerate(policy.statements[:index])}
    return 1 + len(before - {own})


def _position(statement: Statement, index: int) -> tuple[int, int]:
    where = statement.where
    if where.line is None or where.column is None:
        return -1, index  # of decoded JSON, or of no text at all
    return where.line, where.column


def rows(region: Region) -> list[Row]:
    """The region's elements in the order and the words of a statement."""
    found = []
    if region.principals is not None:
        found.append(_principals(region.principals))
    found.append(_patterns("Action", region.actions.patterns, negated=region.actions.negated))
    if region.resources is not None:
        resources = region.resources
        found.append(_patterns("Resource", resources.patterns, negated=resources.negated))
    if region.conditions:
        found.append(Row("Condition", tuple(map(condition_text, region.conditions))))
    return found


def _patterns(element: str, patterns: Iterable[Text], *, negated: bool) -> Row:
    texts = tuple(shown(pattern.text) for pattern in patterns)
    return Row(f"Not{element}" if negated else element, texts)


def _principals(principals: Principals) -> Row:
    texts = [
        shown(entry.text)
        if entry.type is PrincipalType.ANY
        else f"{entry.type.value}: {shown(entry.text)}"
        for entry in principals.entries
    ]
    return Row("NotPrincipal" if principals.negated else "Principal", tuple(texts))


def condition_text(condition: Condition) -> str:
    """`IpAddress aws:SourceIp: [203.0.113.0/24, 198.51.100.0/24]`.

    Of what a template leaves open: `if <PartnerArn> matches the principal`.
    """
    if is_guard(condition):
        return f"if {open_words(condition)}"
    values = [shown(value.text) for value in condition.values]
    listed = values[0] if len(values) == 1 else f"[{', '.join(_shortened(values))}]"
    return f"{condition.operator} {shown(condition.key)}: {listed}"


def _shortened(texts: list[str]) -> list[str]:
    if len(texts) <= SHOWN:
        return texts
    return [*texts[: SHOWN - 1], f"… {len(texts) - SHOWN + 1} more"]


def shown(text: str) -> str:
    """`text`, printable; between quotation marks where it could be misread in a list."""
    text = text.removeprefix(UNKNOWN_ARN)
    return quoted(text) if not text or set(text) & set(' ,"') else printable(text)


def command(request: Request, policy: Policy | PolicySet) -> list[str]:
    """The shell command that evaluates `request`, in the pieces that belong on one line."""
    file = policy.file
    head = f"iamlogic evaluate {_argument('-' if file in {None, STDIN} else str(file))}"
    document = request.to_dict()
    # KEY=VALUE cannot say a key with "=", and a terminal cannot show what is not printable.
    if not all(map(str.isprintable, _texts(document))) or any("=" in k for k in request.context):
        return [head, f"--request {shlex.quote(json.dumps(_given(document)))}"]
    options = [
        f"--principal {shlex.quote(request.principal)}",
        f"--action {shlex.quote(request.action)}",
        f"--resource {shlex.quote(request.resource)}",
    ]
    if request.resource_account is not None:
        options.append(f"--resource-account {request.resource_account}")
    options += [
        f"--context {shlex.quote(f'{key}={value}')}"
        for key in request.context
        for value in request.values(key)
    ]
    return [head, *options]


def _argument(file: str) -> str:
    """A file's name as an argument; one that is not printable is no use on a command line."""
    return shlex.quote(file) if file.isprintable() else shlex.quote(printable(file))


def _given(document: dict[str, object]) -> dict[str, object]:
    return {member: value for member, value in document.items() if value not in (None, {})}


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for pair in value.items() for part in pair for text in _texts(part)]
        case list():
            return [text for part in value for text in _texts(part)]
        case _:
            return []
