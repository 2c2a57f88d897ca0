"""The reference encoding: policies in a solver's own theory of strings, as directly as can be.

`search` asks z3 whether one policy allows what another does not, `to_smtlib` writes the question
for any solver, `fixed` decides one request by the formula. It is slow on purpose and shares no
lowering with the default encoding; the tests hold the two against each other.

    smtlib      terms of SMT-LIB as text
    patterns    globs and ARN patterns as regular languages
    requester   the requester as a string, and the keys that follow from it
    formula     policies and the symbolic request
    question    the whole text
    solving     z3's answer, concretized and replayed
"""

from iamlogic.symbolic.reference.question import to_smtlib
from iamlogic.symbolic.reference.solving import Found, Nothing, Unknown, fixed, search

__all__ = ["Found", "Nothing", "Unknown", "fixed", "search", "to_smtlib"]
