"""`iamlogic review`: what the changes of a repository, or of a Terraform plan, grant."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

import click

from iamlogic.cli.answers import Exit, answer_with
from iamlogic.cli.judging import today
from iamlogic.cli.options import timeout_option
from iamlogic.cli.processes import collect_seldom
from iamlogic.cli.reviews import Asked, review_plan, review_range
from iamlogic.inputs.writing import write_file
from iamlogic.questions.review.counting import (
    DEFAULT_FAIL_ON,
    counts,
    fail_on_by_default,
    is_certain,
)
from iamlogic.questions.review.notices import Topic
from iamlogic.questions.review.review import Review
from iamlogic.questions.review.reviewing import DEFAULT_TIMEOUT

_FORMATS = ("text", "markdown", "json", "sarif", "junit", "html", "code-quality")
_FAIL_ON = ("gained", "external", "public", "guardrail", "unknown")
_BY_DEFAULT = ", ".join(name for name in _FAIL_ON if Topic(name) in DEFAULT_FAIL_ON)


@click.command()
@click.argument("range_", metavar="[BASE[..HEAD]]", required=False)
@click.option("--staged", is_flag=True, help="Review what is staged, not the working tree.")
@click.option(
    "--repository", default=".", metavar="FOLDER", help="A folder of the repository.  [default: .]"
)
@click.option("--terraform-plan", metavar="FILE", help="Review what `terraform show -json` prints.")
@click.option(
    "--settings", metavar="FILE", help="The settings.  [default: iamlogic.toml at the root]"
)
@click.option(
    "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="A template's parameter."
)
@click.option(
    "--fail-on",
    multiple=True,
    metavar="TOPIC[,TOPIC…]",
    help=f"What exits with 1, of {', '.join(_FAIL_ON)}.  [default: {_BY_DEFAULT}]",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"What to print, or to write to a file: {', '.join(_FORMATS)}; again for several.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes to share the work."
)
@timeout_option
def review(
    range_: str | None,
    repository: str,
    terraform_plan: str | None,
    settings: str | None,
    parameters: tuple[str, ...],
    fail_on: tuple[str, ...],
    formats: tuple[str, ...],
    jobs: int | None,
    timeout: float | None,
    *,
    staged: bool,
) -> None:
    """What each changed policy grants now that it did not before.

    Without a range: the working tree against HEAD. With BASE: against the commit where this branch
    left it. BASE..HEAD and BASE...HEAD are git's. Exits with 1 for what --fail-on names, 2 if a
    policy cannot be read, 3 if something is unknown or hangs on values that a template leaves open.
    """
    outputs = [_output(each) for each in formats] or [("text", None)]
    chosen = frozenset(_topic(name) for each in fail_on for name in each.split(","))
    if sum(file is None for _, file in outputs) > 1:
        raise click.UsageError("one format is printed: give the others a file, FORMAT=FILE")

    def answer() -> tuple[str | None, Exit]:
        collect_seldom()
        asked = Asked(
            settings=settings,
            parameters=dict(_parameter(each) for each in parameters),
            timeout=DEFAULT_TIMEOUT if timeout is None else timeout,
            jobs=jobs,
            today=today(),
        )
        if terraform_plan is not None:
            if range_ is not None or staged:
                raise click.UsageError("a plan has both of its sides: leave the range out")
            reviewed = review_plan(terraform_plan, asked)
        else:
            reviewed = review_range(Path(repository), range_, asked, staged=staged)
        topics = chosen or reviewed.settings.review.fail_on
        if topics is None:
            topics = fail_on_by_default(is_trusted_known=reviewed.settings.zone is not None)
        for format_, file in outputs:
            _put_out(reviewed.review, topics, format_, file)
        return None, exit_of(reviewed.review, topics)

    answer_with(answer)


def exit_of(review: Review, fail_on: Collection[Topic]) -> Exit:
    """What a review comes to: a finding, or else what cannot be read, or else the unknown."""
    counting = [each for each in review.notices if counts(each, fail_on)]
    unreadable = [each for each in counting if each.topic is Topic.UNREADABLE]
    if any(is_certain(each) for each in counting if each not in unreadable):
        return Exit.FAILS
    if unreadable:
        return Exit.UNREADABLE
    return Exit.UNKNOWN if counting else Exit.HOLDS


def _output(text: str) -> tuple[str, str | None]:
    format_, _, file = text.partition("=")
    if format_ not in _FORMATS:
        raise click.BadParameter(
            f"{format_!r} is no format, expected one of {', '.join(_FORMATS)}",
            param_hint="'--format'",
        )
    return format_, file or None


def _topic(name: str) -> Topic:
    if name not in _FAIL_ON:
        known = f"expected some of {', '.join(_FAIL_ON)}"
        raise click.BadParameter(f"{name!r} is no topic, {known}", param_hint="'--fail-on'")
    return Topic(name)


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"{text!r} is no NAME=VALUE")
    return name, value


def _put_out(review: Review, fail_on: Collection[Topic], format_: str, file: str | None) -> None:
    if format_ == "text" and file is None:
        from rich.console import Console

        from iamlogic.reports.review.text import print_review

        print_review(review, Console())
        return
    text = _renderer(format_, fail_on)(review)
    if file is None:
        click.echo(text.removesuffix("\n"))
        return
    try:
        write_file(file, text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise click.UsageError(f"{file}: cannot be written: {reason}") from error


def _renderer(format_: str, fail_on: Collection[Topic]) -> Callable[[Review], str]:
    match format_:
        case "markdown":
            from iamlogic.reports.review.markdown import review_markdown

            return review_markdown
        case "json":
            from iamlogic.reports.review.json import review_json

            return review_json
        case "sarif":
            from iamlogic.reports.review.sarif import review_sarif

            return review_sarif
        case "junit":
            from iamlogic.reports.review.junit import review_junit

            return partial(review_junit, counts=partial(counts, fail_on=fail_on))
        case "html":
            from iamlogic.reports.review.html.page import review_html

            return review_html
        case "code-quality":
            from iamlogic.reports.review.code_quality import review_code_quality

            return review_code_quality
        case _:
            from iamlogic.reports.review.text import review_text

            return review_text
