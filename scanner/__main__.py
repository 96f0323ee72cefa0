"""Where a run begins: `cookie-scanner`, which is the same as `python -m scanner`."""

from __future__ import annotations

import gc
import sys

_INTERRUPTED = 130
"""128 and the number of the signal, as a shell says it."""

_BETWEEN_LOOKS = 20_000
"""New objects after which Python looks for garbage among the youngest. Its own 700 cost a quarter of the time in which
this program is loaded and its patterns are made, none of which ever is garbage."""


def main() -> None:
    """Load the command line and run it; whoever interrupts the loading gets one line, as later on."""
    gc.set_threshold(_BETWEEN_LOOKS, *gc.get_threshold()[1:])
    try:
        from scanner.cli import main as run  # noqa: PLC0415 - takes a second, in which a user may think better of it
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing was begun\n")
        sys.exit(_INTERRUPTED)
    run()


if __name__ == "__main__":
    main()
