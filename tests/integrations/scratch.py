"""Scratch repositories of git, as small as the integrations need them.

Nothing of the user's own configuration is seen, and no time or name is left to chance: commits
have the same ids in every run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]
SCRIPTS = Path(sysconfig.get_path("scripts"))
"""Where the `iamlogic` under test is installed."""

IDENTITY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
}


def environment(**further: str) -> dict[str, str]:
    """The environment of a program in a scratch repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, **IDENTITY, **further}


@dataclass(frozen=True)
class Scratch:
    """A repository with the working tree at `root`."""

    root: Path

    @staticmethod
    def made(root: Path) -> Scratch:
        """A new repository without commits."""
        root.mkdir(parents=True, exist_ok=True)
        scratch = Scratch(root)
        scratch.git("init", "--quiet", "--initial-branch=main")
        return scratch

    def git(self, *arguments: str, **further: str) -> str:
        """What git prints; it must not fail."""
        done = self.run("git", *arguments, **further)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, *command: str, **further: str) -> subprocess.CompletedProcess[str]:
        """Any program, here."""
        return subprocess.run(
            command,
            cwd=self.root,
            env=environment(**further),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def write(self, name: str, content: str) -> None:
        """A file, in folders that need not be there."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def commit(self, files: Mapping[str, str], message: str = "a change") -> str:
        """A commit of these files, whatever a hook would say; its id."""
        for name, content in files.items():
            self.write(name, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", f"--message={message}")
        return self.git("rev-parse", "HEAD").strip()


def allow(
    action: object, resource: object = "arn:aws:s3:::logs/*", **further: object
) -> dict[str, object]:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **further}


def policy(*statements: object) -> str:
    """A policy, as people write it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2) + "\n"


READS = policy(allow("s3:GetObject"))
WRITES = policy(allow(["s3:GetObject", "s3:PutObject"]))
PUBLIC = policy(allow("s3:GetObject", Principal="*"))
OF_ACCOUNT = policy(allow("s3:GetObject", Principal={"AWS": "111122223333"}))
"""A bucket's policy that names one account; `PUBLIC` is the same for everybody."""
