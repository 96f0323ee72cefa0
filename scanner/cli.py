"""The command line: reads arguments, wires the parts together, and is the only module that prints."""

from __future__ import annotations

import asyncio
import datetime
import json
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

import scanner
from scanner.config import Config, override, read_config
from scanner.errors import BrowserNotFoundError, PolicyError, ScannerError, UsageError
from scanner.model.finding import SEVERITIES
from scanner.model.scan import Scan
from scanner.terminal import (
    calibration_table,
    clean,
    closing_lines,
    declaration_tables,
    findings_table,
    outcome_line,
    states_table,
    summary_line,
)

app = typer.Typer(
    name="cookie-scanner",
    help="Says, with proof, what a website does to its visitors before and after they choose.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
err = Console(stderr=True, highlight=False, markup=False)
out = Console(highlight=False, markup=False)

FINISHED, FAIL_ON_MET, WRONG_USAGE, SITE_FAILED, INTERRUPTED = 0, 1, 2, 3, 130

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Default: scan.toml in the working directory.")]
Browser = Annotated[str | None, typer.Option("--browser", help="Path of a Chrome, Chromium or Edge.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON line for each argument on standard output.")]
CatalogueDirs = Annotated[
    list[str] | None, typer.Option("--catalogue", help="Folder of your own vendor files; they take precedence.")
]


Profile = Annotated[
    str | None, typer.Option("--profile", metavar="REGION", help="Whose rules apply: eu (default), uk, ch, us-ca.")
]


def main() -> None:
    """Entry point. Every expected error ends in one line on standard error and the exit status of its kind."""
    try:
        # Outside standalone mode a command's exit status comes back as a value.
        status = app(standalone_mode=False)
        sys.exit(status if isinstance(status, int) else FINISHED)
    except typer.Exit as end:
        sys.exit(end.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        err.print("interrupted; the evidence so far is kept")
        sys.exit(INTERRUPTED)
    except (UsageError, BrowserNotFoundError, PolicyError) as error:
        sys.exit(_fail(error, WRONG_USAGE))
    except ScannerError as error:
        sys.exit(_fail(error, SITE_FAILED))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone (`... | head`); there is nobody left to tell
        sys.exit(FINISHED)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a user never sees a traceback
        if (wrong := _usage(error)) is not None:
            err.print(f"cookie-scanner: {clean(wrong, 2000)}", soft_wrap=True)
            sys.exit(WRONG_USAGE)
        sys.exit(_defect(error))


def _defect(error: Exception) -> int:
    """A defect of this program: one line for the user, and the details in a file for whoever mends it."""
    details = "".join(traceback.format_exception(error))
    with tempfile.NamedTemporaryFile("w", prefix="cookie-scanner-", suffix=".log", delete=False) as log:
        log.write(details)
    cause = clean(f"{type(error).__name__}: {error}")
    err.print(f"cookie-scanner: a defect in this program ({cause}); please report it with {log.name}", soft_wrap=True)
    return SITE_FAILED


def _usage(error: Exception) -> str | None:
    """The message of an error of the argument parser; null for any other error."""
    message = getattr(error, "format_message", None)
    return str(message()) if callable(message) else None


def _fail(error: ScannerError, status: int) -> int:
    err.print(f"cookie-scanner: {clean(str(error), 2000)}", soft_wrap=True)
    return status


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        out.print(f"cookie-scanner {scanner.__version__}")
        raise typer.Exit


@app.command()
def scan(
    urls: Annotated[list[str] | None, typer.Argument(metavar="URL...", help="The sites to scan.")] = None,
    out_dir: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Write into DIR; several sites: DIR/<host>/.")
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option("--policy", metavar="URL|FILE", help="The declared policy; default: found.")
    ] = None,
    pages: Annotated[
        int | None, typer.Option("--pages", help="Pages per consent state, the given one included.")
    ] = None,
    states: Annotated[
        str | None, typer.Option("--states", metavar="LIST", help="Consent states; default before,accept,reject.")
    ] = None,
    config: ConfigFile = None,
    host_rules: Annotated[
        str | None, typer.Option("--host-rules", metavar="RULES", help='Such as "MAP shop.example 10.0.0.7".')
    ] = None,
    ignore_https_errors: Annotated[
        bool | None, typer.Option("--ignore-https-errors", help="Accept certificates that do not verify.")
    ] = None,
    formats: Annotated[
        str | None, typer.Option("--format", metavar="LIST", help="Further outputs: csv,sarif,junit,markdown.")
    ] = None,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", metavar="LEVEL", help="Exit 1 at high, medium or low and above.")
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", help="How many sites at once.")] = None,
    browser: Browser = None,
    catalogue: CatalogueDirs = None,
    profile: Profile = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line of summary per site.")] = False,
) -> None:
    """Visit each site in every consent state, record evidence, read the policy, compare, write the report."""
    from scanner.pipeline import policy_files, target_url

    settings = override(
        read_config(config),
        {
            "urls": tuple(urls) if urls else None,
            "out": out_dir,
            "policy": tuple(policy) if policy else None,
            "pages": pages,
            "states": states,
            "host_rules": host_rules,
            "ignore_https_errors": ignore_https_errors,
            "format": formats,
            "fail_on": fail_on,
            "jobs": jobs,
            "browser": browser,
            "catalogue": tuple(catalogue) if catalogue else None,
            "profile": profile,
        },
    )
    if not settings.urls:
        raise UsageError("give the address of a site to scan: cookie-scanner scan https://www.example.com/")
    targets = list(dict.fromkeys(target_url(url) for url in settings.urls))
    policy_files(settings.policy)
    raise typer.Exit(_scan(targets, settings, quiet=quiet, as_json=as_json))


def _scan(targets: list[str], settings: Config, *, quiet: bool, as_json: bool) -> int:
    from scanner.pipeline import Done, scan_sites
    from scanner.store import clear

    folders = _folders(targets, settings.out)
    if settings.out is not None:
        for folder in folders.values():
            clear(folder)
    statuses: list[int] = []

    def done(_url: str, result: Done | ScannerError) -> None:
        if isinstance(result, ScannerError):
            statuses.append(_fail(result, SITE_FAILED))
        else:
            statuses.append(_tell(result.scan, result.folder, settings, quiet=quiet, as_json=as_json))

    with _Progress(quiet=quiet or as_json) as progress:
        asyncio.run(scan_sites(targets, settings, folders.__getitem__, progress, done))
    return SITE_FAILED if SITE_FAILED in statuses else max(statuses, default=FINISHED)


def _folders(targets: Iterable[str], chosen: str | None) -> dict[str, Path]:
    """The folder of each target; two targets on one host get folders of their own."""
    from scanner.site import host_of

    targets = list(targets)
    moment = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    folders: dict[str, Path] = {}
    for url in targets:
        host = host_of(url).replace(":", "_")
        if chosen is not None:
            base = Path(chosen) if len(targets) == 1 else Path(chosen) / host
        else:
            base = Path("reports") / host / moment
        folder, number = base, 2
        while folder in folders.values() or (chosen is None and folder.exists()):
            folder, number = base.with_name(f"{base.name}-{number}"), number + 1
        folders[url] = folder
    return folders


def _tell(result: Scan, folder: Path, settings: Config, *, quiet: bool, as_json: bool) -> int:
    """Show one result and say its exit status."""
    report = folder / "report.html"
    if as_json:
        print(json.dumps(summary_line(result, report), ensure_ascii=True), flush=True)
    elif quiet:
        out.print(f"{outcome_line(result)}: {report}", soft_wrap=True)
    else:
        if result.outcome != "failed":
            out.print(states_table(result))
            out.print()
            out.print(findings_table(result) if result.findings else Text("no findings", "green"))
            out.print()
        out.print(closing_lines(result), soft_wrap=True)
        out.print(f"report: {report}", soft_wrap=True)
    if result.outcome == "failed":
        return SITE_FAILED
    if settings.fail_on is not None:
        levels = SEVERITIES[: SEVERITIES.index(settings.fail_on) + 1]
        if any(result.summary.findings.get(level) for level in levels):
            return FAIL_ON_MET
    return FINISHED


class _Progress:
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


@app.command()
def audit(
    evidence: Annotated[Path, typer.Argument(metavar="EVIDENCE", help="Folder of a scan.")],
    policy: Annotated[list[str] | None, typer.Option("--policy", metavar="FILE", help="Another policy.")] = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Default: the scan's own folder.")
    ] = None,
    config: ConfigFile = None,
    formats: Annotated[str | None, typer.Option("--format", metavar="LIST", help="Further outputs.")] = None,
    fail_on: Annotated[str | None, typer.Option("--fail-on", metavar="LEVEL", help="high, medium or low.")] = None,
    catalogue: CatalogueDirs = None,
    profile: Profile = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="One line only.")] = False,
    as_json: Json = False,
) -> None:
    """Judge recorded evidence again, offline, without a browser: new rules, or a new policy."""
    from scanner.classify import load_catalogue
    from scanner.pipeline import audit as run

    changes = {
        "format": formats,
        "fail_on": fail_on,
        "catalogue": tuple(catalogue) if catalogue else None,
        "profile": profile,
    }
    settings = override(read_config(config), changes)
    known = load_catalogue(tuple(Path(name) for name in settings.catalogue))
    result = run(evidence, settings, known, out=out_dir, policy=tuple(policy or ()))
    raise typer.Exit(_tell(result.scan, result.folder, settings, quiet=quiet, as_json=as_json))


@app.command("policy")
def policy_command(
    names: Annotated[list[str], typer.Argument(metavar="URL|FILE...", help="Addresses or files.")],
    config: ConfigFile = None,
    browser: Browser = None,
    as_json: Json = False,
) -> None:
    """Show what a policy declares: cookies, vendors, claims. A file needs no browser."""
    from scanner.pipeline import read_policies

    settings = override(read_config(config), {"browser": browser})
    for name, declaration in asyncio.run(read_policies(names, settings)):
        if as_json:
            print(declaration.model_dump_json())
        else:
            for part in declaration_tables(name, declaration):
                out.print(part)
                out.print()


@app.command()
def lookup(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME|HOST...", help="Cookie names, NAME@DOMAIN, hosts; -: stdin.")
    ],
    catalogue: CatalogueDirs = None,
    as_json: Json = False,
) -> None:
    """Say what the catalogue knows of a cookie name or a host."""
    from scanner.classify import load_catalogue

    known = load_catalogue(tuple(Path(name) for name in catalogue or ()))
    for name in names:
        for query in (line.strip() for line in sys.stdin) if name == "-" else (name,):
            if not query:
                continue
            match = known.lookup(query)
            if as_json:
                print(json.dumps(match.as_dict(), ensure_ascii=False))
            else:
                print(clean(match.as_text(), 2000))


@app.command()
def doctor(browser: Browser = None, config: ConfigFile = None, as_json: Json = False) -> None:
    """Prove the instrument: which browser is used, and does it see what it must."""
    from scanner.pipeline import prove

    settings = override(read_config(config), {"browser": browser})
    instrument = asyncio.run(prove(settings))
    if as_json:
        print(instrument.model_dump_json())
    else:
        out.print(f"{instrument.name} {instrument.version} ({instrument.executable})", soft_wrap=True)
        out.print(calibration_table(instrument))
        blind = sum(not check.passed for check in instrument.calibration.checks)
        out.print("This browser sees all it must." if not blind else f"This browser is blind to {blind} of these.")
    raise typer.Exit(FINISHED if instrument.calibration.passed else SITE_FAILED)


@app.command()
def demo(
    sites: Annotated[list[str] | None, typer.Argument(metavar="SITE...", help="Default: all of them.")] = None,
    out_dir: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the reports go.")] = Path("reports"),
    browser: Browser = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=16, help="How many sites at once.")] = 2,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    open_index: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the index in a browser at the end.")
    ] = True,
) -> None:
    """Serve the built-in sites on loopback, scan them all, write their reports. No network is needed."""
    from scanner.demonstration import Outcome, run_demo

    def tell(outcome: Outcome) -> None:
        out.print(f"{outcome.site}: {outcome_line(outcome.scan)}", soft_wrap=True)
        for line in outcome.differences:
            out.print(f"  {clean(line)}", soft_wrap=True)

    with _Progress(quiet=quiet) as progress:
        index, outcomes = asyncio.run(run_demo(tuple(sites or ()), out_dir, browser, jobs, progress, tell))
    wrong = sum(bool(outcome.differences) for outcome in outcomes)
    out.print(f"{len(outcomes) - wrong} of {len(outcomes)} sites gave exactly the expected findings")
    out.print(f"index: {index}", soft_wrap=True)
    if open_index and out.is_terminal:
        typer.launch(str(index))
    raise typer.Exit(SITE_FAILED if wrong else FINISHED)
