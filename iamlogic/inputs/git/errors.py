"""What goes wrong with git, told to people."""

from __future__ import annotations

from iamlogic.errors import IamlogicError


class GitError(IamlogicError):
    """Git cannot say what is asked: no repository, an unknown revision, too little history."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(f"{message}\n    hint: {hint}" if hint else message)
        self.message, self.hint = message, hint

    def __reduce__(self) -> tuple[type[GitError], tuple[str, str | None]]:
        return (type(self), (self.message, self.hint))
