"""Mutation testing of a user's own tests: do they notice when a policy is wrong?

`iamlogic mutate` makes mutants of a policy whose meaning really changed, which is proved, and runs
the tests on each in a copy of the tree. What survives is what no test looks at. The pipeline is the
list of the files: `written` reads a text with the place of every node, `editing` changes nothing of
it but what is different, `sources` finds the policies of a file, `mutants` makes and proves, `tree`
copies, `running` runs, `campaign` does all of it, `results` is what came out and `report` says it.
"""
