"""Campaigns with real commands in real folders, friendly and hostile ones."""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import pytest

import iamlogic as il
from iamlogic.testing.mutating.campaign import Campaign, CampaignError
from iamlogic.testing.mutating.results import Results
from iamlogic.testing.mutating.sources import NotMutable
from iamlogic.testing.mutation.effect import MutationEffect

POLICY = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:PutObject"],
    "Resource": "arn:aws:s3:::logs/*",
    "Condition": {"Bool": {"aws:SecureTransport": "true"}}
  }
}
"""
READ = "import json, pathlib; policy = json.loads(pathlib.Path('policy.json').read_text())\n"
READS_ACTIONS = READ + (
    "assert policy['Statement']['Action'] == ['s3:GetObject', 's3:PutObject']\n"
    "assert policy['Statement']['Effect'] == 'Allow'\n"
)
NOTICES_ALL = READ + f"assert policy == {json.loads(POLICY)!r}"
_T = TypeVar("_T")


def silently(sequence: Iterable[_T], description: str, total: float) -> Iterable[_T]:
    del description, total
    return sequence


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a policy; copies are made beside it."""
    (tmp_path / "copies").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "copies"))
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "policy.json").write_text(POLICY, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def campaign(check: str, *names: str, **options: float | None) -> Campaign:
    Path("check.py").write_text(check, encoding="utf-8")
    return Campaign(names or ("policy.json",), f"{sys.executable} check.py", **options)  # type: ignore[arg-type]


def run(check: str, *names: str, **options: float | None) -> Results:
    return campaign(check, *names, **options).run(silently)


def whats(results: Results) -> list[str]:
    return [each.mutant.what for each in results.survivors]


def contents(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    files = (each for each in folder.rglob("*") if each.is_file())
    return {
        str(each): (each.read_bytes(), each.stat().st_mtime_ns, each.stat().st_mode)
        for each in files
    }


def test_what_no_test_looks_at_survives_gravest_first(tree: Path) -> None:
    results = run(READS_ACTIONS)
    effects = [each.mutant.effect for each in results.survivors]
    order = [MutationEffect.WIDENED, MutationEffect.BOTH, MutationEffect.NARROWED]
    assert effects == sorted(effects, key=order.index)
    assert "changed arn:aws:s3:::logs/* to * in Resource of Allow statement 1" in whats(results)[0]
    assert all("policy.json:3:16" in what for what in whats(results))
    assert not any("Action of" in what for what in whats(results))
    assert results.killed > 0
    assert results.equivalent > 0
    assert contents(tree.parent / "copies") == {}


@pytest.mark.usefixtures("tree")
def test_a_survivor_comes_with_a_request_that_tells_it_from_the_original() -> None:
    for survivor in run(READS_ACTIONS).survivors:
        told = survivor.telling
        assert told is not None
        assert il.evaluate(il.load("policy.json"), told.request) == told.original
        one_allows = [each.outcome is il.Outcome.ALLOWED for each in (told.original, told.mutant)]
        assert sorted(one_allows) == [False, True]


def test_tests_that_notice_everything_leave_no_survivor_and_the_files_as_they_were(
    tree: Path,
) -> None:
    made = campaign(NOTICES_ALL)
    before = contents(tree)
    results = made.run(silently)
    assert results.survivors == ()
    assert results.run == results.killed == 19
    assert results.is_whole
    assert contents(tree) == before


@pytest.mark.usefixtures("tree")
def test_several_jobs_find_what_one_does() -> None:
    assert whats(run(READS_ACTIONS, jobs=2)) == whats(run(READS_ACTIONS))


@pytest.mark.usefixtures("tree")
def test_tests_that_fail_at_first_are_told_with_the_end_of_what_they_say() -> None:
    with pytest.raises(CampaignError, match=r"must pass before mutants(.|\n)*not today"):
        run("raise SystemExit('not today')")


@pytest.mark.usefixtures("tree")
def test_tests_that_hang_at_first_are_told() -> None:
    with pytest.raises(CampaignError, match="did not end in time"):
        run("import time; time.sleep(60)", timeout=0.5)


def test_tests_that_read_the_original_are_found_out(tree: Path) -> None:
    with pytest.raises(CampaignError, match=r"pass although policy\.json is cut off"):
        run(NOTICES_ALL.replace("'policy.json'", repr(str(tree / "policy.json"))))


def test_a_module_on_pythonpath_is_that_of_the_copy(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tree / "src" / "where"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (tree / "policy.json").rename(package / "policy.json")
    monkeypatch.setenv("PYTHONPATH", str(tree / "src"))
    results = run(
        "import where\n"
        + NOTICES_ALL.replace(
            "pathlib.Path('policy.json')", "pathlib.Path(where.__file__).with_name('policy.json')"
        ),
        "src/where/policy.json",
    )
    assert results.survivors == ()


@pytest.mark.usefixtures("tree")
def test_a_test_that_hangs_on_a_mutant_kills_it_by_timeout() -> None:
    hangs = READ + "if policy['Statement']['Effect'] == 'Deny': import time; time.sleep(60)\n"
    results = run(hangs + NOTICES_ALL.removeprefix(READ), timeout=3)
    assert results.timed_out == 1
    assert results.survivors == ()


@pytest.mark.usefixtures("tree")
def test_what_tests_write_does_not_reach_the_next_mutant() -> None:
    writes = (
        "import os, pathlib\n"
        "assert not pathlib.Path('left').exists()\n"
        "pathlib.Path('left').mkdir(); pathlib.Path('left/over').write_text('x')\n"
        "pathlib.Path('other.txt').write_text('changed')\n"
        "pathlib.Path('gone.txt').unlink()\n"
    )
    for name in ("other.txt", "gone.txt"):
        Path(name).write_text("as it was", encoding="utf-8")
    checks = "assert pathlib.Path('other.txt').read_text() == 'as it was'\n"
    ends = "pathlib.Path('policy.json').write_text('{}')\n"
    leaky = run("import pathlib\n" + checks + writes + READS_ACTIONS + ends)
    assert whats(leaky) == whats(run(READS_ACTIONS))
    assert Path("other.txt").read_text(encoding="utf-8") == "as it was"


@pytest.mark.usefixtures("tree")
def test_what_tests_leave_running_ends_with_them(tmp_path: Path) -> None:
    spawn = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(tmp_path / 'children')!r}, 'a').write(f'{{child.pid}}\\n')\n"
    )
    run(spawn + READS_ACTIONS, max_mutants=2)
    pids = (tmp_path / "children").read_text(encoding="utf-8").split()
    assert len(pids) == 4  # the original, the empty file and two mutants
    until = time.monotonic() + 10
    while any(_runs(int(pid)) for pid in pids):
        assert time.monotonic() < until


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.usefixtures("tree")
def test_huge_output_is_no_trouble() -> None:
    loud = "import sys; sys.stdout.write('x' * 50_000_000); print('the end')\n"
    with pytest.raises(CampaignError, match="the end") as told:
        run(loud + "raise SystemExit(1)")
    assert len(str(told.value)) < 10_000
    assert run(loud + READS_ACTIONS, max_mutants=2).run == 2


def test_names_with_spaces_and_of_any_language(tree: Path) -> None:
    folder = tree / "Meine Regeln – ポリシー"
    folder.mkdir()
    (tree / "policy.json").rename(folder / "it's.json")
    check = NOTICES_ALL.replace("'policy.json'", repr(f"{folder.name}/it's.json"))
    assert run(check, f"{folder.name}/it's.json").survivors == ()


def test_a_policy_by_an_absolute_path_is_that_of_the_tree(tree: Path) -> None:
    results = run(NOTICES_ALL, str(tree / "policy.json"))
    assert results.survivors == ()
    assert results.run == 19


def test_a_read_only_policy_is_mutated_in_the_copy_alone(tree: Path) -> None:
    policy = tree / "policy.json"
    policy.chmod(stat.S_IRUSR)
    assert run(NOTICES_ALL).survivors == ()
    assert policy.read_text(encoding="utf-8") == POLICY
    assert stat.S_IMODE(policy.stat().st_mode) == stat.S_IRUSR


def test_a_policy_outside_of_the_tree_is_refused(tree: Path) -> None:
    (tree / "policy.json").rename(tree.parent / "outside.json")
    with pytest.raises(CampaignError, match="does not lie in"):
        run(NOTICES_ALL, "../outside.json")


def test_a_link_to_a_policy_in_the_tree_is_followed(tree: Path) -> None:
    (tree / "real").mkdir()
    (tree / "policy.json").rename(tree / "real" / "policy.json")
    (tree / "policy.json").symlink_to(tree / "real" / "policy.json")
    assert run(NOTICES_ALL).survivors == ()
    assert os.readlink(tree / "policy.json") == str(tree / "real" / "policy.json")  # noqa: PTH115


@pytest.mark.usefixtures("tree")
def test_a_sample_is_the_same_in_every_run_and_is_told() -> None:
    first, second = run(READS_ACTIONS, max_mutants=5), run(READS_ACTIONS, max_mutants=5)
    assert first.run == 5
    assert first.drawn_from is not None
    assert first.drawn_from > 5
    assert whats(first) == whats(second)
    assert run(READS_ACTIONS, max_mutants=1000).drawn_from is None


def test_a_stack_is_mutated_in_what_it_writes_out_and_in_what_it_names(tree: Path) -> None:
    scp = {
        "Statement": {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": "*",
        }
    }
    stack = {"identity": ["policy.json"], "scps": [[scp]]}
    (tree / "stack.json").write_text(json.dumps(stack), encoding="utf-8")
    results = run("import json; json.load(open('policy.json')); json.load(open('stack.json'))",
                  "stack.json")  # fmt: skip
    assert set(results.files) == {"stack.json", "policy.json"}
    files = {each.mutant.candidate.file.name for each in results.survivors}
    assert files == {"stack.json", "policy.json"}
    # What the policy grants beside the actions of the SCP changes nothing.
    assert not any("to * in Action" in what for what in whats(results) if "policy.json" in what)
    assert results.equivalent > 0


TEMPLATE = """\
Resources:
  Logs:
    Type: AWS::S3::Bucket
  LogsPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Logs
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: arn:aws:iam::111122223333:role/app}
            Action: s3:GetObject
            Resource: !Sub "${Logs.Arn}/*"
            Condition: {Bool: {aws:SecureTransport: true}}
"""


def test_a_template_is_mutated_in_place(tree: Path) -> None:
    (tree / "stack.yaml").write_text(TEMPLATE, encoding="utf-8")
    check = "import pathlib; assert 's3:GetObject\\n' in pathlib.Path('stack.yaml').read_text()"
    results = run(check, "stack.yaml")
    told = "removed the condition Bool aws:SecureTransport of Allow statement 1 (stack.yaml:11:13)"
    assert told in whats(results)
    assert any("changed !Sub ${Logs.Arn}/* to *" in what for what in whats(results))
    assert results.untouched == ()


def test_what_a_function_of_a_template_makes_is_told_and_no_pass(tree: Path) -> None:
    deny = '{Effect: Deny, Principal: "*", Action: "*", Resource: "*"}'
    extra = f"          - !If [A, {deny}, !Ref AWS::NoValue]\n"
    (tree / "stack.yaml").write_text(
        "Conditions: {A: !Equals [!Ref AWS::Region, x]}\n" + TEMPLATE + extra, encoding="utf-8"
    )
    reads = "import pathlib; assert 'Resources' in pathlib.Path('stack.yaml').read_text()"
    results = run(reads, "stack.yaml", max_mutants=1)
    (told,) = results.untouched
    assert "statement 2 is not mutated" in told
    assert not results.is_whole


ALIASES = """\
Statement:
  - {Effect: Allow, Action: &reads ["s3:Get*", "s3:List*"], Resource: "*"}
  - {Effect: Deny, Action: *reads, Resource: "arn:aws:s3:::secret/*"}
"""


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("main.tf", 'resource "aws_iam_policy" "p" {}', "Terraform's files cannot be mutated"),
        ("other.yaml", "a: 1\n", "there is no policy in it"),
        ("other.json", '{"a": 1}', "there is no policy in it"),
        (
            "aliases.yaml",
            ALIASES,
            "has aliases of YAML",
        ),
        (
            "text.json",
            json.dumps({"policy": POLICY}),
            "policy is not mutated: it is a text",
        ),
    ],
)
def test_what_cannot_be_mutated_is_refused(tree: Path, name: str, text: str, reason: str) -> None:
    (tree / name).write_text(text, encoding="utf-8")
    with pytest.raises(NotMutable, match=reason):
        run(NOTICES_ALL, name)


def test_a_policy_with_a_mistake_is_told_as_everywhere(tree: Path) -> None:
    (tree / "policy.json").write_text(POLICY.replace("Effect", "Efect"), encoding="utf-8")
    with pytest.raises(il.PolicySyntaxError, match="Efect"):
        run(NOTICES_ALL)
