"""The report of mutation testing: as text, as JSON, and as Markdown for a pull request."""

from __future__ import annotations

import json
from collections.abc import Iterator

from iamlogic.reports.markdown import code, fenced, shell
from iamlogic.reports.wording import command
from iamlogic.semantics.explain import explain_request, printable
from iamlogic.syntax.policy import Policy
from iamlogic.testing.mutating.mutants import Mutant, Telling
from iamlogic.testing.mutating.results import Results, Survivor


def results_text(results: Results) -> str:
    """For a terminal."""
    lines = [headline(results)]
    for number, survivor in enumerate(results.survivors, start=1):
        lines += ["", f"  {number}. {_what(survivor.mutant)}"]
        lines += [f"     {line}" for line in _telling_lines(survivor.telling)]
    notes = list(_notes(results))
    return "\n".join([*lines, *([""] if notes else []), *notes]) + "\n"


def results_markdown(results: Results) -> str:
    """For a comment; the texts of policies cannot become markup."""
    lines = [f"**{headline(results)}**"]
    for number, survivor in enumerate(results.survivors, start=1):
        what = survivor.mutant.what
        lines += ["", f"{number}. **{survivor.mutant.effect.value}**: {code(what)}", ""]
        lines += [f"   {each}" for each in fenced("sh", _telling_lines(survivor.telling))]
    lines += [line for note in _notes(results) for line in ("", code(note))]
    return "\n".join(lines) + "\n"


def results_json(results: Results) -> str:
    """For programs."""
    document = {
        "files": list(results.files),
        "command": results.command,
        "mutants": results.run,
        "killed": results.killed + results.timed_out,
        "killed_by_timeout": results.timed_out,
        "survivors": [_survivor_json(each) for each in results.survivors],
        "equivalent": results.equivalent,
        "malformed": results.malformed,
        "unknown": [each.what for each in results.unknown],
        "untouched": list(results.untouched),
        "sampled_from": results.drawn_from,
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def headline(results: Results) -> str:
    """The verdict in one line."""
    killed, run = results.killed + results.timed_out, results.run
    files = ", ".join(map(printable, results.files))
    if not run:
        return f"not tested: there is no mutant of {files} that is known to mean something else"
    verdict = f"{len(results.survivors)} survived" if results.survivors else "none survived"
    return f"{verdict}: the tests noticed {killed} of {_count(run, 'mutant')} of {files}"


def _what(mutant: Mutant) -> str:
    return f"{mutant.effect.value}: {mutant.what}"


def _telling_lines(told: Telling | None) -> list[str]:
    if told is None:
        return ["no example was found in time"]
    original, mutant = told.original.outcome.value, told.mutant.outcome.value
    return [*_request_lines(told), f"# the policy: {original}, the mutant: {mutant}"]


def _request_lines(told: Telling) -> list[str]:
    """The command that evaluates the request; of a policy inside a template, the request."""
    subject = told.subject
    is_part = isinstance(subject, Policy) and any(
        step != "Statement" for each in subject.statements[:1] for step in each.where.path[:1]
    )
    is_yaml = (subject.file or "").lower().endswith((".yaml", ".yml"))
    if is_part or is_yaml:
        return [f"# {explain_request(told.request)}"]
    return shell(command(told.request, subject))


def _notes(results: Results) -> Iterator[str]:
    """What else there is to know: nothing is left out in silence."""
    if results.timed_out:
        yield f"{_count(results.timed_out, 'mutant')} killed by timeout: the tests did not end."
    if results.equivalent:
        yield f"{_count(results.equivalent, 'change')} dropped: proved to mean the same."
    if results.malformed:
        yield f"{_count(results.malformed, 'change')} dropped: no policy any more."
    if results.drawn_from is not None:
        drawn = _count(results.run + len(results.unknown), "mutant")
        yield f"A sample, always the same: {drawn}, of {results.drawn_from} changes."
    for mutant in results.unknown:
        yield f"Unknown, not run: {mutant.what}"
    yield from (f"Not mutated: {printable(each)}" for each in results.untouched)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _survivor_json(survivor: Survivor) -> dict[str, object]:
    mutant, told = survivor.mutant, survivor.telling
    return {
        "file": mutant.candidate.file.name,
        "operator": mutant.candidate.operator,
        "what": mutant.what,
        "effect": mutant.effect.value,
        "request": told and told.request.to_dict(),
        "original": told and told.original.outcome.value,
        "mutant": told and told.mutant.outcome.value,
    }
