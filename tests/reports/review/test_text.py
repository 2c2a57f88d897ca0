"""The text of a review: the gravest first and last, each change in its policy's own words."""

from __future__ import annotations

from dataclasses import replace

from iamlogic.questions.review.possible import untold
from iamlogic.questions.review.review import Review, ReviewedChange
from iamlogic.reports.review.text import MOST_GRAVE, review_text
from iamlogic.reports.wording import SHOWN
from tests.reports.review.formats import on_terminal
from tests.reports.review.reviews import (
    PARTNER_ARN,
    PASS,
    PASS_ROLE,
    READ,
    WRITE,
    Side,
    a_review,
    change,
    hostile_review,
    many_changes,
    no_changes,
    share,
)


def review_of(*changes: ReviewedChange) -> Review:
    return replace(no_changes(), changes=changes)


def lines_of(review: Review) -> list[str]:
    return on_terminal(review).split("\n")


def test_grave_changes_come_first_and_those_that_mean_nothing_last() -> None:
    headlines = [line for line in lines_of(a_review()) if ", changed: " in line]
    order = [headline.split(", ")[0] for headline in headlines]
    assert order[0] == "policies/app.json"  # an error: a guardrail is broken
    for warned in ("policies/slow.json", "policies/deploy.json"):  # not known; denies less
        assert order.index(warned) < order.index("policies/ci.json")  # loses only
    assert order[-1] == "policies/reader.json"  # means what it did


def test_among_many_the_errors_are_named_again_at_the_end() -> None:
    breaking = change(None, Side("a/breaks.json", (PASS,)), (PASS_ROLE,))
    harmless = [change(None, Side(f"{number}.json", (READ,))) for number in range(40)]
    end = lines_of(review_of(*harmless, breaking))[-8:]
    assert any("error    a/breaks.json: it breaks the guardrail no-pass-role" in x for x in end)


def test_more_errors_than_fit_are_counted() -> None:
    review = many_changes(200)
    named = [x for x in lines_of(review)[-30:] if x.startswith("  error")]
    errors = sum(each.severity.value == "error" for each in review.notices)
    assert len(named) == MOST_GRAVE
    assert f"… {errors - MOST_GRAVE} more errors above" in on_terminal(review)


def test_a_change_that_means_nothing_takes_one_line() -> None:
    same = change(Side("a.json", (READ, WRITE)), Side("a.json", (WRITE, READ)))
    moved = change(Side("old.json", (READ,)), Side("new.json", (READ,)))
    lines = lines_of(review_of(same, moved))
    assert "a.json, changed: allows exactly what it did before" in lines
    assert "new.json, moved from old.json: allows exactly what it did before" in lines
    assert len(lines) < 10


def test_what_is_moved_and_changed_says_both() -> None:
    both = change(Side("old.json", (READ,)), Side("new.json", (READ, WRITE)))
    assert "new.json, moved from old.json and changed: allows everything that" in on_terminal(
        review_of(both)
    )


def test_a_policy_that_allows_nothing_says_so_when_it_comes_and_when_it_goes() -> None:
    deny = {**READ, "Effect": "Deny"}
    come, gone = change(None, Side("a.json", (deny,))), change(Side("b.json", (deny,)), None)
    text = on_terminal(review_of(come, gone))
    assert "a.json, new: allows nothing" in text
    assert "b.json, removed: allowed nothing" in text


def test_each_gain_has_its_place_and_one_example() -> None:
    text = on_terminal(review_of(change(Side("a.json", (READ,)), Side("a.json", (READ, WRITE)))))
    assert 'Allow statement 2 "WriteLogs" (a.json:16:5) now allows' in text
    assert text.count("For example: arn:aws:iam::111122223333:user/alice: s3:PutObject on") == 1


def test_what_is_left_open_is_named_with_its_reason_and_its_place() -> None:
    text = on_terminal(a_review())
    assert "- <Bucket> is a parameter without a default (template.yaml:4:3)" in text
    assert "- IsProduction is a condition on the parameter Stage" in text
    assert "possible: it depends on <Bucket>, IsProduction, <Tags.Team>" in text


def test_what_hangs_on_what_is_left_open_is_not_said_to_be_so() -> None:
    text = on_terminal(a_review())
    (headline,) = [line for line in text.split("\n") if "ReaderPolicy.PolicyDocument," in line]
    assert headline.endswith("changed: can allow more than before, depending on what is left open")


def test_a_review_that_is_not_complete_does_not_say_that_all_is_proved() -> None:
    known = review_of(change(None, Side("a.json", (READ,))))
    assert "Proved: " in on_terminal(known)
    assert "Proved: " not in on_terminal(a_review())  # one change of it is not known


def test_an_account_that_may_not_be_whole_says_so_and_proves_nothing() -> None:
    made = change(Side("a.json", (READ,)), Side("a.json", (READ, WRITE)))
    account = replace(made.comparison._account, reason="the timeout was hit")
    made.comparison.__dict__["_account"] = account
    text = on_terminal(review_of(made))
    assert "Not complete: there may be differences outside these regions" in text
    assert "Proved: " not in text


def test_a_broken_guardrail_is_never_passed_over_whatever_notices_there_are() -> None:
    same = change(Side("a.json", (PASS,)), Side("b.json", (PASS,)), (PASS_ROLE,))
    assert same.breaches
    text = on_terminal(review_of(replace(same, notices=())))
    assert "Broken before as well, guardrails:" in text
    assert "- no-pass-role: no policy lets anyone pass any role" in text


def test_forty_grants_to_outsiders_are_counted_after_a_few() -> None:
    principals = {"AWS": [f"4444555566{number:02}" for number in range(40)]}
    review = review_of(change(None, Side("a.json", (share(principals),)), bucket=True))
    warnings = [x for x in lines_of(review) if x.startswith("  warning")]
    assert len(warnings) == SHOWN - 1
    assert f"  … {40 - len(warnings)} more" in lines_of(review)


def test_a_file_gets_the_text_without_colours() -> None:
    assert review_text(a_review()) == on_terminal(a_review())
    assert "\x1b[1;31mgrants more\x1b[0m" in on_terminal(a_review(), colour=True)


def test_no_text_of_a_pull_request_reaches_the_terminal_as_a_command() -> None:
    plain = on_terminal(hostile_review())
    assert all(line.isprintable() for line in plain.split("\n"))
    assert "\\x1b[31m\\u202e" in plain


def test_nothing_changed_is_two_lines() -> None:
    assert lines_of(no_changes())[0].startswith("no policy changed: 3 policies in 3 files")
    assert len(lines_of(no_changes())) == 3


def test_the_outcome_is_the_gravest_of_all_changes() -> None:
    gains = change(Side("a.json", (READ,)), Side("a.json", (READ, WRITE)))
    loses = change(Side("b.json", (READ, WRITE)), Side("b.json", (READ,)))
    slow = change(Side("c.json", (READ,)), Side("c.json", (WRITE,)), timeout=0)
    same = change(Side("d.json", (READ,)), Side("e.json", (READ,)))
    for changes, word in (
        ((gains, loses, slow), "grants more: "),
        ((slow, loses), "not known: "),
        ((loses, same), "grants less: "),
        ((same,), "grants the same: "),
    ):
        assert on_terminal(review_of(*changes)).startswith(word)
    unread = a_review().unread[:1]
    assert on_terminal(replace(no_changes(), unread=unread)).startswith("not known: 1 could not")


def test_statements_of_a_template_are_counted_as_they_are_written() -> None:
    (reader,) = [each for each in a_review().changes if "ReaderPolicy" in each.placed.name]
    assert 'Allow statement 2 "WriteLogs" (template.yaml:16:9)' in on_terminal(review_of(reader))


def of_reader() -> ReviewedChange:
    (found,) = [each for each in a_review().changes if "ReaderPolicy" in each.placed.name]
    return found


def test_what_is_possible_stands_apart_from_what_is_certain() -> None:
    text = on_terminal(review_of(of_reader()))
    assert "  Possibly gained, allowed now, not before, depending on what is left open:" in text
    assert "  Gained, " not in text


def test_what_only_some_values_of_placeholders_grant_is_told() -> None:
    reader = of_reader()
    same = change(Side("a.json", (READ,)), Side("b.json", (READ,))).comparison
    text = on_terminal(review_of(replace(reader, comparison=same)))
    assert "  Possibly gained, " in text
    assert "if arn:aws:s3:::<Bucket>/* matches the resource" in text


def test_a_gain_for_all_values_is_told_once_and_never_passed_over() -> None:
    reader = of_reader()
    assert reader.for_any is not None
    (named,), for_any = reader.comparison.gained, reader.for_any.gained
    assert for_any
    assert list(untold(for_any, [named])) == []
    another = replace(named, region=replace(named.region, conditions=()))
    assert list(untold(for_any, [another])) == list(for_any)


def test_a_statement_that_is_read_as_two_counts_as_one() -> None:
    trust: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"AWS": ["111122223333", "<PartnerArn>"]},
        "Action": "sts:AssumeRole",
    }
    tag = {**trust, "Principal": {"AWS": "111122223333"}, "Action": "sts:TagSession"}
    text = on_terminal(review_of(change(None, Side("t.yaml", (trust, tag), "T", (PARTNER_ARN,)))))
    assert "Allow statement 1 (t.yaml:4:5) now allows" in text
    assert "Allow statement 2 (t.yaml:14:5) now allows" in text
    assert "Allow statement 3" not in text


def test_what_could_not_be_read_is_told_with_its_reason() -> None:
    text = on_terminal(a_review())
    assert "policies/broken.json, not read:\n  error    policies/broken.json:2:17: " in text
    assert "Table.ResourcePolicy.PolicyDocument, known after the deployment only:" in text


def test_one_example_is_shown_once() -> None:
    app = next(each for each in a_review().changes if each.placed.file == "policies/app.json")
    assert on_terminal(review_of(app)).count("iam:PassRole on arn:aws:iam::") == 1
