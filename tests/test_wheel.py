"""Grammars and templates travel inside the wheel: an environment with only that one can parse."""

import importlib.util
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PROGRAM = """
import iamlogic, pathlib
assert pathlib.Path(iamlogic.__file__).is_relative_to({home!r}), iamlogic.__file__
text = '''{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:*",
  "Principal": {{"AWS": "arn:aws:iam::111122223333:root"}}, "Resource": "arn:aws:s3:::${{a:b}}"
}}}}'''
policy = iamlogic.parse(text)
assert iamlogic.parse(iamlogic.format(policy)) == policy
print(policy.statements[0].principals.entries[0].account)
"""


@pytest.mark.slow
def test_the_wheel_carries_its_grammars_and_templates(tmp_path: Path) -> None:
    # No network: the build back-end is the one installed here, and lark comes along by its path.
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    shipped = {Path(name).name for name in zipfile.ZipFile(wheel).namelist() if "grammar/" in name}
    assert shipped == {grammar.name for grammar in (ROOT / "grammar").iterdir()}

    templates = ROOT / "iamlogic" / "reports" / "review" / "html" / "templates"
    of_pages = {name for name in zipfile.ZipFile(wheel).namelist() if "/html/templates/" in name}
    assert of_pages == {each.relative_to(ROOT).as_posix() for each in templates.iterdir()}

    home = tmp_path / "empty"
    venv.create(home, with_pip=False)
    python = (
        next(home.glob("bin/python")) if sys.platform != "win32" else home / "Scripts/python.exe"
    )
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            python,
            "install",
            "--no-deps",
            "--no-index",
            wheel,
        ],
        check=True,
        capture_output=True,
    )
    lark = importlib.util.find_spec("lark")
    assert lark is not None
    assert lark.origin is not None
    (site,) = home.rglob("site-packages")
    (site / "lark").symlink_to(Path(lark.origin).parent)
    done = subprocess.run(
        [python, "-I", "-c", PROGRAM.format(home=str(home))],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.stdout.strip() == "111122223333"
