"""`[zone]`: whom to trust with resources. Each part that no zone can have is told at its place."""

from __future__ import annotations

from iamlogic.inputs.entries import Entry
from iamlogic.questions.external.zone import Zone, ZoneError


def read_zone(entry: Entry) -> Zone:
    """The zone that the table says; a part that no zone can have is reported and left out."""
    members = entry.members(("accounts", "organization", "org_paths", "services"))
    several: dict[str, list[str]] = {"accounts": [], "org_paths": [], "services": []}
    for name, values in several.items():
        if name not in members:
            continue
        for item in members[name].items("a list of texts"):
            if not isinstance(item.value, str):
                is_number = isinstance(item.value, int) and not isinstance(item.value, bool)
                item.unexpected("a text", "write it in quotes" if is_number else None)
            elif _fits(item, **{name: (item.value,)}):
                values.append(item.value)
    organization = None
    if "organization" in members:
        given = members["organization"]
        organization = given.text()
        if organization is not None and not _fits(given, organization=organization):
            organization = None
    return Zone(organization=organization, **several)


def _fits(entry: Entry, **part: object) -> bool:
    """Whether a zone can have this part; else it is reported at its own place."""
    try:
        Zone(**part)  # type: ignore[arg-type]  # one part, which Zone itself checks
    except ZoneError as error:
        entry.problem(str(error))
        return False
    return True
