"""Assertions with evidence: what a policy must and must not allow.

    assert_never_allows(stack, Scope({"Action": "iam:PassRole", "Resource": "*"}))

One that fails raises `PolicyAssertionError`: in its first line what is wrong, and below that what a
reviewer wants to see, the shortest request, the statements that decided with their source, what
came close to deciding otherwise. An answer that is unknown fails, too, and says why: nobody may
take it for a pass. They need nothing of pytest, and work in any test.

The questions are asked through the public names of `iamlogic`, which is where the coverage of
policies listens.
"""
