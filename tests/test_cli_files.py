"""Which files a command's arguments name, and what is said of those that hold no policy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import iamlogic as il
from iamlogic.cli import commands
from iamlogic.cli.files import files_of

ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(commands, [str(each) for each in arguments], input=stdin)


def document(*statements: dict[str, str]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def written(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document(ALLOW))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files in an order that no file system promises."""
    for name in ("b.json", "a/z.json", "a/c.json", ".git/hidden.json", ".hidden.json"):
        written(tmp_path / name)
    (tmp_path / "README.md").write_text("no policy")
    return tmp_path


def names(files: list[str], folder: Path) -> list[str]:
    return [str(Path(file).relative_to(folder)) for file in files]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["."], ["a/c.json", "a/z.json", "b.json"]),
        (["b.json", "."], ["b.json", "a/c.json", "a/z.json"]),
        (["*.json"], ["b.json"]),
        (["**/*.json"], ["a/c.json", "a/z.json", "b.json"]),
        (["?"], ["a/c.json", "a/z.json"]),
        (["a/[cd].json", "a/z.json", "a/../b.json"], ["a/c.json", "a/z.json", "a/../b.json"]),
        ([".git"], [".git/hidden.json"]),
        ([".hidden.json"], [".hidden.json"]),
        (["README.md"], ["README.md"]),
        (["none.json"], ["none.json"]),
    ],
)
def test_files_folders_and_patterns(
    arguments: list[str], expected: list[str], folder: Path
) -> None:
    given = [str(folder / argument) for argument in arguments]
    assert names(files_of(given), folder) == expected


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    odd = written(tmp_path / "[ab].json")
    written(tmp_path / "a.json")
    assert files_of([str(odd)]) == [str(odd)]


@pytest.mark.parametrize("argument", ["*.yaml", "empty", "**/*.txt", "emp*"])
def test_what_names_no_file_is_an_error(argument: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(il.PolicyReadError, match=r"no file matches|has no \*\.json"):
        files_of([str(tmp_path / argument)])


def test_every_file_that_cannot_be_read_is_told_and_nothing_is_checked(folder: Path) -> None:
    bad = folder / "a" / "bad.json"
    bad.write_text('{"Statement": [{"Efect": "Allow"}]}')
    result = run("check", "access-not-granted", folder, folder / "none.json", "--action", "s3:*")
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "bad.json:1:17" in result.stderr
    assert "none.json" in result.stderr


def test_one_of_the_files_is_standard_input(folder: Path) -> None:
    files = ("-", folder / "a")
    result = run("check", "access-not-granted", *files, "--action", "s3:*", stdin=document(ALLOW))
    assert result.exit_code == 1
    assert "<stdin>" in result.stdout
