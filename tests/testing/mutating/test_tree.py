"""Copies of a tree: what git knows and would add, links, tools, and no way back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from iamlogic.testing.mutating.tree import Copy, Tree, discard
from tests.repositories import Repo


def files(folder: Path) -> set[str]:
    return {
        str(each.relative_to(folder))
        for each in folder.rglob("*")
        if each.is_symlink() or not each.is_dir()
    }


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")


def test_a_copy_of_a_repository_has_what_git_knows_and_would_add(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "repo")
    write(repo.root, "known", "sub/known", "new", "sub/ignored", ".env")
    (repo.root / ".gitignore").write_text("ignored\n.env\n.venv\n", encoding="utf-8")
    repo.git("add", "known", "sub/known", ".gitignore")
    write(repo.root, ".venv/bin/pytest")
    Tree.around(repo.root / "sub").copy_to(tmp_path / "copy", ["sub/ignored"])
    expected = {"known", "sub/known", "new", ".gitignore", ".venv", "sub/ignored"}
    assert files(tmp_path / "copy") == expected
    assert (tmp_path / "copy" / ".venv" / "bin" / "pytest").exists()
    assert (tmp_path / "copy" / ".venv").is_symlink()


def test_a_file_that_is_gone_from_the_folder_is_not_copied(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "repo")
    write(repo.root, "stays", "goes")
    repo.git("add", ".")
    (repo.root / "goes").unlink()
    Tree.around(repo.root).copy_to(tmp_path / "copy")
    assert files(tmp_path / "copy") == {"stays"}


def test_without_git_the_folder_is_copied_but_for_tools(tmp_path: Path) -> None:
    root = tmp_path / "folder"
    write(root, "a", "b/c", "b/node_modules/x", "b/__pycache__/y")
    os.mkfifo(root / "pipe")
    Tree.around(root).copy_to(tmp_path / "copy")
    assert files(tmp_path / "copy") == {"a", "b/c", "b/node_modules"}


def test_links_lead_into_the_copy_where_they_led_into_the_tree(tmp_path: Path) -> None:
    root = tmp_path / "folder"
    write(root, "a", "b/c")
    write(tmp_path, "outside")
    (root / "b" / "relative").symlink_to("../a")
    (root / "absolute").symlink_to(root / "a")
    (root / "folder").symlink_to(root / "b", target_is_directory=True)
    (root / "out").symlink_to("../outside")
    (root / "nowhere").symlink_to("missing")
    (root / "circle").symlink_to("circle")
    Tree.around(root).copy_to(tmp_path / "elsewhere" / "copy")
    copy = (tmp_path / "elsewhere" / "copy").resolve()
    for name in ("b/relative", "absolute"):
        assert (copy / name).resolve() == copy / "a"
    assert (copy / "folder").resolve() == copy / "b"
    assert (copy / "out").read_text(encoding="utf-8") == "outside"
    assert (copy / "nowhere").is_symlink()
    assert (copy / "circle").is_symlink()


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    root = tmp_path / "folder"
    write(root, "a", "b/c", "b/d")
    (root / "link").symlink_to("a")
    tree = Tree.around(root)
    tree.copy_to(tmp_path / "pristine")
    return Copy.of(tree, tmp_path / "copy", tmp_path / "pristine", [])


def test_a_copy_is_put_right_whatever_was_done_in_it(copy: Copy) -> None:
    before = {name: (copy.folder / name).read_text() for name in files(copy.folder)}
    write(copy.folder, "new/file", "b/new", "a")
    (copy.folder / "b" / "c").unlink()
    (copy.folder / "b" / "c").mkdir()
    (copy.folder / "b" / "d").unlink()
    (copy.folder / "link").unlink()
    (copy.folder / "link").write_text("a file now", encoding="utf-8")
    (copy.folder / "a").write_text("longer than it was", encoding="utf-8")
    copy.restore()
    assert {name: (copy.folder / name).read_text() for name in files(copy.folder)} == before
    assert (copy.folder / "link").is_symlink()
    copy.restore()
    assert {name: (copy.folder / name).read_text() for name in files(copy.folder)} == before


def test_a_file_is_written_at_once_with_the_mode_that_it_has(copy: Copy) -> None:
    (copy.folder / "a").chmod(0o640)
    copy.write("a", b"mutant")
    assert (copy.folder / "a").read_bytes() == b"mutant"
    assert (copy.folder / "a").stat().st_mode & 0o777 == 0o640
    assert files(copy.folder) == {"a", "b/c", "b/d", "link"}


def test_a_folder_that_a_command_made_unwritable_is_removed(tmp_path: Path) -> None:
    write(tmp_path, "copy/shut/inner/file")
    (tmp_path / "copy" / "shut" / "inner").chmod(0)
    (tmp_path / "copy" / "shut").chmod(0o500)
    discard(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
