"""Assertions with evidence: what a policy must and must not allow, and what a reviewer wants to see."""
