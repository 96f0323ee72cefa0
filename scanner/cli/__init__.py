"""The command line: reads arguments, wires the parts together, and is the only package that prints.

One file a command; each is registered below, in the order in which `--help` shows them.
"""

from __future__ import annotations

import errno
import gc
import sys
from contextlib import suppress
from typing import Annotated

import typer

import scanner
from scanner.cli.commands.alerts import alerts
from scanner.cli.commands.audit import audit
from scanner.cli.commands.config import config
from scanner.cli.commands.demo import demo
from scanner.cli.commands.diff import diff
from scanner.cli.commands.doctor import doctor
from scanner.cli.commands.history import history
from scanner.cli.commands.lookup import lookup
from scanner.cli.commands.policy import policy
from scanner.cli.commands.scan import scan
from scanner.cli.commands.schedule import schedule
from scanner.cli.commands.serve import serve
from scanner.cli.commands.status import status
from scanner.cli.commands.worker import worker
from scanner.cli.console import FINISHED, INTERRUPTED, SITE_FAILED, WRONG_USAGE, defect, err, fail, out
from scanner.errors import BrowserNotFoundError, PolicyError, ScannerError, UsageError
from scanner.terminal import clean

app = typer.Typer(
    name="cookie-scanner",
    help="Says, with proof, what a website does to its visitors before and after they choose.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

COMMANDS = (scan, audit, policy, lookup, diff, doctor, demo, config, schedule, worker, status, history, alerts, serve)

for command in COMMANDS:
    if isinstance(command, typer.Typer):
        app.add_typer(command)
    else:
        app.command()(command)


_OF_THE_MACHINE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENAMETOOLONG, errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM}
)
"""What the system refuses for want of room or by its limits: no defect of this program."""


def main() -> None:
    """Entry point. Every expected error ends in one line on standard error and the exit status of its kind."""
    try:
        # Outside standalone mode a command's exit status comes back as a value; so does an interrupt, in newer Typers.
        status = app(standalone_mode=False)
        if status == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(status if isinstance(status, int) else FINISHED)
    except typer.Exit as end:
        sys.exit(end.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        err.print("interrupted; the evidence so far is kept")
        sys.exit(INTERRUPTED)
    except (UsageError, BrowserNotFoundError, PolicyError) as error:
        sys.exit(fail(error, WRONG_USAGE))
    except ScannerError as error:
        sys.exit(fail(error, SITE_FAILED))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone (`... | head`); there is nobody left to tell
        sys.exit(FINISHED)
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE:
            sys.exit(defect(error))
        err.print(f"cookie-scanner: {clean(str(error.filename or 'the output'))}: {error.strerror}", soft_wrap=True)
        with suppress(OSError):
            sys.stdout.close()  # it may be what is full: nothing more is written there as the program ends
        sys.exit(SITE_FAILED)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a user never sees a traceback
        if (wrong := _usage(error)) is not None:
            err.print(f"cookie-scanner: {clean(wrong, 2000)}", soft_wrap=True)
            sys.exit(WRONG_USAGE)
        sys.exit(defect(error))
    finally:
        gc.freeze()  # Python would look through all that it holds three more times before it ends: half a second


def _usage(error: Exception) -> str | None:
    """The message of an error of the argument parser; null for any other error."""
    message = getattr(error, "format_message", None)
    return str(message()) if callable(message) else None


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        out.print(f"cookie-scanner {scanner.__version__}")
        raise typer.Exit
