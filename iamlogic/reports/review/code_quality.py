"""A review as GitLab's code quality report: a list of issues, which a merge request shows.

GitLab tells issues apart by their fingerprints, and wants a path relative to the repository and a
line, so what has no line is shown at the first.
"""

from __future__ import annotations

import json
from pathlib import PurePath

from iamlogic.questions.review.notices import Severity
from iamlogic.questions.review.review import Review
from iamlogic.reports.review.told import Told, told
from iamlogic.semantics.explain import printable

_Json = str | int | bool | None | list["_Json"] | dict[str, "_Json"]

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}
"""GitLab has info, minor, major, critical and blocker."""


def review_code_quality(review: Review) -> str:
    """All notices as issues."""
    return json.dumps([_issue(each) for each in told(review)], indent=2)


def _issue(each: Told) -> dict[str, _Json]:
    return {
        "type": "issue",
        "check_name": f"iamlogic/{printable(each.notice.rule)}",
        "description": "; ".join(each.brief),
        "categories": ["Security"],
        "severity": _SEVERITIES[each.notice.severity],
        "fingerprint": each.fingerprint,
        "location": {
            "path": PurePath(each.where.file or "policy").as_posix(),
            "lines": {"begin": each.where.line or 1},
        },
    }
