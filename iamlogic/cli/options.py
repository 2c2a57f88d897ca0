"""Options that several commands have."""

from __future__ import annotations

import click

_FORMATS = click.Choice(["text", "json", "markdown"])
format_option = click.option(
    "--format", "output", type=_FORMATS, default="text", show_default=True, help="What to print."
)


timeout_option = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Give up after this time: the answer is then unknown, or its account not complete.",
)
all_requests_option = click.option(
    "--all-requests",
    is_flag=True,
    help="Ask about requests that AWS never sends, too: without aws:CurrentTime, say.",
)
scope_option = click.option(
    "--scope",
    metavar="FILE|JSON",
    help='Ask about these requests only: {"Action": …, "Resource": …}, a statement without Effect.',
)
action_option = click.option(
    "--action", multiple=True, metavar="SERVICE:NAME", help="What; again for several."
)
resource_option = click.option(
    "--resource", multiple=True, metavar="ARN", help="On what; again for several; all by default."
)
