"""Real git repositories for tests, each in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

READ = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::l/*"}
WRITE = {
    "Sid": "Write",
    "Effect": "Allow",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::l/*",
}


def policy(*statements: dict[str, object], indent: int | None = 2) -> str:
    """The text of a policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=indent)


@dataclass(frozen=True)
class Repo:
    """A repository in a folder."""

    root: Path

    @staticmethod
    def new(root: Path) -> Repo:
        root.mkdir(parents=True, exist_ok=True)
        repo = Repo(root)
        repo.git("init", "--quiet", "--initial-branch=main")
        return repo

    def git(self, *arguments: str) -> str:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.com",
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def write(self, file: str, text: str | bytes) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, **files: str | bytes | None) -> str:
        """A commit with files changed, `__` for `/` and `_json` for `.json`, None to remove one."""
        for name, text in files.items():
            file = name.replace("__", "/").replace("_json", ".json").replace("_tf", ".tf")
            if text is None:
                self.git("rm", "--quiet", file)
            else:
                self.write(file, text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")
