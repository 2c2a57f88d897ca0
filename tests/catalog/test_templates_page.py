"""The page on templates is the one that the catalog gives."""

import subprocess
import sys
from pathlib import Path

import pytest

from iamlogic.catalog.templates import other_grants, policy_places, resource_forms
from scripts import templates


def test_the_page_is_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/templates.py", "--check"],
        check=False,
        capture_output=True,
        text=True,
        cwd=templates.ROOT,
    )
    assert (checked.returncode, checked.stdout) == (0, "")


def test_a_page_that_is_out_of_date_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(templates, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(templates, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["templates.py", "--check"])
    assert templates.main() == 1
    monkeypatch.setattr(sys, "argv", ["templates.py"])
    assert templates.main() == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == templates.page()


def test_the_page_has_every_type() -> None:
    text = templates.page()
    types = [each.type for each in policy_places()] + [each.type for each in other_grants()]
    for type_ in [*types, *resource_forms()]:
        assert f"`{type_}`" in text
