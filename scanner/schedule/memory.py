"""How much memory a browser takes: that of its process and of all that came from it, as the kernel counts it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_PROC = Path("/proc")
MIB = 1024 * 1024


def memory_of(pid: int) -> int:
    """Bytes of memory of a process and its descendants; 0 where there is no such process, or no /proc.

    Memory that several of them share counts once: each bears its share (PSS). Where the kernel does not tell that,
    their resident sizes are summed, which is more than they take.
    """
    return sum(_proportional(one) or _resident(one) for one in family(pid))


def family(pid: int) -> tuple[int, ...]:
    """A process and its descendants, those that are alive now; empty where there is no such process."""
    children: dict[int, list[int]] = {}
    alive = set()
    with contextlib.suppress(OSError):
        for entry in _PROC.iterdir():
            if entry.name.isdigit() and (parent := _parent(entry)) is not None:
                children.setdefault(parent, []).append(int(entry.name))
                alive.add(int(entry.name))
    found, waiting = [], [pid] if pid in alive else []
    while waiting:
        found.append(one := waiting.pop())
        waiting += children.get(one, [])
    return tuple(found)


def _parent(entry: Path) -> int | None:
    # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the name, in brackets, may itself hold brackets.
    with contextlib.suppress(OSError, ValueError, IndexError):
        state, parent = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:2]
        return int(parent) if state != "Z" else None
    return None


def _proportional(pid: int) -> int:
    # https://www.kernel.org/doc/Documentation/ABI/testing/procfs-smaps_rollup
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int((_PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0
