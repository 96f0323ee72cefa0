"""What is being loaded in which state, while it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.live import Live
from rich.text import Text

from scanner.cli.console import err
from scanner.terminal import clean


class ProgressLines:
    """What is being loaded in which state: one live line a site on a terminal, plain lines elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._live: Live | None = None
        self._now: dict[str, str] = {}

    def __enter__(self) -> Callable[[str, Any], None]:
        if not self._quiet and err.is_terminal:
            self._live = Live(console=err, transient=True, refresh_per_second=8)
            self._live.start()
        return self._step

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def _step(self, host: str, step: Any) -> None:
        if self._quiet:
            return
        line = f"{host}  {step.state}: {step.doing} {clean(step.url, 100)}"
        if self._live is None:
            err.print(line, soft_wrap=True)
            return
        self._now[f"{host} {step.state}"] = line
        self._live.update(Text("\n".join(list(self._now.values())[-8:]), "dim"))
