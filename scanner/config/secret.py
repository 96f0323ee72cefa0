"""A secret as scan.toml names it: where its value lies, never the value."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, Tag, model_validator

from scanner.errors import UsageError
from scanner.model.base import Model


class Secret(Model):
    """Names the environment variable or the file that holds a secret; exactly one of them.

    The value is read at each use, so that no model, dump, log or traceback can hold it.
    """

    env: str | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Secret:
        if (self.env is None) == (self.file is None):
            raise ValueError('a secret is { env = "NAME" } or { file = "path" }')
        name = self.env or self.file or ""
        if not name or "\0" in name or (self.env is not None and "=" in name):
            raise ValueError(f"{name!r} cannot be the name of a secret's variable or file")
        return self

    def value(self) -> str:
        """The secret itself; of a file, without the line break at its end.

        Raises UsageError where the variable is not set, the file cannot be read, or there is nothing in it.
        """
        if self.env is not None:
            value = os.environ.get(self.env)
            if not value:
                state = "is empty" if value == "" else "is not set"
                raise UsageError(f"the environment variable {self.env}, which holds a secret, {state}")
            return value
        path = Path(self.file or "")
        try:
            value = path.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise UsageError(f"the file {path}, which holds a secret, cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"the file {path}, which holds a secret, is not UTF-8 text") from error
        if not value:
            raise UsageError(f"the file {path}, which holds a secret, is empty")
        return value


def revealed(value: str | Secret) -> str:
    """A text that may stand in the file itself or be a secret. Raises UsageError as `Secret.value` does."""
    return value.value() if isinstance(value, Secret) else value


def _form(value: Any) -> str | None:
    if isinstance(value, str):
        return "text"
    return "secret" if isinstance(value, dict | Secret) else None


Hidden = Annotated[
    Annotated[str, Tag("text")] | Annotated[Secret, Tag("secret")],
    Discriminator(
        _form,
        custom_error_type="text_or_secret",
        custom_error_message='a text is needed, or a secret: { env = "NAME" } or { file = "path" }',
    ),
]
"""A text that stands in the file itself, or a secret."""
