"""`[[archive]]`: the rules of which findings are expected.

    [[archive]]
    name = "partner-reads-reports"
    filter."principal.AWS".eq = ["444455556666"]

What no finding can match on is a mistake, and a rule with one is not read at all.
"""

from __future__ import annotations

from functools import partial

from iamlogic.inputs.entries import Entry
from iamlogic.inputs.settings.checking import is_possible
from iamlogic.questions.external.archive import ArchiveRule, Criterion
from iamlogic.questions.external.filter_keys import check_criterion, check_key, check_rule
from iamlogic.syntax.json_tree import quote


def read_archive(entry: Entry) -> tuple[ArchiveRule, ...]:
    """The rules of the list, as far as they can be read."""
    rules: dict[str, ArchiveRule] = {}
    hint = "each rule is a table [[archive]], in double brackets"
    if not isinstance(entry.value, list):
        entry.unexpected("a list of rules", hint)
        return ()
    for item in entry.items():
        rule = _rule(item)
        if rule is None:
            continue
        if rule.name in rules:
            line = rules[rule.name].where.line
            item.problem(f"the rule {quote(rule.name)} is there already, in line {line}")
        rules[rule.name] = rule
    return tuple(rules.values())


def _rule(entry: Entry) -> ArchiveRule | None:
    members = entry.members(("name", "reason", "filter"))
    if isinstance(entry.value, dict) and len(members) == len(entry.value):  # else one is misspelt
        if "name" not in members:
            entry.problem("the rule has no name")
        if "filter" not in members:
            entry.problem("the rule has no filter: it would archive every finding")
    reason = members["reason"].text() if "reason" in members else None
    criteria = _filter(members["filter"]) if "filter" in members else None
    name = members["name"].text() if "name" in members else None
    if name is None or criteria is None:
        return None
    keys = [criterion.key for criterion in criteria]
    if not is_possible(members["name"], lambda: check_rule(name, keys)):
        return None
    return ArchiveRule(name, criteria, reason, where=entry.where)


def _filter(entry: Entry) -> tuple[Criterion, ...] | None:
    """The criteria as far as they can be read; None if there is none."""
    keys = entry.table()
    if isinstance(entry.value, dict) and not keys:
        entry.problem("the filter is empty: the rule would archive every finding")
    read = [_criterion(name, key) for name, key in keys.items()]
    return tuple(criterion for criterion in read if criterion is not None) or None


def _criterion(name: str, entry: Entry) -> Criterion | None:
    if not is_possible(entry, lambda: check_key(name)):
        return None
    if not isinstance(entry.value, dict):
        hint = f'write {quote(name)} = {{ eq = ["…"] }}'
        entry.unexpected("a table of criteria", hint)
        return None
    members = entry.members(("eq", "neq", "contains", "exists"))
    values = {each: _values(name, members, each) for each in ("eq", "neq", "contains")}
    exists = members["exists"].value if "exists" in members else None
    if exists is not None and not isinstance(exists, bool):
        members["exists"].unexpected("true or false")
        return None
    if None in values.values() or len(members) < len(entry.value):
        return None
    eq, neq, contains = (each or () for each in values.values())
    if not is_possible(entry, lambda: check_criterion(name, eq, neq, contains, exists=exists)):
        return None
    return Criterion(name, eq, neq, contains, exists)


def _values(name: str, members: dict[str, Entry], member: str) -> tuple[str, ...] | None:
    """The values under `member`, none if it is absent; None once a mistake is reported."""
    if member not in members:
        return ()
    entry = members[member]
    items = list(entry.items()) if isinstance(entry.value, list) else [entry]
    if not items:
        entry.problem("the list is empty: no finding has one of no values")
    values = []
    for item in items:
        # isPublic is a truth, though AWS writes it as a text.
        is_truth = isinstance(item.value, bool)
        text = str(item.value).lower() if is_truth else item.text()
        if text is not None and is_possible(item, partial(_check_one, name, member, text)):
            values.append(text)
    return tuple(values) if items and len(values) == len(items) else None


def _check_one(name: str, member: str, text: str) -> None:
    each = {"eq": (), "neq": (), "contains": ()} | {member: (text,)}
    check_criterion(name, **each, exists=None)
