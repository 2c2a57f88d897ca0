"""A request whose fields are unknowns.

Each field is a string variable, or a set of strings for a multivalued key, of which formulas say
only "lies in this language" and "is present". The requester is one string, and what follows from
the requester are parts of it (`requester`): an atom on such a key becomes an atom on that string.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from iamlogic.symbolic.deadline import Undecided
from iamlogic.symbolic.inclusion import covers, may_overlap
from iamlogic.symbolic.languages import (
    EVERYTHING,
    NOTHING,
    Glob,
    Language,
    Languages,
    Nothing,
    Ref,
    Template,
    Word,
    matches,
    ordered,
    spell,
)
from iamlogic.symbolic.requester import (
    DERIVED,
    PROVIDER_HOSTS,
    RESOURCE_ACCOUNT,
    SEPARATOR,
    SPELLED,
    WITH_ACCOUNT,
    Kind,
    View,
    accounts_in,
    alphabet_of,
    derived_value,
    kind_language,
    value_of,
)
from iamlogic.symbolic.scales import Interval, Scale
from iamlogic.symbolic.terms import FALSE, TRUE, OneValue, Present, SomeValue, Terms, Unseen
from iamlogic.symbolic.widening import widened

ACTION = "action"
RESOURCE = "resource"
REQUESTER = "requester"
CURRENT_TIME, EPOCH_TIME = "aws:currenttime", "aws:epochtime"
CONSTANT = "="  # `=User` is the variable that can only be `User`

_ACCOUNT = "aws:principalaccount"


def _known_values(
    requesters: Languages, account: str | None, owner: str | None
) -> dict[str, str | None]:
    """What keys are in every request of the question; None: they are absent."""
    known: dict[str, str | None] = {}
    match requesters:
        case (Word(requester),):
            known = {key: derived_value(key, requester) for key in DERIVED}
    if account is not None:
        known[_ACCOUNT] = account
    if owner is not None:
        known[RESOURCE_ACCOUNT] = owner
    return known


Within = Mapping[str, Languages]
"""For a variable, languages of which its value lies in one."""

_MOST_CASES = 6
"""Variables of one list that may be resolved or not, each on its own: the cases double."""


class SymbolicRequest:
    """The atoms of one unknown request. Key names are given in lower case (R-K7).

    `multivalued` are the keys that can have several values in this question (R-K8), `possible` the
    kinds of its requesters. With `one_clock`, both keys of the time are read from one instant.
    `within` says where the values of some fields lie in every request of the question: `bounds` are
    the formulas for that, and an atom that they decide is none. `account` and `owner` are the
    accounts of requester and resource, where they are known. `none_unseen`: the question is about
    requesters of whom requests can be written, and so not about those that are none of them.
    """

    def __init__(
        self,
        terms: Terms,
        multivalued: frozenset[str],
        possible: tuple[Kind, ...] = tuple(Kind),
        *,
        one_clock: bool = False,
        within: Within = MappingProxyType({}),
        account: str | None = None,
        owner: str | None = None,
        none_unseen: bool = False,
    ) -> None:
        self._terms = terms
        self._none_unseen = none_unseen
        self._within = dict(within)
        if owner is not None:
            self._within[RESOURCE_ACCOUNT] = (Word(owner),)
        self._account, self._owner = account, owner
        self._known = _known_values(self._within.get(REQUESTER, ()), account, owner)
        self.multivalued = multivalued
        self.possible = frozenset(possible)
        self.one_clock = one_clock
        self.mentioned: dict[str, None] = {}  # the keys that some formula speaks of, in order
        self.unseen: dict[str, int] = {}  # principals of which no request is written
        self.kinds: dict[Kind, int] = {}  # the kinds that some formula speaks of
        # By derived key: of a language of requesters, that of the key which it stands for.
        self.views: dict[str, dict[Language, Language]] = {key: {} for key in DERIVED}

    def bounds(self) -> list[int]:
        """What every request of the question satisfies."""
        bounds = [
            self._terms.any_of(self._terms.in_language(variable, each) for each in languages)
            for variable, languages in self._within.items()
        ]
        return bounds if self._owner is None else [*bounds, self.present(RESOURCE_ACCOUNT)]

    def _decided(self, variable: str, language: Language) -> bool | None:
        """Whether the value lies in the language, where its bounds tell."""
        bounds = self._within.get(variable)
        if bounds is None:
            return None
        if all(covers(language, bound) for bound in bounds):
            return True
        return None if any(may_overlap(language, bound) for bound in bounds) else False

    def _reduced(self, variable: str, template: Template) -> Language:
        """The template with the values that are known; nothing, where the bounds leave nothing."""
        reduced = template.substitute(self._known) if self._known else template
        if isinstance(reduced, Template) and variable in self._within:
            wide = widened(reduced, lambda _: None)
            if not any(may_overlap(wide, bound) for bound in self._within[variable]):
                return NOTHING
        return reduced

    # The fields

    def action_in(self, language: Language) -> int:
        return self._in(ACTION, language)

    def resource_in(self, language: Language) -> int:
        return self._in(RESOURCE, language)

    def requester_in(self, language: Language) -> int:
        return self._in(REQUESTER, language)

    def is_kind(self, kind: Kind) -> int:
        literal = self.kinds.get(kind)
        if literal is None:
            literal = self.requester_in(kind_language(kind))
            if kind is Kind.SERVICE:
                hosts = [-self.requester_in(Word(host + SEPARATOR)) for host in PROVIDER_HOSTS]
                literal = self._terms.all_of([literal, *hosts])
            self.kinds[kind] = literal
        return literal

    def any_kind(self, kinds: Iterable[Kind]) -> int:
        """The requester is of one of the kinds."""
        asked = self.possible.intersection(kinds)
        if asked == self.possible:
            return TRUE
        return self._terms.any_of(self.is_kind(kind) for kind in Kind if kind in asked)

    def has_account(self) -> int:
        return self.any_kind(WITH_ACCOUNT)

    def of_account(self, account: str) -> int:
        """The requester belongs to the account: to it as an identity, not as its provider."""
        return self.of_account_in(Word(account))

    def same_account(self) -> int:
        """The resource is in the requester's account (R-K5), given that the requester has one."""
        if self._account is not None and self._owner is not None:
            return TRUE if self._account == self._owner else FALSE
        if self._owner is not None:
            return self.of_account(self._owner)
        theirs = Word(self._account) if self._account is not None else spell([value_of(_ACCOUNT)])
        return self.some_value(RESOURCE_ACCOUNT, (theirs,))

    def is_unseen(self, principal: str) -> int:
        """The request is by a principal that is none of the kinds above (R-M8)."""
        if self._none_unseen:
            return FALSE
        if principal not in self.unseen:
            self.unseen[principal] = self._terms.atom(Unseen(principal))
        return self.unseen[principal]

    # The context

    def present(self, key: str) -> int:
        self.mentioned.setdefault(key)
        if key in DERIVED:
            return self.any_kind(DERIVED[key])
        return self._terms.atom(Present(key))

    def any_present(self, keys: Iterable[str]) -> int:
        return self._terms.any_of(map(self.present, keys))

    def resolved(self, key: str) -> int:
        """A variable has a value to stand for: the key is present, with one value (R-V5, R-V9)."""
        if key not in self.multivalued:
            return self.present(key)
        return self._terms.all_of([self.present(key), self._terms.atom(OneValue(key))])

    def some_value(self, key: str, languages: Languages, *, outside: bool = False) -> int:
        """The key is present, and some value of it lies in one of the languages (outside: in none).

        A language with variables that have no value holds nothing (R-V6).
        """
        present = self.present(key)
        if key not in self.multivalued:
            inside = self._terms.any_of(self._value_in(key, language) for language in languages)
            return self._terms.all_of([present, -inside if outside else inside])
        templates = [each for each in languages if isinstance(each, Template)]
        plain = tuple(each for each in languages if not isinstance(each, Template))
        return self._terms.all_of(
            [present, self._some_value(key, plain, templates, outside=outside)]
        )

    def _some_value(
        self,
        key: str,
        held: Languages,
        templates: list[Template],
        *,
        outside: bool,
    ) -> int:
        """One case for each way in which the variables of the templates have values or not."""
        if len(templates) > _MOST_CASES:
            raise Undecided("too many variables stand in the values of one condition")
        if templates:
            template, *rest = templates
            return self._terms.any_of(
                self._terms.all_of(
                    [
                        condition,
                        self._some_value(
                            key,
                            held if reading is None else ordered((*held, reading)),
                            rest,
                            outside=outside,
                        ),
                    ]
                )
                for condition, reading in self._readings(template)
            )
        if EVERYTHING in held:
            return FALSE if outside else TRUE
        if not held:
            return TRUE if outside else FALSE
        return self._terms.atom(SomeValue(key, held, outside))

    def _readings(self, template: Template) -> Iterable[tuple[int, Language | None]]:
        """(condition, what the template is then), for each case of its variables; None: nothing."""
        for ref in template.refs:
            if ref.default is not None:  # R-V7
                resolved, absent = self.resolved(ref.key), -self.present(ref.key)
                yield from self._all_readings(resolved, template.without_default(ref.key))
                yield from self._all_readings(absent, template.defaulted(ref.key))
                yield self._terms.all_of([-resolved, -absent]), None  # R-V9
                return
        resolved = self._terms.all_of(self.resolved(ref.key) for ref in template.refs)
        yield resolved, template
        yield -resolved, None  # R-V5, R-V6

    def _all_readings(
        self, condition: int, language: Language
    ) -> Iterable[tuple[int, Language | None]]:
        if not isinstance(language, Template):
            yield condition, None if isinstance(language, Nothing) else language
            return
        for further, reading in self._readings(language):
            yield self._terms.all_of([condition, further]), reading

    def _value_in(self, key: str, language: Language) -> int:
        """The value of a single-valued key lies in the language, given that the key is present."""
        if isinstance(language, Interval):
            if key in ("aws:principalaccount", RESOURCE_ACCOUNT):
                return self._terms.any_of(self._value_in(key, row) for row in accounts_in(language))
            if key == "aws:principalarn":
                return FALSE  # R-C20: no ARN is a number, a date or an address
            if key in SPELLED:
                return self._spelled_in(key, language)
            if self.one_clock and key == EPOCH_TIME:
                if language.scale not in (Scale.NUMBER, Scale.INSTANT):
                    return FALSE  # R-C20: no time is an address
                return self._in(CURRENT_TIME, Interval(Scale.INSTANT, language.span))
        if isinstance(language, Template) and self._is_mirrored(key, language):
            (ref,) = language.refs
            mirror = Template((Ref(key, alphabet_of(key)),), (None, None))
            return self._terms.all_of([self.present(ref.key), self._value_in(ref.key, mirror)])
        if key not in DERIVED:
            return self._in(key, language)
        by_value: dict[View | str, list[Kind]] = {}
        for kind, value in DERIVED[key].items():
            by_value.setdefault(value, []).append(kind)
        return self._terms.any_of(
            self._terms.all_of(
                [
                    TRUE if len(by_value) == 1 else self.any_kind(kinds),
                    self._holds(language, value)
                    if isinstance(value, str)
                    else self._viewed(key, value, language),
                ]
            )
            for value, kinds in by_value.items()
        )

    def _is_mirrored(self, key: str, template: Template) -> bool:
        """The equality of two keys is one atom whichever is written as the variable.

        A derived key is referred to, of two others the first by name is.
        """
        ref = template.sole_ref
        if ref is None or ref.default is not None or ref.key in DERIVED:
            return False
        if {key, ref.key} & self.multivalued:
            return False
        return key in DERIVED or key < ref.key

    def of_account_in(self, language: Language) -> int:
        account = self._viewed(_ACCOUNT, DERIVED[_ACCOUNT][Kind.ROOT], language)
        return self._terms.all_of([self.has_account(), account])

    def _viewed(self, key: str, view: View | str, language: Language) -> int:
        """The part of the requester that the key is lies in the language."""
        assert not isinstance(view, str)
        viewed = view.preimage(language)
        self.views[key][viewed] = language
        return self.requester_in(viewed)

    def _spelled_in(self, key: str, language: Interval) -> int:
        """The text that the key is lies in the interval."""
        known = self._known.get(key)
        if known is not None:
            return TRUE if matches(language, known) else FALSE
        self.mentioned.setdefault(SPELLED[key])
        return self._in(SPELLED[key], language)

    def is_spelled(self, key: str) -> int:
        """The key is the string through which it is read."""
        (view,) = DERIVED[key].values()
        return self._viewed(key, view, Template((value_of(SPELLED[key]),), (None, None)))

    def _holds(self, language: Language, text: str) -> int:
        """The text itself lies in the language."""
        if isinstance(language, Template):
            return self._in(CONSTANT + text, language)
        return TRUE if matches(language, text) else FALSE

    def _in(self, variable: str, language: Language) -> int:
        match language:
            case Glob(text="*"):
                return TRUE
            case Nothing():
                return FALSE
            case Template():
                return self._terms.any_of(
                    self._terms.all_of([condition, self._in_reading(variable, reading)])
                    for condition, reading in self._readings(language)
                    if reading is not None
                )
            case _:
                decided = self._decided(variable, language)
                if decided is not None:
                    return TRUE if decided else FALSE
                return self._terms.in_language(variable, language)

    def _in_reading(self, variable: str, reading: Language) -> int:
        """A template's variables have values here: what stands in their place is no condition."""
        reduced = self._reduced(variable, reading) if isinstance(reading, Template) else reading
        if isinstance(reduced, Template):
            return self._terms.in_language(variable, reduced)
        return self._in(variable, reduced)
