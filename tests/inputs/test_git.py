from __future__ import annotations

import os
from pathlib import Path

import pytest

from iamlogic.inputs.git.errors import GitError
from iamlogic.inputs.git.ranges import range_of
from iamlogic.inputs.git.repository import Commit, FileChange, Repository, Special
from iamlogic.syntax.json_tree import MAX_TEXT
from tests.repositories import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo.new(tmp_path / "repo")


def opened(repo: Repo) -> Repository:
    return Repository.around(repo.root)


def changes(repo: Repo, text: str | None = None, *, staged: bool = False) -> list[FileChange]:
    range_ = range_of(opened(repo), text, staged=staged)
    return opened(repo).changes(range_.base, range_.head)


def test_a_folder_deep_inside_is_of_the_repository_around_it(repo: Repo) -> None:
    repo.write("a/b/c.json", "{}")
    assert Repository.around(repo.root / "a" / "b").root == repo.root.resolve()


def test_a_folder_outside_any_repository_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="lies in no git repository"):
        Repository.around(tmp_path)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="there is no folder"):
        Repository.around(tmp_path / "nowhere")


def test_without_a_commit_everything_is_new(repo: Repo) -> None:
    repo.write("a.json", "{}")
    assert changes(repo) == [FileChange(None, "a.json")]
    assert range_of(opened(repo), None).base_name == "nothing"


def test_the_working_tree_has_what_is_staged_changed_untracked_and_gone(repo: Repo) -> None:
    repo.commit(kept_json="1", changed_json="1", gone_json="1", staged_json="1")
    repo.write("changed.json", "2")
    repo.write("staged.json", "2")
    repo.git("add", "staged.json")
    repo.write("new.json", "1")
    (repo.root / "gone.json").unlink()
    assert changes(repo) == [
        FileChange("changed.json", "changed.json"),
        FileChange("gone.json", None),
        FileChange(None, "new.json"),
        FileChange("staged.json", "staged.json"),
    ]


def test_ignored_files_are_not_new(repo: Repo) -> None:
    repo.commit(**{".gitignore": "out/\n"})
    repo.write("out/a.json", "{}")
    assert changes(repo) == []


def test_what_is_staged_is_not_what_lies_in_the_working_tree(repo: Repo) -> None:
    repo.commit(a_json="1")
    repo.write("a.json", "2")
    repo.git("add", "a.json")
    repo.write("a.json", "3")
    repo.write("b.json", "1")
    assert changes(repo, staged=True) == [FileChange("a.json", "a.json")]
    assert opened(repo).contents(Special.INDEX, ["a.json", "b.json"]) == {"a.json": b"2"}
    assert opened(repo).contents(Special.WORKTREE, ["a.json"]) == {"a.json": b"3"}


def test_a_renamed_file_is_one_change(repo: Repo) -> None:
    repo.commit(a_json="a long enough text to be known again\n" * 5)
    repo.git("mv", "a.json", "b.json")
    assert changes(repo) == [FileChange("a.json", "b.json")]


def test_a_base_alone_means_what_this_branch_did_since(repo: Repo) -> None:
    repo.commit(a_json="1")
    repo.git("checkout", "--quiet", "-b", "feature")
    repo.commit(b_json="1")
    repo.git("checkout", "--quiet", "main")
    repo.commit(c_json="another text")
    repo.git("checkout", "--quiet", "feature")
    repo.write("d.json", "1")
    assert changes(repo, "main") == [FileChange(None, "b.json"), FileChange(None, "d.json")]
    assert changes(repo, "main..feature") == [
        FileChange(None, "b.json"),
        FileChange("c.json", None),
    ]
    assert changes(repo, "main...feature") == [FileChange(None, "b.json")]
    assert changes(repo, "main..") == changes(repo, "main..HEAD")


def test_histories_without_a_common_commit_have_no_merge_base(repo: Repo) -> None:
    repo.commit(a_json="1")
    repo.git("checkout", "--quiet", "--orphan", "other")
    repo.commit(b_json="1")
    with pytest.raises(GitError, match="no commit in common"):
        changes(repo, "main...other")


def test_a_shallow_clone_says_what_to_fetch(repo: Repo, tmp_path: Path) -> None:
    repo.commit(a_json="1")
    repo.git("checkout", "--quiet", "-b", "feature")
    repo.commit(b_json="1")
    repo.git("checkout", "--quiet", "main")
    repo.commit(c_json="another text")
    clone = Repo(tmp_path / "clone")
    repo.git(
        "clone",
        "--quiet",
        "--depth=1",
        "--no-single-branch",
        f"file://{repo.root}",
        str(clone.root),
    )
    assert opened(clone).is_shallow
    with pytest.raises(GitError, match=r"(?s)in common.*fetch-depth: 0"):
        changes(clone, "origin/main...origin/feature")
    both = changes(clone, "origin/main..origin/feature")
    assert both == [FileChange(None, "b.json"), FileChange("c.json", None)]


def test_a_missing_revision_says_how_to_get_it(repo: Repo) -> None:
    repo.commit(a_json="1")
    with pytest.raises(GitError, match=r"(?s)no revision 'origin/gone'.*git fetch origin gone"):
        changes(repo, "origin/gone")


@pytest.mark.parametrize("name", ["--help", "-1", "--output=x", "HEAD:a.json", "a b", "", "\n"])
def test_a_revision_is_never_an_option(repo: Repo, name: str) -> None:
    repo.commit(a_json="1")
    with pytest.raises(GitError, match="there is no revision"):
        opened(repo).commit(name)
    assert not (repo.root / "x").exists()


@pytest.mark.parametrize("name", ["ä ö.json", 'a"b.json', "a\nb.json", "-x.json", "a\tb.json"])
def test_any_name_of_a_file_is_read(repo: Repo, name: str) -> None:
    repo.write(name, "1")
    repo.commit()
    repo.write(name, "2")
    repository = opened(repo)
    assert changes(repo) == [FileChange(name, name)]
    assert repository.contents(repository.commit("HEAD"), [name]) == {name: b"1"}
    assert repository.contents(Special.WORKTREE, [name]) == {name: b"2"}
    assert repository.files(repository.commit("HEAD")) == [name]


def test_links_and_submodules_are_told_from_files(repo: Repo, tmp_path: Path) -> None:
    other = Repo.new(tmp_path / "other")
    other.commit(a_json="1")
    repo.commit(a_json="1")
    (repo.root / "link.json").symlink_to("a.json")
    repo.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.root), "m"
    )
    repo.git("add", "--all")
    found = changes(repo, staged=True)
    assert [(each.after, each.is_repository) for each in found] == [
        (".gitmodules", False),
        ("link.json", False),
        ("m", True),
    ]
    assert opened(repo).is_link(Special.INDEX, "link.json")
    assert opened(repo).contents(Special.INDEX, ["link.json"]) == {"link.json": b"1"}


@pytest.mark.parametrize("target", ["../out.json", "/etc/passwd", "link.json", "gone.json"])
def test_a_link_to_no_file_here_holds_nothing(repo: Repo, target: str) -> None:
    (repo.root.parent / "out.json").write_text("1")
    (repo.root / "link.json").symlink_to(target)
    repo.commit()
    repository = opened(repo)
    for side in (Special.WORKTREE, Special.INDEX, repository.commit("HEAD")):
        assert repository.contents(side, ["link.json"]) == {}
        assert repository.is_link(side, "link.json")


def test_a_large_object_is_read_one_byte_too_far(repo: Repo) -> None:
    repo.commit(a_json=b" " * (MAX_TEXT + 100), b_json="1")
    repository = opened(repo)
    head = repository.commit("HEAD")
    held = repository.contents(head, ["a.json", "b.json", "gone.json"])
    assert {name: len(content) for name, content in held.items()} == {
        "a.json": MAX_TEXT + 1,
        "b.json": 1,
    }


def test_a_commit_is_called_as_the_user_calls_it(repo: Repo) -> None:
    id_ = repo.commit(a_json="1")
    repository = opened(repo)
    assert str(repository.commit("main")) == f"main ({id_[:10]})"
    assert str(repository.commit(id_)) == id_[:10]
    assert isinstance(range_of(repository, "HEAD..main").head, Commit)


def test_the_users_git_configuration_does_not_change_what_is_found(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[diff]\n external = false\n renames = false\n noprefix = true\n relative = true\n"
        "[core]\n quotepath = true\n[color]\n ui = always\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    repo.commit(a_json="a long enough text to be known again\n" * 5)
    (repo.root / "ä").mkdir()
    os.rename(repo.root / "a.json", repo.root / "ä" / "a.json")  # noqa: PTH104
    repo.git("add", "--all")
    found = Repository.around(repo.root / "ä")
    assert found.changes(found.commit("HEAD"), Special.INDEX) == [FileChange("a.json", "ä/a.json")]
