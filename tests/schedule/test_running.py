"""A run from its lock to its place in history, in a real browser: once, whatever happens to it on the way."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scanner.config import Config
from scanner.config.fleet import Fleet, HistoryPlace, WatchedSite, WorkerSize
from scanner.errors import UsageError
from scanner.model.watch import HostLimits, Outgoing
from scanner.report import load_scan
from scanner.schedule.browsers import Browsers, end
from scanner.schedule.due import location_of, run_of
from scanner.schedule.folders import Folders
from scanner.schedule.running import Heard, Runner, open_runner, service_config
from scanner.store.history import History, open_history
from scanner.store.places import open_place
from tests.schedule.sites import Server, served
from tests.schedule.watching import Clock, utc

DUE = utc("2026-11-22T00:00:00Z")
NOW = utc("2026-11-22T07:00:00Z")


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    async with served() as running:
        yield running


@pytest.fixture(scope="module")
async def browsers() -> AsyncIterator[Browsers]:
    pool = Browsers(slots=1, recycle_after=100, memory_mb=None)
    yield pool
    await pool.close()


@dataclass
class Machine:
    """A history and a place of reports, and runners over them."""

    folder: Path
    browsers: Browsers
    history: History
    clock: Clock

    def runner(self, *, tell: Any = None, **worker: Any) -> Runner:
        size = WorkerSize(**{"host_pause_s": 0.0, "retries": 1, "retry_after_s": 60.0, **worker})
        reports = str(self.folder / "reports")
        fleet = Fleet(worker=size, history=HistoryPlace(reports=reports))
        return Runner(
            fleet, self.history, open_place(reports), browsers=self.browsers, folders=self.folders, tell=tell,
            clock=self.clock,
        )  # fmt: skip

    @property
    def folders(self) -> Folders:
        return Folders(str(self.folder / "reports"))

    @property
    def left(self) -> list[Path]:
        """Whatever is left of runs under way."""
        return list((self.folder / "reports" / ".working").rglob("*"))


@pytest.fixture
def machine(tmp_path: Path, browsers: Browsers) -> Iterator[Machine]:
    history = open_history(str(tmp_path / "history.db"))
    yield Machine(tmp_path, browsers, history, Clock(NOW))
    history.close()


@pytest.mark.browser
async def test_a_run_is_scanned_recorded_and_told_of_once_and_leaves_nothing_behind(
    server: Server, machine: Machine
) -> None:
    heard: list[Heard] = []

    def tell(one: Heard) -> tuple[Outgoing, ...]:
        heard.append(one)
        return (Outgoing(target="us", message="news", not_before="2026-11-22T07:00:00Z"),)

    site, steps = server.site("shop", also=("https://shop.test/basket",), pages=2), []
    runner = machine.runner(tell=tell)
    first = await runner.run(site, DUE, progress=lambda host, step: steps.append((host, step.doing)))
    asked = server.asked["shop.test/"]
    again = await runner.run(site, DUE)
    assert (first.result, first.attempt, again.result) == ("recorded", 1, "known")
    assert first.recorded is not None
    assert first.recorded.row.outcome == "complete"
    assert first.recorded.row.cookies == 1
    (row,) = machine.history.scans("shop")
    assert row.location == location_of(first.run) == "shop/20261122T000000Z"
    scan = load_scan(machine.folder / "reports" / row.location)
    assert {page.url for page in scan.pages} == {"https://shop.test/", "https://shop.test/basket"}
    assert [one.scan.target.host for one in heard] == ["shop.test"]
    assert len(machine.history.take(NOW)) == 1
    assert server.asked["shop.test/"] == asked
    assert {host for host, _ in steps} == {"shop.test"}
    assert machine.left == []
    assert machine.folders.locks.held() == ()


@pytest.mark.browser
async def test_a_run_whose_files_are_there_is_recorded_from_them_and_not_scanned_again(
    server: Server, machine: Machine, tmp_path: Path
) -> None:
    site = server.site("one")
    await machine.runner().run(site, DUE)
    asked = server.asked["one.test/"]
    machine.history.close()
    fresh = open_history(str(tmp_path / "another.db"))
    machine.history = fresh
    ended = await machine.runner().run(site, DUE)
    assert ended.result == "known"
    assert ended.recorded is not None and ended.recorded.fresh
    assert server.asked["one.test/"] == asked
    assert fresh.is_recorded(ended.run)
    assert machine.left == []


@pytest.mark.browser
async def test_a_capture_that_failed_is_tried_again_later_and_then_recorded_as_failed(machine: Machine) -> None:
    nowhere = Config(
        states=("before",), pages=1, page_life=0.5, guard="off", host_rules="MAP dead.test 127.0.0.1:9",
        name_server="off",
    )  # fmt: skip
    site = WatchedSite(name="dead", urls=("http://dead.test/",), config=nowhere)
    runner = machine.runner(retries=1, retry_after_s=60)
    first = await runner.run(site, DUE)
    assert (first.result, first.attempt) == ("retry", 1)
    assert first.again is not None
    assert first.again > NOW
    assert (await machine.runner(retries=1, retry_after_s=60).run(site, DUE)).result == "retry"
    assert machine.history.attempts(first.run)[0] == 1
    machine.clock.now = first.again
    last = await runner.run(site, DUE)
    assert (last.result, last.attempt) == ("recorded", 2)
    assert last.recorded is not None
    assert last.recorded.row.outcome == "failed"
    assert machine.left == []


@pytest.mark.browser
async def test_a_capture_is_not_put_off_beyond_the_next_slot(machine: Machine, server: Server) -> None:
    site = server.site("dead", host_rules="MAP dead.test 127.0.0.1:9", name_server="off")
    ended = await machine.runner(retries=5, retry_after_s=3 * 86_400).run(site, DUE)
    assert ended.result == "recorded"
    assert ended.recorded is not None
    assert ended.recorded.row.outcome == "failed"


@pytest.mark.browser
async def test_a_run_by_hand_is_recorded_whatever_comes_of_it(machine: Machine, server: Server) -> None:
    site = server.site("dead", host_rules="MAP dead.test 127.0.0.1:9", name_server="off")
    machine.history.started("dead.test", NOW, HostLimits(lease_s=600))
    ended = await machine.runner(retries=5).run(site, NOW, by_hand=True)
    assert ended.result == "recorded"
    assert machine.history.may_start("dead.test", NOW, HostLimits(lease_s=600)) is not None  # another's claim stands
    assert machine.left == []


@pytest.mark.browser
async def test_at_its_deadline_a_run_ends_and_what_was_seen_is_recorded(server: Server, machine: Machine) -> None:
    site = server.site("late", "/", site_timeout=600, page_timeout=600, also=("https://late.test/late",), pages=2)
    ended = await machine.runner(deadline_s=15.0, lease_s=30.0).run(site, DUE)
    assert ended.result == "recorded"
    assert ended.recorded is not None
    assert ended.recorded.row.outcome == "partial"
    assert ended.seconds < 60
    scan = load_scan(machine.folder / "reports" / ended.recorded.row.location)
    assert "time" in {problem.kind for problem in scan.problems}
    assert {cookie.name for cookie in scan.cookies} == {"visit"}


@pytest.mark.browser
async def test_a_run_that_saw_nothing_until_its_deadline_is_tried_again(server: Server, machine: Machine) -> None:
    site = server.site("late", "/late", site_timeout=600, page_timeout=600)
    ended = await machine.runner(deadline_s=3.0, lease_s=10.0).run(site, DUE)
    assert ended.result == "retry"
    assert ended.recorded is None
    assert ended.seconds < 60


@pytest.mark.browser
async def test_a_service_does_not_speak_to_this_machine_unless_it_is_allowed_to(
    server: Server, machine: Machine
) -> None:
    address = f"127.0.0.1:{server.plain_port}"
    options = {name: value for name, value in server.options().items() if name != "host_rules"}
    site = WatchedSite(name="private", urls=(f"http://{address}/",), config=Config.model_validate(options))
    ended = await machine.runner().run(site, DUE)
    assert ended.result == "recorded"
    assert ended.recorded is not None
    assert ended.recorded.row.outcome == "failed"
    scan = load_scan(machine.folder / "reports" / ended.recorded.row.location)
    assert "private-address" in {problem.kind for problem in scan.problems}
    assert f"{address}/" not in server.asked
    allowed = site.model_copy(update={"config": Config.model_validate(options | {"allow": ("127.0.0.0/8",)})})
    again = await machine.runner().run(allowed, NOW, by_hand=True)
    assert again.recorded is not None
    assert again.recorded.row.outcome == "complete"


@pytest.mark.browser
async def test_a_browser_that_dies_over_a_run_is_replaced_and_the_run_made_again(
    server: Server, machine: Machine, browsers: Browsers
) -> None:
    site = server.site("two", "/late")
    runner = machine.runner(retry_after_s=0.0)
    running = asyncio.create_task(runner.run(site, DUE))
    await server.until_asked("two.test/late")
    async with browsers.lease(
        service_config(site.config, 900.0).model_copy(update={"site_timeout": 600.0}), site.url
    ) as one:
        end(one)
    ended = await running
    assert (ended.result, ended.message) == ("retry", "crashed: the browser died")
    assert machine.left == []
    server.released.set()
    ended = await runner.run(site, DUE)
    assert (ended.result, ended.attempt) == ("recorded", 2)
    server.released.clear()


@pytest.mark.browser
async def test_cancelled_it_lets_go_of_site_and_host_and_keeps_what_was_seen(server: Server, machine: Machine) -> None:
    site = server.site("three", "/late")
    runner = machine.runner()
    running = asyncio.create_task(runner.run(site, DUE))
    await server.until_asked("three.test/late")
    assert machine.history.may_start("three.test", NOW, HostLimits(lease_s=600)) is not None
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert machine.folders.locks.held() == ()
    assert machine.history.may_start("three.test", NOW, HostLimits(pause_s=0)) is None
    assert (machine.folders.of(run_of("three", DUE)) / "evidence" / "records.jsonl").stat().st_size > 0
    server.released.set()
    assert (await runner.run(site, DUE)).result == "recorded"
    assert machine.left == []
    server.released.clear()


async def test_a_site_that_another_run_is_at_is_left_to_it(server: Server, machine: Machine) -> None:
    with machine.folders.locks.take("shop", "", NOW):
        assert (await machine.runner().run(server.site("shop"), DUE)).result == "busy"


async def test_a_host_that_is_to_be_left_alone_is_held_until_then(server: Server, machine: Machine) -> None:
    limits = HostLimits(pause_s=0, failures=2, breaker_pause_s=600, lease_s=60)
    for _ in range(2):
        machine.history.ended("shop.test", NOW, limits, ok=False)
    ended = await machine.runner(breaker_failures=2, breaker_pause_s=600).run(server.site("shop"), DUE)
    assert (ended.result, ended.again) == ("held", NOW + datetime.timedelta(seconds=600))


async def test_a_host_that_a_killed_process_held_is_given_back_by_the_next_run(
    server: Server, machine: Machine
) -> None:
    site, other = server.site("shop"), HostLimits(lease_s=600, pause_s=0)
    machine.history.started("shop.test", NOW, other)
    machine.folders.fresh(run_of("shop", DUE), "shop.test")
    machine.history.attempt(run_of("shop", DUE), kind="dns", message="not known", at=NOW)
    assert (await machine.runner().run(site, DUE)).result == "retry"
    assert machine.history.may_start("shop.test", NOW, other) is None
    # It is given back once: another's claim is not taken away by whoever looks again.
    machine.history.started("shop.test", NOW, other)
    assert (await machine.runner().run(site, DUE)).result == "retry"
    assert machine.history.may_start("shop.test", NOW, other) is not None


async def test_a_run_over_which_process_after_process_was_killed_is_put_off_like_one_that_failed(
    server: Server, machine: Machine
) -> None:
    run = run_of("shop", DUE)
    for count in (1, 2, 3):
        assert machine.history.attempts(run)[0] == 0
        machine.folders.fresh(run, "shop.test")
        claim = machine.folders.claimed("shop")
        assert claim is not None
        assert claim.starts == count
    ended = await machine.runner(retry_after_s=300).run(server.site("shop"), DUE)
    assert ended.result == "retry"
    assert machine.history.attempts(run)[0] == 1
    assert machine.folders.claimed("shop") is None


async def test_opened_a_runner_removes_what_killed_ones_have_left_but_not_what_others_work_on(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    folders = Folders(str(reports))
    dead, living = run_of("dead", DUE), run_of("living", DUE)
    for run in (dead, living):
        (folders.fresh(run, "a.example") / "half").write_text("")
    (reports / "dead" / ".draft-1").mkdir(parents=True)
    (reports / "dead" / "20261121T000000Z").mkdir()
    fleet = Fleet(history=HistoryPlace(reports=str(reports), database=str(tmp_path / "h.db")))
    history = open_history(fleet.history.address())
    with folders.locks.take("living", "", NOW):
        async with open_runner(fleet, history, open_place(str(reports))):
            assert not folders.of(dead).exists()
            assert [path.name for path in (reports / "dead").iterdir()] == ["20261121T000000Z"]
            assert folders.of(living).is_dir()
    history.close()


def test_a_place_that_cannot_be_written_is_told_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    fleet = Fleet(history=HistoryPlace(reports=str(tmp_path / "file" / "reports")))

    async def opened() -> None:
        history = open_history(str(tmp_path / "h.db"))
        try:
            async with open_runner(fleet, history, open_place(str(tmp_path))):
                pass
        finally:
            history.close()

    with pytest.raises(UsageError, match="cannot be written"):
        asyncio.run(opened())


def test_the_guard_of_a_service_is_public_unless_the_configuration_says_otherwise() -> None:
    assert service_config(Config(), 900).guard == "public"
    assert service_config(Config.model_validate({"guard": "given"}), 900).guard == "given"
    assert service_config(Config.model_validate({"guard": "off"}), 900).guard == "off"
    assert service_config(Config(allow=("10.0.0.0/8",)), 900).allow == ("10.0.0.0/8",)
    assert service_config(Config(proxy="http://proxy.example:3128"), 900).guard == "given"
    assert service_config(Config(site_timeout=5000), 900).site_timeout == 810
