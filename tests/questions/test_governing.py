"""Which policy decides for a resource of an account (R-E25)."""

from __future__ import annotations

import pytest

from iamlogic.questions.targets import governed_by, governing, parent
from iamlogic.symbolic.languages import matches

FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:f"
ATTACHED = {
    "arn:aws:s3:::b": "bucket",
    "arn:aws:s3:::b2": "another bucket",
    FUNCTION: "function",
    f"{FUNCTION}:live": "alias",
}


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ("arn:aws:s3:::b", "bucket"),
        ("arn:aws:s3:::b/a/b", "bucket"),
        ("arn:aws:s3:::b/", "bucket"),
        ("arn:aws:s3:::b2", "another bucket"),
        ("arn:aws:s3:::b3", None),
        ("arn:aws:s3:::", None),
        (FUNCTION, "function"),
        (f"{FUNCTION}:1", "function"),
        (f"{FUNCTION}:live", "alias"),
        (f"{FUNCTION}:live:x", "alias"),
        (f"{FUNCTION}:liver", "function"),
        ("*", None),
    ],
)
def test_the_nearest_policy_decides(resource: str, found: str | None) -> None:
    assert governing(resource, ATTACHED) == found
    for arn in ATTACHED:
        below = any(matches(language, resource) for language in governed_by(arn))
        assert below is (resource == arn or arn in _above(resource))


def _above(resource: str) -> list[str]:
    above = []
    while resource := parent(resource, ATTACHED):
        above.append(resource)
    return above
