"""`[review]`: what a review leaves out, what it fails on, and which findings it has accepted.

[review]
fail_on = ["external", "guardrail", "unknown"]
ignore = ["tests/fixtures/"]
baseline = "accepted.json"
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from iamlogic.inputs.entries import Entry
from iamlogic.inputs.settings.checking import read_globs
from iamlogic.questions.review.notices import Topic
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.problems import did_you_mean

FAIL_ON = {
    topic.value: topic
    for topic in (Topic.GAINED, Topic.EXTERNAL, Topic.PUBLIC, Topic.GUARDRAIL, Topic.UNKNOWN)
}
"""Topics that a review can be told to fail on, by name; on what is unreadable it always fails."""


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """How a review goes: `fail_on` is None where nobody says, which is not the same as nothing.

    `ignore` are globs of files that are never looked at. `baseline` is the path of the baseline,
    from where the settings were found.
    """

    fail_on: frozenset[Topic] | None = None
    ignore: tuple[str, ...] = ()
    baseline: str | None = None


def read_review(entry: Entry) -> ReviewSettings:
    """What the table says, as far as it can be read."""
    members = entry.members(("fail_on", "ignore", "baseline"))
    return ReviewSettings(
        _fail_on(members["fail_on"]) if "fail_on" in members else None,
        read_globs(members["ignore"]) if "ignore" in members else (),
        _baseline(members["baseline"]) if "baseline" in members else None,
    )


def _fail_on(entry: Entry) -> frozenset[Topic]:
    topics = set()
    for item in entry.items("a list of texts"):
        text = item.text()
        if text in FAIL_ON:
            topics.add(FAIL_ON[text])
        elif text == Topic.UNREADABLE.value:
            hint = "leave it out: a review that cannot read something always says so"
            item.problem(f"{quote(text)} is nothing to choose", hint)
        elif text is not None:
            hint = did_you_mean(text, FAIL_ON) or f"known are {', '.join(FAIL_ON)}"
            item.problem(f"there is no {quote(text)} to fail on", hint)
    return frozenset(topics)


def _baseline(entry: Entry) -> str | None:
    """The path, relative to the settings' folder unless it is absolute."""
    text = entry.text("a file's name as a text")
    if not text:
        if text is not None:
            entry.problem("the name of the file is empty", "leave it out")
        return None
    file = entry.source.file
    return text if file is None else str(Path(file).parent / text)
