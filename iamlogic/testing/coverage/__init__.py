"""Policy coverage: which parts of policies the requests and proofs of tests ever touched.

parts       what a policy consists of: statements, entries, branches of conditions
recording   listens to the public questions of iamlogic, and keeps what was asked
requests    what a request touches
proofs      what a proof touches: what some request of its scope would
tally       both together, policy by policy
table       as a table for a terminal
page        as an HTML page with the policies' text
"""
