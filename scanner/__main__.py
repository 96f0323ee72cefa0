"""Where a run begins: `cookie-scanner`, which is the same as `python -m scanner`."""

from __future__ import annotations

import sys

_INTERRUPTED = 130
"""128 and the number of the signal, as a shell says it."""


def main() -> None:
    """Load the command line and run it; whoever interrupts the loading gets one line, as later on."""
    try:
        from scanner.cli import main as run  # noqa: PLC0415 - takes a second, in which a user may think better of it
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing was begun\n")
        sys.exit(_INTERRUPTED)
    run()


if __name__ == "__main__":
    main()
