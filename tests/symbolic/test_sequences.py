"""z3's theory of sequences on what choices and proofs leave: it refutes, suggests or passes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from iamlogic.symbolic.deadline import FOREVER, Deadline, TimeoutExpired, Undecided
from iamlogic.symbolic.enforcer import REQUESTERS, domains
from iamlogic.symbolic.languages import (
    ANY,
    CharSet,
    Language,
    Ref,
    Template,
    Word,
    glob,
    ordered,
    sequence,
    spell,
)
from iamlogic.symbolic.model import Conflict
from iamlogic.symbolic.requester import alphabet_of, kind_language
from iamlogic.symbolic.sequences import suggestions
from iamlogic.symbolic.symbolizer import REQUESTER, Kind, SymbolicRequest
from iamlogic.symbolic.terms import Atom, InLanguage, OneValue, SomeValue, Terms
from iamlogic.symbolic.widening import segments
from iamlogic.syntax.policy import PolicyKind

NOT_A_COLON = CharSet(frozenset(":"), negated=True)
MULTIVALUED = frozenset({"keys"})


def ref(key: str, *, any_case: bool = False) -> Ref:
    return Ref(key, alphabet_of(key), any_case=any_case)


def template(*parts: str | Ref | tuple[()]) -> Template:
    """Texts, references, and `()` for any run of characters."""
    spelled = spell((ANY,) if isinstance(part, tuple) else part for part in parts)
    assert isinstance(spelled, Template)
    return spelled


def answer(
    atoms: Mapping[Atom, bool], *owners: str, deadline: Deadline = FOREVER
) -> dict[str, str] | Conflict | None:
    """The first answer."""
    request = SymbolicRequest(Terms(), MULTIVALUED)
    facts = domains(REQUESTERS[PolicyKind.IDENTITY])
    return next(suggestions(atoms, owners, request, facts, deadline), None)


def lies_in(variable: str, language: Language) -> Atom:
    return InLanguage(variable, language)


def test_values_that_satisfy_templates_are_suggested() -> None:
    atoms = {
        lies_in("text", template("a-", ref("team"), "-b")): True,
        lies_in("text", Word("a-red-b")): True,
    }
    assert answer(atoms, "team") == {"team": "red"}


def test_a_conflict_names_the_atoms_that_it_needs() -> None:
    same = lies_in("text", template(ref("team")))
    ends = lies_in("text", template((), ref("team"), ()))
    other = lies_in("team", glob("a*"))
    elsewhere = lies_in("else", template("b", ref("team"))), lies_in("else", glob("b*"))
    atoms = {same: True, ends: False, other: True, **dict.fromkeys(elsewhere, True)}
    conflict = answer(atoms, "team")
    assert isinstance(conflict, list)
    assert {(same, True), (ends, False)} <= set(conflict) < set(atoms.items())


@pytest.mark.parametrize(
    "wide",
    [
        template("a", ref("team"), ()),
        template((), ref("team"), "b"),
        template((), ref("team"), ()),
        template("a", (), "b", ref("none")),
        glob("a*b"),
    ],
)
def test_what_lies_in_a_template_lies_in_a_wider_one(wide: Language) -> None:
    inside = lies_in("text", template("a", ref("team"), "b"))
    empty = lies_in("none", Word(""))
    conflict = answer({inside: True, lies_in("text", wide): False, empty: True}, "team", "none")
    assert isinstance(conflict, list)
    assert (inside, True) in conflict


def test_texts_that_differ_in_case_have_one_length() -> None:
    twin = lies_in("text", template(ref("team", any_case=True)))
    atoms = {twin: True, lies_in("team", Word("abc")): True, lies_in("text", Word("ab")): True}
    assert isinstance(answer(atoms, "team"), list)


def test_a_derived_key_is_the_requester_s_own() -> None:
    request = SymbolicRequest(Terms(), MULTIVALUED)
    user_is = template(ref("aws:username"))
    atoms = {
        lies_in(REQUESTER, kind_language(Kind.USER)): True,
        lies_in("text", user_is): True,
        lies_in(REQUESTER, Word("arn:aws:iam::111122223333:user/x/alice\udfff")): True,
        lies_in("text", Word("bob")): True,
    }
    found = next(
        suggestions(atoms, [REQUESTER], request, domains(REQUESTERS[PolicyKind.IDENTITY]), FOREVER),
        None,
    )
    assert isinstance(found, list)
    del atoms[lies_in("text", Word("bob"))]
    assert answer(atoms, REQUESTER, "text") == {
        REQUESTER: "arn:aws:iam::111122223333:user/x/alice\udfff",
        "text": "alice",
    }


def test_a_template_with_a_key_that_the_requester_lacks_holds_nothing() -> None:
    atoms = {
        lies_in(REQUESTER, kind_language(Kind.ROLE_SESSION)): True,
        lies_in("text", template((), ref("aws:username"), ())): True,
    }
    assert isinstance(answer(atoms, REQUESTER), list)


def test_the_one_value_of_a_set_meets_every_demand() -> None:
    some = SomeValue("keys", ordered([glob("a*")]))
    every = SomeValue("keys", ordered([template(ref("team"))]), outside=True)
    atoms: dict[Atom, bool] = {some: True, every: False, lies_in("team", glob("b*")): True}
    assert isinstance(answer(atoms, "team"), list)
    two = SomeValue("keys", ordered([glob("b*")]))
    apart: dict[Atom, bool] = {some: True, two: True, lies_in("x", template(ref("keys"))): True}
    assert isinstance(answer(apart, "keys"), dict)
    assert isinstance(answer({**apart, OneValue("keys"): True}, "keys"), list)


def test_a_question_out_of_time_says_so() -> None:
    atoms = {lies_in("text", template(ref("team"))): True}
    with pytest.raises(TimeoutExpired):
        answer(atoms, "team", deadline=Deadline.after(-1))


def answers(atoms: Mapping[Atom, bool], *owners: str) -> list[dict[str, str] | Conflict]:
    request = SymbolicRequest(Terms(), MULTIVALUED)
    facts = domains(REQUESTERS[PolicyKind.IDENTITY])
    return list(suggestions(atoms, owners, request, facts, FOREVER))


def test_words_that_failed_are_part_of_a_proof_only_if_they_failed_for_what_was_asked() -> None:
    """The only value of a set may fail because it was taken to be the only one (R-V9)."""

    def equals(key: str) -> dict[Atom, bool]:
        return {lies_in("text", template(ref(key))): True, lies_in("text", Word("a")): True}

    *words, conflict = answers(equals("team"), "team")
    assert (words, conflict) == ([{"team": "a"}], list(equals("team").items()))
    assert answers(equals("keys"), "keys") == [{"keys": "a"}]


def test_a_character_that_z3_does_not_have_is_no_conflict() -> None:
    far = "\U000e0001"
    atoms = {
        lies_in("team", Word(far)): True,
        lies_in("text", template(ref("team"))): True,
        lies_in("text", glob("?")): True,
    }
    with pytest.raises(Undecided, match="beyond U"):
        answers(atoms, "team")
    near = {**atoms, lies_in("team", Word("\U0002fffd")): True}
    del near[lies_in("team", Word(far))]
    assert isinstance(answers(near, "team")[0], dict)


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (glob("a*:b"), [glob("a*:b")]),
        (sequence(("a", (NOT_A_COLON,), ":b")), [sequence(("a", (NOT_A_COLON,))), Word("b")]),
        (template(ref("team"), ":b"), [template(ref("team"), ":b")]),
        (
            template(ref("aws:username"), ":", ref("team"), ":b"),
            [template(ref("aws:username")), template(ref("team"), ":b")],
        ),
        (Word("a:b:c:d"), [Word("a"), Word("b"), Word("c:d")]),
    ],
)
def test_a_language_is_split_where_no_part_can_run_over_a_colon(
    language: Language, parts: list[Language]
) -> None:
    assert segments(language, 2) == parts
