"""The page on types of resources is the one that the catalog gives, and the wheel has the data."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from iamlogic.catalog.identity_providers import SHARED_ISSUERS
from iamlogic.catalog.resource_types import RESOURCE_TYPES
from scripts.resource_types import PAGE, ROOT, page


def test_the_page_is_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/resource_types.py", "--check"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert (checked.returncode, checked.stdout) == (0, "")


def test_a_page_that_is_out_of_date_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import scripts.resource_types as script

    monkeypatch.setattr(script, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["resource_types.py", "--check"])
    assert script.main() == 1
    monkeypatch.setattr(sys, "argv", ["resource_types.py"])
    assert script.main() == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def test_the_page_has_every_type_and_every_issuer() -> None:
    text = page()
    for entry in RESOURCE_TYPES:
        assert f"`{entry.name}`" in text
    for issuer in SHARED_ISSUERS:
        assert f"`{issuer.host}`" in text


@pytest.mark.slow
def test_the_wheel_carries_the_catalog(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".toml")}
    written = (ROOT / "iamlogic").rglob("*.toml")
    assert shipped == {path.relative_to(ROOT).as_posix() for path in written}
