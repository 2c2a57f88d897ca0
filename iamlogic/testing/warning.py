"""`PolicyWarning`: what is told of a policy in a run of pytest and fails no test."""

from __future__ import annotations

import pytest


class PolicyWarning(pytest.PytestWarning):
    """What is doubtful about a policy, or a guardrail that it breaks which is no error.

    With `-W error::iamlogic.testing.PolicyWarning` it fails the test.
    """
