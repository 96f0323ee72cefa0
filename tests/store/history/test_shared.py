"""What all machines share: how hosts are treated, and messages that wait to be sent."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor

from scanner.model.watch import HostLimits, Outgoing
from scanner.store.history import History, open_history
from tests.store.history.weeks import MONDAY, at, run

HOST = "www.shop.example"
LIMITS = HostLimits(pause_s=10, failures=3, breaker_pause_s=600, lease_s=100)


def _after(seconds: float) -> datetime.datetime:
    return MONDAY + datetime.timedelta(seconds=seconds)


def test_between_two_scans_of_a_host_there_is_a_pause(history: History) -> None:
    assert history.may_start(HOST, _after(0), LIMITS) is None
    assert history.started(HOST, _after(0), LIMITS) is None
    history.ended(HOST, _after(30), LIMITS, ok=True)
    assert history.may_start(HOST, _after(35), LIMITS) == _after(40) == history.started(HOST, _after(35), LIMITS)
    assert history.may_start("other.example", _after(35), LIMITS) is None
    assert history.started(HOST, _after(40), LIMITS) is None


def test_one_scan_at_a_time_speaks_to_a_host_until_its_lease_is_over(history: History) -> None:
    assert history.started(HOST, _after(0), LIMITS) is None
    assert history.started(HOST, _after(50), LIMITS) == _after(100)
    assert history.started(HOST, _after(100), LIMITS) is None, "whoever had it is given up for dead"


def test_without_a_lease_and_a_pause_several_may_speak_at_once(history: History) -> None:
    free = HostLimits(pause_s=0, lease_s=0)
    assert history.started(HOST, _after(0), free) is None and history.started(HOST, _after(0), free) is None


def test_a_host_that_fails_again_and_again_is_left_alone_and_then_tried_once(history: History) -> None:
    for place in range(3):
        assert history.started(HOST, _after(place * 20), LIMITS) is None
        history.ended(HOST, _after(place * 20 + 5), LIMITS, ok=False)
    assert history.may_start(HOST, _after(60), LIMITS) == _after(645)
    assert (history.resting(_after(60)), history.resting(_after(646))) == (1, 0)
    assert history.started(HOST, _after(645), LIMITS) is None
    assert history.may_start(HOST, _after(650), LIMITS) == _after(1245), "the others wait for the trial"
    history.ended(HOST, _after(660), LIMITS, ok=False)
    assert history.may_start(HOST, _after(700), LIMITS) == _after(1260)
    assert history.started(HOST, _after(1260), LIMITS) is None
    history.ended(HOST, _after(1270), LIMITS, ok=True)
    assert history.may_start(HOST, _after(1280), LIMITS) is None


def test_a_scan_that_was_cancelled_says_nothing_of_its_host(history: History) -> None:
    for ok in (False, False, None, False):
        history.started(HOST, _after(0), HostLimits(pause_s=0))
        history.ended(HOST, _after(1), LIMITS, ok=ok)
    assert history.may_start(HOST, _after(20), LIMITS) == _after(601), "the third failure in a row"


def test_of_many_that_ask_at_once_one_gets_a_host(address: str, history: History) -> None:
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: history.started(HOST, _after(0), LIMITS), range(24)))
    assert got.count(None) == 1
    other = open_history(address)
    assert other.started(HOST, _after(1), LIMITS) is not None
    other.close()


def _message(target: str = "team", week: int = 0) -> Outgoing:
    return Outgoing(target=target, message={"title": "Ä 😀 new"}, not_before=at(week))


def test_a_message_is_queued_once_for_its_run_and_target(history: History) -> None:
    assert history.queue(run(0), [_message(), _message("boss")]) == 2
    assert history.queue(run(0), [_message(), _message("boss"), _message("third")]) == 1
    assert history.queue(run(1), [_message()]) == 1
    assert [one.target for one in history.take(MONDAY)] == ["team", "boss", "third", "team"]


def test_a_message_waits_for_its_time(history: History) -> None:
    history.queue(run(0), [_message(week=1)])
    assert history.take(_after(0)) == ()
    assert history.take(MONDAY + datetime.timedelta(weeks=1))[0].message == {"title": "Ä 😀 new"}


def test_a_message_is_taken_by_one_and_returns_if_its_taker_dies(history: History) -> None:
    history.queue(run(0), [_message()])
    hold = datetime.timedelta(seconds=60)
    assert len(history.take(_after(0), hold=hold)) == 1
    assert history.take(_after(59), hold=hold) == ()
    again = history.take(_after(60), hold=hold)
    assert len(again) == 1
    history.delivered(again[0].id)
    assert history.take(_after(10_000)) == ()


def test_a_message_that_failed_is_tried_again_or_given_up(history: History) -> None:
    history.queue(run(0), [_message()])
    first = history.take(_after(0))[0]
    history.failed(first.id, "the server said 503", again=_after(100))
    assert history.take(_after(99)) == ()
    second = history.take(_after(100))[0]
    assert (second.id, second.failures) == (first.id, 1)
    history.failed(second.id, "still 503", again=None)
    assert history.take(_after(10_000)) == ()
    assert history.queue(run(0), [_message()]) == 0, "given up is not forgotten"


def test_many_takers_share_the_messages(history: History) -> None:
    for week in range(40):
        history.queue(run(week), [_message()])
    with ThreadPoolExecutor(6) as pool:
        taken = [one.id for part in pool.map(lambda _: history.take(_after(0), limit=7), range(12)) for one in part]
    assert sorted(taken) == sorted(set(taken))
    rest = history.take(_after(0))
    assert len(taken) + len(rest) == 40 and not {one.id for one in rest} & set(taken)
