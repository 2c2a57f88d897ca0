"""The reference encoding: policies in a solver's own theory of strings, as directly as can be.

`search` asks z3 whether one policy allows what another does not, `to_smtlib` writes the question
for any solver, `fixed` decides one request by the formula. It is slow on purpose and shares no
lowering with the default encoding; the tests hold the two against each other.

    smtlib      terms of SMT-LIB as text
    patterns    globs and ARN patterns as regular languages
    requester   the requester as a string, and the keys that follow from it
    keys        the condition keys, and how many values of one are enough
    variables   texts with policy variables
    digits      words of digits as regular languages
    numbers     when a text is a number, and how it compares
    dates       likewise an instant; the policy's are read by `instants`
    addresses   likewise an address of a block
    binary      likewise bytes in base64
    conditions  operators over keys
    formula     policies and the symbolic request
    stacks      the policies around a request
    question    the whole text
    solving     z3's answer, concretized and replayed
"""

from iamlogic.symbolic.reference.question import to_smtlib
from iamlogic.symbolic.reference.solving import Found, Nothing, Unknown, fixed, search

__all__ = ["Found", "Nothing", "Unknown", "fixed", "search", "to_smtlib"]
