"""A review as JUnit XML: one test case for each policy, which fails by the notices that count.

What could not be read, or is not known, is an error: never skipped, never passed. Whatever XML
cannot hold is an escape already, since everything of the policies is made printable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from iamlogic.questions.review.notices import Notice, Severity, Topic
from iamlogic.questions.review.placed import Unread
from iamlogic.questions.review.review import Review, ReviewedChange
from iamlogic.reports.review.order import by_place, is_unknown, unread_by_place
from iamlogic.reports.review.told import Told, told
from iamlogic.reports.review.wording import became, meaning, why_unread
from iamlogic.semantics.explain import printable

Counts = Callable[[Notice], bool]
"""Whether a notice makes its policy fail."""

_SUITE = "iamlogic review"


def is_grave(notice: Notice) -> bool:
    """Whatever is more than a note, or is not known."""
    open_ = notice.topic in {Topic.UNKNOWN, Topic.UNREADABLE}
    return open_ or notice.severity is not Severity.NOTE


def review_junit(review: Review, *, counts: Counts = is_grave) -> str:
    """The test suite of a review."""
    of_change: dict[int, list[Told]] = defaultdict(list)
    for each in told(review):
        of_change[id(each.change)].append(each)
    cases = [_change(each, of_change[id(each)], counts) for each in by_place(review)]
    cases += [_unread(each) for each in unread_by_place(review)]
    totals = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": "0",
        "time": "0",
    }
    root = Element("testsuites", {"name": _SUITE, **totals})
    suite = SubElement(root, "testsuite", {"name": _SUITE, **totals})
    suite.extend(cases)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _change(change: ReviewedChange, results: Sequence[Told], counts: Counts) -> Element:
    case = _case(change.placed.file, change.placed.name)
    counting = [each for each in results if counts(each.notice)]
    lines = [f"{became(change)}: {meaning(change)}"]
    lines += [line for each in results if each not in counting for line in each.lines]
    if any(each.notice.topic not in _NOT_KNOWN for each in counting):
        _add(case, "failure", counting)
    elif counting:
        _add(case, "error", counting)
    elif is_unknown(change):
        SubElement(case, "error", {"message": meaning(change), "type": Topic.UNKNOWN.value})
    SubElement(case, "system-out").text = "\n".join(lines)
    return case


_NOT_KNOWN = {Topic.UNKNOWN, Topic.UNREADABLE}


def _unread(unread: Unread) -> Element:
    case = _case(unread.file, unread.name)
    topic = Topic.UNKNOWN if unread.is_open else Topic.UNREADABLE
    why = why_unread(unread)
    error = SubElement(case, "error", {"message": why[0], "type": topic.value})
    error.text = "\n".join(why)
    return case


def _case(file: str, name: str) -> Element:
    """Readers show the class and the name together: the file, and the place in it."""
    attributes = {"classname": printable(file), "name": printable(name or "policy"), "time": "0"}
    return Element("testcase", attributes)


def _add(case: Element, kind: str, results: Sequence[Told]) -> None:
    """One failure with all that counts: not every reader takes a second one."""
    first = results[0]
    attributes = {"message": first.headline, "type": printable(first.notice.rule)}
    failure = SubElement(case, kind, attributes)
    failure.text = "\n\n".join("\n".join([*each.lines, _place(each)]) for each in results)


def _place(each: Told) -> str:
    return f"at {printable(str(each.where))}"
