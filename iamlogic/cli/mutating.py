"""`iamlogic mutate`: whether the tests of a policy would notice that it is wrong."""

from __future__ import annotations

import os
import signal
from functools import partial

import click

from iamlogic.cli.answers import Exit, answer_with
from iamlogic.cli.options import format_option


@click.command()
@click.argument("policies", metavar="POLICY…", nargs=-1, required=True)
@click.option("--run", "command", required=True, metavar="COMMAND", help="What runs the tests.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="How many mutants are tested at a time.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long the tests may take on one mutant; ten times what they take without, if left "
    "out, and at least 30 s.",
)
@click.option(
    "--max-mutants",
    type=click.IntRange(min=1),
    metavar="N",
    help="Test a sample of so many, always the same.",
)
@format_option
def mutate(
    policies: tuple[str, ...],
    command: str,
    jobs: int,
    timeout: float | None,
    max_mutants: int | None,
    output: str,
) -> None:
    """Whether the tests notice that a policy is wrong.

    Makes mutants of each POLICY, with one fault each: a condition that is gone, a resource that
    became *. Those that are proved to mean something else are tested: COMMAND runs in a copy of the
    tree (the git repository, or else the current folder) in which only the mutant is different.
    What survives is told with a request that no test has asked about.

        iamlogic mutate policies/bucket.json --run "pytest -q tests/policies"

    POLICY is a policy or a stack in JSON, or a template in JSON or YAML. Your own files are never
    written. Exits with 0 if no mutant survives, 1 if one does, 2 if the files cannot be read or the
    tests do not pass on them, 3 if what mutants mean is unknown or a part could not be mutated.
    """

    def answer() -> tuple[str, Exit]:
        from rich.console import Console
        from rich.progress import track

        from iamlogic.testing.mutating import report
        from iamlogic.testing.mutating.campaign import Campaign

        console = Console(stderr=True)
        campaign = Campaign(policies, command, jobs, timeout, max_mutants)

        def leave(*_: object) -> None:
            campaign.end()
            console.show_cursor()
            os._exit(Exit.INTERRUPTED)

        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, leave)
        shown = partial(track, console=console, transient=True, disable=not console.is_terminal)
        results = campaign.run(shown)
        say = {
            "text": report.results_text,
            "json": report.results_json,
            "markdown": report.results_markdown,
        }
        if results.survivors:
            return say[output](results), Exit.FAILS
        return say[output](results), Exit.HOLDS if results.is_whole else Exit.UNKNOWN

    answer_with(answer, output)
