"""What a range of revisions means: `BASE`, `BASE..HEAD`, `BASE...HEAD`, or nothing.

The forms are those of `git diff`, with one difference that a review asks for: a base alone means
what has been done since this branch left it, also what is not committed, and not what others have
done there meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass

from iamlogic.inputs.git.errors import GitError
from iamlogic.inputs.git.repository import Commit, Repository, Side, Special


@dataclass(frozen=True, slots=True)
class Range:
    """Two sides to compare; without a base, everything is new."""

    base: Commit | None
    head: Side

    @property
    def base_name(self) -> str:
        return "nothing" if self.base is None else str(self.base)

    @property
    def head_name(self) -> str:
        return self.head.value if isinstance(self.head, Special) else str(self.head)


def range_of(repository: Repository, text: str | None, *, staged: bool = False) -> Range:
    """The range that a text means; `staged` compares what is staged, not the working tree.

    - nothing: the working tree against HEAD;
    - `BASE`: the working tree against the merge base of BASE and HEAD;
    - `BASE..HEAD`: HEAD against BASE; an end that is left out is HEAD;
    - `BASE...HEAD`: HEAD against the merge base of both.

    Raises `GitError`.
    """
    end = Special.INDEX if staged else Special.WORKTREE
    if text is None:
        return Range(repository.commit("HEAD") if repository.has_commits else None, end)
    for dots in ("...", ".."):
        first, found, second = text.partition(dots)
        if not found:
            continue
        if staged:
            raise GitError("what is staged is compared with one revision, not within a range")
        base, head = repository.commit(first or "HEAD"), repository.commit(second or "HEAD")
        return Range(repository.merge_base(base, head) if dots == "..." else base, head)
    base = repository.commit(text)
    return Range(repository.merge_base(base, repository.commit("HEAD")), end)
