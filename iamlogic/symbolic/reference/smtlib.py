"""Terms of SMT-LIB 2.6 as text: Booleans, strings, integers and regular languages.

The reference encoding is written in the standard's own language, so that what people read, what
other solvers are asked and what z3 decides here is one and the same text. A term is its text; the
sorts are kept apart by type. Connectives take any number of operands and are as flat as the
policy is, so no reader's stack is at risk.

SMT-LIB's characters are U+0000 to U+2FFFF. `literal` refuses texts beyond them: nothing is folded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NewType

Formula = NewType("Formula", str)
"""A term of sort Bool."""
Word = NewType("Word", str)
"""A term of sort String."""
Number = NewType("Number", str)
"""A term of sort Int."""
Language = NewType("Language", str)
"""A term of sort RegLan."""

TRUE = Formula("true")
FALSE = Formula("false")
LAST_CHARACTER = 0x2FFFF

NO_WORD = Language("re.none")
ANY_CHARACTER = Language("re.allchar")
ANY_WORD = Language("re.all")


def is_expressible(text: str) -> bool:
    """Whether SMT-LIB has all characters of `text`."""
    return all(ord(character) <= LAST_CHARACTER for character in text)


def literal(text: str) -> Word:
    """The string constant for `text`, in printable ASCII; ValueError if it is not expressible."""
    if not is_expressible(text):
        raise ValueError(f"SMT-LIB has no characters beyond U+2FFFF: {text!a}")
    return Word('"' + "".join(map(_character, text)) + '"')


def _character(character: str) -> str:
    if character == '"':
        return '""'
    if " " <= character <= "~" and character != "\\":
        return character
    return f"\\u{{{ord(character):x}}}"


def symbol(name: str) -> str:
    r"""A quoted symbol for `name`; different names have different symbols.

    A quoted symbol holds printable ASCII without `|` and `\`; the rest is written as `{hex}`.
    """
    plain = "".join(c if " " <= c <= "~" and c not in "|\\{" else f"{{{ord(c):x}}}" for c in name)
    return f"|{plain}|"


def part_of(name: str, part: str) -> str:
    """A symbol for the part `part` of what the quoted symbol `name` stands for.

    `part` is a word that is no hexadecimal number: no name's own symbol ends in that.
    """
    return f"{name[:-1]} {{{part}}}|"


def both(*formulas: Formula) -> Formula:
    """The conjunction of its arguments."""
    return all_of(formulas)


def all_of(formulas: Iterable[Formula]) -> Formula:
    """Conjunction; `true` of none."""
    parts = [formula for formula in formulas if formula != TRUE]
    if FALSE in parts:
        return FALSE
    return Formula(_flat("and", parts, TRUE))


def any_of(formulas: Iterable[Formula]) -> Formula:
    """Disjunction; `false` of none."""
    parts = [formula for formula in formulas if formula != FALSE]
    if TRUE in parts:
        return TRUE
    return Formula(_flat("or", parts, FALSE))


def negation(formula: Formula) -> Formula:
    """`formula` does not hold."""
    if formula in (TRUE, FALSE):
        return FALSE if formula == TRUE else TRUE
    return Formula(f"(not {formula})")


def implies(premise: Formula, conclusion: Formula) -> Formula:
    """`conclusion` holds wherever `premise` does."""
    return Formula(f"(=> {premise} {conclusion})")


def same(left: Word, right: Word) -> Formula:
    """Two strings are equal."""
    return Formula(f"(= {left} {right})")


def iff(left: Formula, right: Formula) -> Formula:
    """Two formulas are equivalent."""
    return Formula(f"(= {left} {right})")


def joined(*words: Word) -> Word:
    """The concatenation of strings."""
    return Word(_flat("str.++", list(words), literal("")))


def either(condition: Formula, word: Word, other: Word) -> Word:
    """`word` where the condition holds, and `other` elsewhere."""
    return word if word == other else Word(f"(ite {condition} {word} {other})")


def cut(word: Word, start: Number, length: Number) -> Word:
    """The `length` characters of `word` from `start` on, as far as it has them."""
    return Word(f"(str.substr {word} {start} {length})")


def contains(word: Word, part: Word) -> Formula:
    """`part` stands somewhere in `word`."""
    return Formula(f"(str.contains {word} {part})")


def integer(value: int) -> Number:
    """The integer constant for `value`."""
    return Number(str(value) if value >= 0 else f"(- {-value})")


def length(word: Word) -> Number:
    """How many characters `word` has."""
    return Number(f"(str.len {word})")


def counted(digits: Word) -> Number:
    """The number that a word of digits writes; -1 for a word of anything else."""
    return Number(f"(str.to_int {digits})")


def total(*numbers: Number) -> Number:
    """The sum of its arguments, two or more."""
    return Number(f"(+ {' '.join(numbers)})")


def multiple(factor: int, number: Number) -> Number:
    """`number`, so many times."""
    return Number(f"(* {integer(factor)} {number})")


def either_number(condition: Formula, number: Number, other: Number) -> Number:
    """`number` where the condition holds, and `other` elsewhere."""
    return Number(f"(ite {condition} {number} {other})")


def equal(left: Number, right: Number) -> Formula:
    """Two integers are equal."""
    return Formula(f"(= {left} {right})")


def less(left: Number, right: Number) -> Formula:
    """`left` is less than `right`."""
    return Formula(f"(< {left} {right})")


def member(word: Word, language: Language) -> Formula:
    """`word` lies in `language`."""
    return Formula(f"(str.in_re {word} {language})")


def exactly(text: str) -> Language:
    """The language of one word."""
    return verbatim(literal(text))


def verbatim(word: Word) -> Language:
    """The language whose only word is `word`, a constant or not."""
    return Language(f"(str.to_re {word})")


def sequence(languages: Iterable[Language]) -> Language:
    """Concatenation; the empty word's language of none."""
    return Language(_flat("re.++", list(languages), exactly("")))


def alternatives(languages: Iterable[Language]) -> Language:
    """Union; the empty language of none."""
    return Language(_flat("re.union", list(languages), NO_WORD))


def overlap(left: Language, right: Language) -> Language:
    """Intersection."""
    return Language(f"(re.inter {left} {right})")


def repeated(language: Language) -> Language:
    """Any number of words of `language`, also none."""
    return Language(f"(re.* {language})")


def repeated_once(language: Language) -> Language:
    """One word of `language` or more."""
    return Language(f"(re.+ {language})")


def times(count: int, language: Language) -> Language:
    """`count` words of `language`."""
    return Language(f"((_ re.^ {count}) {language})")


def from_to(least: int, most: int, language: Language) -> Language:
    """At least so many words of `language`, and at most so many."""
    return Language(f"((_ re.loop {least} {most}) {language})")


def optional(language: Language) -> Language:
    """A word of `language` or none."""
    return Language(f"(re.opt {language})")


def between(first: str, last: str) -> Language:
    """The characters from `first` to `last`."""
    return Language(f"(re.range {literal(first)} {literal(last)})")


def characters(*ranges: str) -> Language:
    """One character of `ranges`, each written as its two ends or as one character: `"az", "_"`."""
    return alternatives(between(r[0], r[-1]) for r in ranges)


def declared(name: str, sort: str) -> str:
    """The command that declares the constant `name` (a symbol)."""
    return f"(declare-const {name} {sort})"


def defined(name: str, sort: str, term: str) -> str:
    """The command that gives `term` the name `name` (a symbol)."""
    return f"(define-fun {name} () {sort} {term})"


def asserted(formula: Formula) -> str:
    """The command that demands `formula`."""
    return f"(assert {formula})"


def comment(text: str) -> str:
    """`text` as a comment of one line of printable ASCII."""
    plain = "".join(c if " " <= c <= "~" else f"\\u{{{ord(c):x}}}" for c in text)
    return f"; {plain}"


def _flat(connective: str, parts: list[Word] | list[Formula] | list[Language], none: str) -> str:
    if not parts:
        return none
    return parts[0] if len(parts) == 1 else f"({connective} {' '.join(parts)})"
