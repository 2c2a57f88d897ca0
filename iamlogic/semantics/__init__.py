"""What a policy means for one request, concretely: the specification made executable.

Small functions, one for each rule of docs/semantics.md, over the typed policy; no solver, and
nothing shared with the symbolic meaning. Start at `evaluation`, which is the whole evaluator.
"""

from iamlogic.semantics.decision import Decision, Layer, LayerFinding, Outcome
from iamlogic.semantics.evaluation import allows, evaluate
from iamlogic.semantics.request import Request
from iamlogic.semantics.world import broken_facts, can_exist, can_send, with_usual_context

__all__ = [
    "Decision",
    "Layer",
    "LayerFinding",
    "Outcome",
    "Request",
    "allows",
    "broken_facts",
    "can_exist",
    "can_send",
    "evaluate",
    "with_usual_context",
]
