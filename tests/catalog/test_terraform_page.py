"""The page on Terraform has the table that the catalog gives."""

import subprocess
import sys

from scripts.terraform_policies import ROOT


def test_the_page_is_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/terraform_policies.py", "--check"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert (checked.returncode, checked.stdout) == (0, "")
