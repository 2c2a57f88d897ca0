"""The HTML page of a review as pictures for the docs: writes docs/img/review.png, and one in dark.

    python scripts/screenshot.py

Commits the policies of examples/pull-request/before in a repository of its own, puts those of
`after` in their place, has `iamlogic review` write the page, and takes it in headless Chromium. It
needs the extras `test` and `review`, Chromium, and for the same letters the fonts Inter and
JetBrains Mono (Debian's packages fonts-inter and fonts-jetbrains-mono).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "pull-request"
PICTURES = {"light": "review.png", "dark": "review-dark.png"}
SIZE = {"width": 1200, "height": 1800}
_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (
        ("NAME", "iamlogic"),
        ("EMAIL", "iamlogic@example.com"),
        ("DATE", "2026-01-01T00:00:00Z"),
    )
}


def main() -> None:
    """Write both pictures."""
    sys.path.insert(0, str(ROOT))
    from tests.reports.review.chromium import a_browser, showing

    html = _page()
    with a_browser() as browser:
        for scheme, name in PICTURES.items():
            with showing(browser, html, viewport=SIZE, color_scheme=scheme) as page:
                page.screenshot(path=ROOT / "docs" / "img" / name)
            print(f"docs/img/{name}: {(ROOT / 'docs' / 'img' / name).stat().st_size:,} bytes")


def _page() -> str:
    with TemporaryDirectory() as folder:
        repository, file = Path(folder) / "repository", Path(folder) / "review.html"
        shutil.copytree(EXAMPLE / "before", repository)
        _run(repository, "git", "init", "--quiet", "--initial-branch=main")
        _run(repository, "git", "add", "--all")
        _run(repository, "git", "commit", "--quiet", "--message=Policies")
        shutil.copytree(EXAMPLE / "after", repository, dirs_exist_ok=True)
        program = "from iamlogic.cli import main; main()"
        command = (sys.executable, "-c", program, "review", "main", f"--format=html={file}")
        _run(repository, *command, expected=1)  # there is something to see
        return file.read_text(encoding="utf-8")


def _run(folder: Path, *command: str, expected: int = 0) -> None:
    environment = {**os.environ, **_NOBODY, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, check=False)
    if done.returncode != expected:
        raise SystemExit(f"{' '.join(command)} left with {done.returncode}, not {expected}")


if __name__ == "__main__":
    main()
