"""The base of every model, and the few types that all of them share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

UtcTime = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$")]
"""A moment in UTC as ISO 8601 text, such as `2026-11-22T09:30:00Z`."""

StateName = Annotated[
    str,
    StringConstraints(pattern=r"^(before|accept|reject|withdraw|gpc|category:[a-z][a-z0-9_-]*)$"),
]
"""A consent state: what the visitor had chosen when a thing was seen."""

Party = Literal["first", "third"]
"""First party: the same site (registrable domain) as the page in the address bar."""

Category = Literal["necessary", "functional", "analytics", "marketing", "unknown"]
"""Purpose of an observed thing; `unknown` where nobody can tell."""

DeclaredCategory = Literal["necessary", "functional", "analytics", "marketing"]


Phase = Literal["initial", "chosen"]
"""Before the click that makes a choice, or from it on. A state that makes none is `initial` from end to end."""


class Model(BaseModel):
    """Immutable and strict: unknown fields and silently converted types are errors."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
