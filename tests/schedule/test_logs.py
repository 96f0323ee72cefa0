"""The log of a service: for programs or for people, and without what nobody shall read."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from scanner.schedule.logs import configure_log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


SECRET = "hunter2"


class Terminal(io.StringIO):
    """Something that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def _fail(password: str) -> None:
    raise ValueError("it broke")


def _logged(stream: io.StringIO, *args: str | None) -> str:
    configure_log(*args, stream=stream)  # type: ignore[arg-type]
    log = structlog.get_logger("x")
    log.debug("unimportant")
    log.info("run recorded", site="shop", cookies=3)
    log.error("no proxy", error="http://user:hunter2@proxy.example:3128/ refused, http://b.example/@x:y@z")
    try:
        _fail(SECRET)
    except ValueError:
        log.error("defect", exc_info=True)
    return stream.getvalue()


def test_elsewhere_than_on_a_terminal_each_line_is_one_json_object() -> None:
    lines = [json.loads(line) for line in _logged(io.StringIO()).splitlines()]
    assert [line["event"] for line in lines] == ["run recorded", "no proxy", "defect"]
    assert (lines[0]["site"], lines[0]["cookies"], lines[0]["level"]) == ("shop", 3, "info")
    assert lines[0]["at"].endswith("Z")
    assert "it broke" in lines[2]["exception"]


def test_on_a_terminal_lines_are_for_people_and_either_can_be_asked_for() -> None:
    assert "run recorded" in _logged(Terminal())
    assert _logged(Terminal(), "json").startswith("{")
    assert not _logged(io.StringIO(), "text").startswith("{")


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_password_of_an_address_or_of_a_variable_is_in_it(form: str) -> None:
    text = _logged(io.StringIO(), form)
    assert SECRET not in text
    assert "proxy.example:3128" in text
