"""The catalog for people: writes docs/reference/resource-types.md, or checks it with `--check`.

    python scripts/resource_types.py [--check]

The page shows the data of iamlogic/catalog/: each type of resource with what counts as access to
it, and the OIDC issuers that many tenants share. Exit code 1 if the page is out of date.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from iamlogic.catalog.identity_providers import SHARED_ISSUERS, SharedIssuer
from iamlogic.catalog.resource_types import RESOURCE_TYPES, ResourceType

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "resource-types.md"

_HEAD = """# Types of resources

A question about who outside can reach a resource is asked of the requests that count as access to
it: the *actions* on the *resources* below, which the type's name decides. Names are taken in any
case, and without `AWS::`. **Unsigned** says whether AWS takes requests from nobody in particular,
where it is not known that it does not; **check** whether AWS's CheckNoPublicAccess takes the name.

`scripts/resource_types.py` writes this page from `iamlogic/catalog/`; the tests fail if it is out
of date. Sources are pages of AWS's documentation.

| name | what it is | actions | resources | unsigned | check |
|---|---|---|---|---|---|
"""
_NOTES = """
## Sources and notes

"""
_ISSUERS = """
## Shared OIDC issuers

A role that trusts one of these issuers trusts every tenant of it, unless a condition on one of the
claims fixes the tenant (R-X8). Each claim has a regular expression that a value, with its `*` and
`?`, must match at its beginning.

| issuer | what it is | claims that fix the tenant |
|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    parts = [_HEAD, *map(_row, RESOURCE_TYPES), _NOTES, *map(_note, RESOURCE_TYPES)]
    parts += [_ISSUERS, *map(_issuer, SHARED_ISSUERS), _NOTES.replace("##", "###")]
    parts += map(_issuer_note, SHARED_ISSUERS)
    return "".join(parts)


def _row(entry: ResourceType) -> str:
    names = _lines(_code(name) for name in (entry.name, *entry.aliases))
    cells = (
        names,
        entry.title,
        _lines(map(_code, entry.actions)),
        _lines(map(_code, entry.resources)),
        "yes" if entry.anonymous else "no",
        "yes" if entry.public_check else "no",
    )
    return f"| {' | '.join(cells)} |\n"


def _note(entry: ResourceType) -> str:
    return _item(entry.title, entry.source, entry.note)


def _issuer(issuer: SharedIssuer) -> str:
    claims = _lines(
        f"{_code(claim.key)}: {_code(claim.pattern.pattern)}" for claim in issuer.claims
    )
    return f"| {_code(issuer.host)} | {issuer.title} | {claims} |\n"


def _issuer_note(issuer: SharedIssuer) -> str:
    return _item(issuer.title, issuer.source, issuer.note)


def _item(title: str, source: str, note: str) -> str:
    return f"- **{title}**: {source}.{f' {note}' if note else ''}\n"


def _lines(texts: Iterable[str]) -> str:
    return "<br>".join(texts)


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")  # a bar would end the cell


def main() -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, say what is wrong")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page():
        print(f"{PAGE.relative_to(ROOT)} is out of date: run scripts/resource_types.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
