"""The instant that a text writes, compared with a given one: exact, zones included (R-C11, R-C16).

A text is a calendar's date, perhaps with a time and a zone, or a count of seconds. Of the second
kind "before the instant" is a regular language. Of the first it is one but for the zone, which
moves the instant by up to a day either way: so the date is compared by a regular language, the
minutes from its midnight to the instant are an integer, and seconds are a regular language again.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.symbolic.reference.digits import (
    DIGIT,
    DIGITS,
    field_below,
    fraction_below,
    fraction_equal,
    whole_below,
    whole_equal,
)
from iamlogic.symbolic.reference.instants import Instant, fields_of, instant, near_days
from iamlogic.symbolic.reference.smtlib import (
    ANY_CHARACTER,
    ANY_WORD,
    NO_WORD,
    Formula,
    Language,
    Number,
    Word,
    all_of,
    alternatives,
    any_of,
    asserted,
    both,
    characters,
    counted,
    cut,
    declared,
    either_number,
    equal,
    exactly,
    from_to,
    implies,
    integer,
    length,
    less,
    member,
    multiple,
    negation,
    optional,
    part_of,
    repeated_once,
    sequence,
    times,
    total,
)

_BEFORE_MINUTES_END = 16
"""The characters of `2020-01-01T00:00`."""

_TWO, _FOUR = times(2, DIGIT), times(4, DIGIT)
_FOURTHS = alternatives(exactly(f"{year:02}") for year in range(4, 100, 4))
_LEAP_YEAR = alternatives(
    [sequence([_TWO, _FOURTHS]), sequence([alternatives([exactly("00"), _FOURTHS]), exactly("00")])]
)
_FIRST_DAYS = sequence([exactly("0"), characters("19")])
_MONTH = alternatives([_FIRST_DAYS, sequence([exactly("1"), characters("02")])])
_MONTH_AND_DAY = alternatives(
    sequence([alternatives(map(exactly, months)), exactly("-"), alternatives([_FIRST_DAYS, *days])])
    for months, days in (
        (
            ("01", "03", "05", "07", "08", "10", "12"),
            (sequence([characters("12"), DIGIT]), sequence([exactly("3"), characters("01")])),
        ),
        (
            ("04", "06", "09", "11"),
            (sequence([characters("12"), DIGIT]), exactly("30")),
        ),
        (
            ("02",),
            (sequence([exactly("1"), DIGIT]), sequence([exactly("2"), characters("08")])),
        ),
    )
)
_DAY = alternatives(
    [sequence([_FOUR, exactly("-"), _MONTH_AND_DAY]), sequence([_LEAP_YEAR, exactly("-02-29")])]
)
_BELOW_SIXTY = sequence([characters("05"), DIGIT])
_HOUR = alternatives(
    [sequence([characters("01"), DIGIT]), sequence([exactly("2"), characters("03")])]
)
_HOUR_AND_MINUTE = sequence([_HOUR, exactly(":"), _BELOW_SIXTY])
_SHIFT = sequence([characters("+", "-"), _HOUR_AND_MINUTE])
_ZONE = optional(alternatives([exactly("Z"), _SHIFT]))
_POINT = exactly(".")
_PARTS = optional(sequence([_POINT, repeated_once(DIGIT)]))
_TIME = sequence(
    [
        exactly("T"),
        _HOUR_AND_MINUTE,
        optional(sequence([exactly(":"), _BELOW_SIXTY, _PARTS])),
        _ZONE,
    ]
)

IS_CALENDAR_DATE = Language("calendar-date")
"""The name of `IS_CALENDAR_DATE_MEANS` in the text."""
IS_CALENDAR_DATE_MEANS = alternatives(
    [_FOUR, sequence([_FOUR, exactly("-"), _MONTH]), sequence([_DAY, optional(_TIME)])]
)

IS_COUNT = Language("count-of-seconds")
"""The name of `IS_COUNT_MEANS` in the text."""
IS_COUNT_MEANS = alternatives(  # but four digits, which are a year
    [
        sequence([alternatives([from_to(1, 3, DIGIT), from_to(5, 15, DIGIT)]), _PARTS]),
        sequence([exactly("-"), from_to(1, 15, DIGIT), _PARTS]),
        sequence([_FOUR, _POINT, repeated_once(DIGIT)]),
    ]
)


def is_date(word: Word) -> Formula:
    """`word` writes an instant."""
    return any_of([_is_calendar_date(word), _is_count(word)])


def commands(word: Word) -> Iterator[str]:
    """Declares the minutes from the midnight of a calendar's date to the instant, and ties them."""
    yield declared(_minute(word), "Int")
    end = length(word)

    def field(start: Number) -> Number:
        return counted(cut(word, start, integer(2)))

    def minutes(hour: Number, minute: Number) -> Number:
        return total(multiple(60, field(hour)), field(minute))

    has_time = negation(less(end, integer(_BEFORE_MINUTES_END)))
    local = either_number(has_time, minutes(integer(11), integer(14)), integer(0))
    shift = minutes(total(end, integer(-5)), total(end, integer(-2)))
    ahead, behind = (
        member(word, sequence([ANY_WORD, exactly(sign), _HOUR_AND_MINUTE])) for sign in "+-"
    )
    moved = either_number(
        ahead,
        total(local, multiple(-1, shift)),
        either_number(behind, total(local, shift), local),
    )
    yield asserted(implies(_is_calendar_date(word), equal(_minute(word), moved)))


def is_equal(word: Word, text: str) -> Formula:
    """`word` writes the instant that `text` does."""
    wanted = instant(text)
    on_calendar = any_of(
        all_of([member(word, _of_day(day)), _is_minute(word, minute), _is_second(word, wanted)])
        for day, minute in near_days(wanted)
    )
    sign = "-" if wanted.seconds < 0 else ""
    whole, parts = wanted.size
    sizes = [sequence([exactly(sign), _as_large(whole, parts)])]
    if (whole, parts) == (0, ""):
        sizes.append(sequence([exactly("-"), _as_large(whole, parts)]))
    return any_of(
        [
            both(_is_calendar_date(word), on_calendar),
            both(_is_count(word), member(word, alternatives(sizes))),
        ]
    )


def is_before(word: Word, text: str) -> Formula:
    """`word` writes an earlier instant than `text`."""
    wanted = instant(text)
    days = list(near_days(wanted))
    on_calendar = [member(word, _before_day(days[0][0]))]
    for day, minute in days:
        earlier = less(_minute(word), integer(minute))
        seconds = both(_is_minute(word, minute), _is_below_second(word, wanted))
        on_calendar.append(both(member(word, _of_day(day)), any_of([earlier, seconds])))
    return any_of(
        [
            both(_is_calendar_date(word), any_of(on_calendar)),
            both(_is_count(word), _is_smaller_count(word, wanted)),
        ]
    )


def is_plain(word: Word) -> Formula:
    """If `word` is a date, it counts seconds: every instant of a calendar's date has such a text.

    Fifteen digits are more than the year 9999 needs; where there are four, a zero goes before them.
    """
    return negation(_is_calendar_date(word))


def _of_day(day: int) -> Language:
    """The calendar's dates that are this day; a part that is not written is the least possible."""
    fields = fields_of(day)
    if fields is None:
        return NO_WORD
    year, month, of_month = fields
    spellings = [sequence([exactly("-".join(fields)), ANY_WORD])]
    if of_month == "01":
        spellings.append(exactly(f"{year}-{month}"))
    if (month, of_month) == ("01", "01"):
        spellings.append(exactly(year))
    return alternatives(spellings)


def _before_day(day: int) -> Language:
    """The calendar's dates that are an earlier day."""
    fields = fields_of(day)
    if fields is None:
        return NO_WORD if day < 0 else ANY_WORD
    year, month, of_month = fields
    earlier = [sequence([field_below(year), ANY_WORD])]
    if (month, of_month) > ("01", "01"):
        earlier.append(exactly(year))
    earlier.append(sequence([exactly(f"{year}-"), field_below(month), ANY_WORD]))
    if of_month > "01":
        earlier.append(exactly(f"{year}-{month}"))
    earlier.append(sequence([exactly(f"{year}-{month}-"), field_below(of_month), ANY_WORD]))
    return alternatives(earlier)


def _is_minute(word: Word, minute: int) -> Formula:
    return equal(_minute(word), integer(minute))


def _is_second(word: Word, wanted: Instant) -> Formula:
    """A calendar's date has these seconds of its minute."""
    second = f"{wanted.seconds % 60:02}"
    same_parts = sequence([_POINT, fraction_equal(wanted.parts)])
    written = sequence([exactly(second), optional(same_parts) if not wanted.parts else same_parts])
    return _has_seconds(word, written, if_not_written=(second, wanted.parts) == ("00", ""))


def _is_below_second(word: Word, wanted: Instant) -> Formula:
    """A calendar's date has less than these seconds of its minute."""
    second = f"{wanted.seconds % 60:02}"
    parts = optional(sequence([_POINT, DIGITS]))
    written = [sequence([field_below(second), parts])]
    if wanted.parts:
        fewer = sequence([_POINT, fraction_below(wanted.parts)])
        written.append(sequence([exactly(second), optional(fewer)]))
    return _has_seconds(
        word, alternatives(written), if_not_written=(second, wanted.parts) != ("00", "")
    )


def _has_seconds(word: Word, written: Language, *, if_not_written: bool) -> Formula:
    minutes = times(_BEFORE_MINUTES_END, ANY_CHARACTER)
    languages = [sequence([minutes, exactly(":"), written, _ZONE])]
    if if_not_written:
        languages.append(from_to(0, _BEFORE_MINUTES_END - 1, ANY_CHARACTER))
        languages.append(sequence([minutes, _ZONE]))
    return member(word, alternatives(languages))


def _is_smaller_count(word: Word, wanted: Instant) -> Formula:
    whole, parts = wanted.size
    smaller, as_large = _smaller(whole, parts), _as_large(whole, parts)
    minus, negative = exactly("-"), sequence([exactly("-"), ANY_WORD])
    if wanted.seconds < 0:
        not_larger = sequence([minus, alternatives([smaller, as_large])])
        return both(member(word, negative), negation(member(word, not_larger)))
    if (whole, parts) == (0, ""):
        return both(member(word, negative), negation(member(word, sequence([minus, as_large]))))
    return any_of([member(word, negative), member(word, smaller)])


def _as_large(whole: int, parts: str) -> Language:
    """The counts without sign of this size."""
    same_parts = sequence([_POINT, fraction_equal(parts)])
    return sequence([whole_equal(whole), same_parts if parts else optional(same_parts)])


def _smaller(whole: int, parts: str) -> Language:
    """The counts without sign of a smaller size."""
    smaller = [sequence([whole_below(whole), optional(sequence([_POINT, DIGITS]))])]
    if parts:
        fewer = sequence([_POINT, fraction_below(parts)])
        smaller.append(sequence([whole_equal(whole), optional(fewer)]))
    return alternatives(smaller)


def _is_calendar_date(word: Word) -> Formula:
    return member(word, IS_CALENDAR_DATE)


def _is_count(word: Word) -> Formula:
    return member(word, IS_COUNT)


def _minute(word: Word) -> Number:
    return Number(part_of(word, "minute"))
