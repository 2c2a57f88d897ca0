"""What a custom check says of one policy or of many: as text, Markdown, and JSON.

The words PASS and FAIL and the members of the JSON are those of AWS's API, so that scripts can
switch: `result`, `message`, `reasons` with `description`, `statementId` and `statementIndex`. What
else there is stands beside them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamlogic.questions.answer import Answer, Reason, Verdict
from iamlogic.reports.markdown import code, fenced, shell
from iamlogic.reports.wording import Mark, command, statement_name
from iamlogic.semantics.explain import printable
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Policy, Statement

RESULTS = {Verdict.HOLDS: "PASS", Verdict.FAILS: "FAIL", Verdict.UNKNOWN: "UNKNOWN"}
"""AWS's words, and one that AWS has not."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check says of one policy."""

    policy: Policy
    answer: Answer

    @property
    def result(self) -> str:
        """AWS's word for the verdict."""
        return RESULTS[self.answer.verdict]

    @property
    def name(self) -> str:
        """What the policy is called."""
        return self.policy.file or "policy"


def verdict_of(checked: Sequence[Checked]) -> Verdict:
    """Of all policies: it fails if one does, and is unknown if one is."""
    verdicts = {each.answer.verdict for each in checked}
    for verdict in (Verdict.FAILS, Verdict.UNKNOWN):
        if verdict in verdicts:
            return verdict
    return Verdict.HOLDS


def message_of(checked: Sequence[Checked]) -> str:
    """In one sentence: of one policy why, of several how many."""
    if len(checked) == 1:
        return checked[0].answer.reason
    verdicts = [each.answer.verdict for each in checked]
    fail, unknown = verdicts.count(Verdict.FAILS), verdicts.count(Verdict.UNKNOWN)
    said = f"{fail or 'none'} of {len(checked)} policies {'fails' if fail < 2 else 'fail'}"
    return said + (f", {unknown} {'is' if unknown == 1 else 'are'} unknown" if unknown else "")


def check_text(checked: Sequence[Checked]) -> str:
    """The result and why; of several policies only those that do not pass."""
    lines = [f"{RESULTS[verdict_of(checked)]}: {printable(message_of(checked))}"]
    if len(checked) == 1:
        return "\n".join([*lines, *_text(checked[0])])
    for each in checked:
        if each.answer.verdict is not Verdict.HOLDS:
            said = f"{each.result} {printable(each.name)}: {printable(each.answer.reason)}"
            lines += ["", said, *_text(each)]
    return "\n".join(lines)


def _text(checked: Checked) -> Iterator[str]:
    yield from (f"  {line}" for line in _statements(checked))
    if checked.answer.witness is not None:
        yield ""
        yield "For example:"
        yield from (f"  {line}" for line in _command(checked))


def check_markdown(checked: Sequence[Checked]) -> str:
    """The same in Markdown."""
    lines = [f"### {RESULTS[verdict_of(checked)]}", "", f"{_plain(message_of(checked))}."]
    if len(checked) == 1:
        lines += _markdown(checked[0])
    for each in checked if len(checked) > 1 else ():
        if each.answer.verdict is not Verdict.HOLDS:
            said = _plain(each.answer.reason)
            lines += ["", f"**{each.result}** {code(printable(each.name))}: {said}."]
            lines += _markdown(each)
    return "\n".join(lines) + "\n"


def _plain(sentence: str) -> str:
    """A sentence of ours; what ended a search may name something of the policy's."""
    return sentence if re.fullmatch(r"[A-Za-z0-9 ,;()]*", sentence) else code(printable(sentence))


def _markdown(checked: Checked) -> Iterator[str]:
    statements = list(_statements(checked, code))
    if statements:
        yield ""
        yield from (f"- {line}" for line in statements)
    if checked.answer.witness is not None:
        yield ""
        yield "For example:"
        yield ""
        yield from fenced("sh", _command(checked))


def _statements(checked: Checked, mark: Mark = str) -> Iterator[str]:
    """The statements that are why, each with what it does."""
    answer = checked.answer
    for reason in answer.reasons:
        named = statement_name(reason.statement, checked.policy, mark)
        yield f"{named}: {mark(printable(reason.description))}"
    if not answer.reasons:
        yield from (statement_name(each, checked.policy, mark) for each in answer.statements)


def _command(checked: Checked) -> list[str]:
    assert checked.answer.witness is not None
    return shell(command(checked.answer.witness, checked.policy))


_Json = str | int | bool | None | list["_Json"] | dict[str, "_Json"]


def check_json(check: str, checked: Sequence[Checked]) -> str:
    """What the check of that name says, as `iamlogic/check/1`.

    `result`, `message` and `reasons` are of all policies together: of one, they are as AWS has
    them. `policies` says of each how it fares, with the statements of its reasons or, where it
    passes, the Deny statements that make it so.
    """
    reasons = [_reason(reason) for each in checked for reason in each.answer.reasons]
    witnesses = [each.answer.witness for each in checked if each.answer.witness is not None]
    return json.dumps(
        {
            "schema": "iamlogic/check/1",
            "check": check,
            "result": RESULTS[verdict_of(checked)],
            "message": message_of(checked),
            "reasons": reasons,
            "witness": _witness(witnesses[0] if witnesses else None),
            "policies": [_policy(each) for each in checked],
        },
        indent=2,
    )


def _policy(checked: Checked) -> _Json:
    answer = checked.answer
    return {
        "file": checked.policy.file,
        "result": checked.result,
        "message": answer.reason,
        "statements": [_statement(each) for each in answer.statements],
        "witness": _witness(answer.witness),
    }


def _reason(reason: Reason) -> _Json:
    return {
        "description": reason.description,
        "statementId": reason.statement.sid,
        "statementIndex": reason.index,
        **_place(reason.statement),
        "witness": _witness(reason.witness),
    }


def _statement(statement: Statement) -> _Json:
    return {"sid": statement.sid, "effect": statement.effect.value, **_place(statement)}


def _place(statement: Statement) -> dict[str, _Json]:
    where = statement.where
    return {"file": where.file, "line": where.line, "column": where.column, "path": where.dotted}


def _witness(request: Request | None) -> _Json:
    if request is None:
        return None
    decoded: _Json = json.loads(request.to_json())
    return decoded
