"""Lines of keys in TOML: each is where a person would look for it."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.config.positions import Positions

TEXT = '''# a comment = with a key
top = 1
"quoted.key" = """several
lines = ] } """
[scan]  # [not.a.table]
pages = 5
urls = [ # [[nor]]
  "a]",
  'b,"',
  "c\\"",
]
recipe."www.x.test" = { accept = ["#a",
  "b"], banner = 'x' }
[[site]]
name = "a"
since = 2024-01-01 00:00:00
[site.login]
steps = [
  { goto = "x" },
  { fill = "#a=b", value = { env = "X" } },
]
[[site.accept]]
rule = "x"
[[ site . "accept" ]]
rule = "y"
[[site]]
name = "b"
[[site.accept]]
rule = "z"
'''


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (("top",), "top = 1"),
        (("quoted.key",), '"quoted.key"'),
        (("scan",), "[scan]"),
        (("scan", "pages"), "pages = 5"),
        (("scan", "urls", 1), "'b,\"'"),
        (("scan", "recipe", "www.x.test", "accept", 0), "recipe."),
        (("scan", "recipe", "www.x.test", "banner"), '"b"], banner'),
        (("site", 0), "[[site]]"),
        (("site", 0, "since"), "since ="),
        (("site", 0, "login", "steps", 1, "value", "env"), "{ fill ="),
        (("site", 0, "accept", 1, "rule"), 'rule = "y"'),
        (("site", 1, "name"), 'name = "b"'),
        (("site", 1, "accept", 0, "rule"), 'rule = "z"'),
        (("site", 1, "accept", 0, "missing"), "[[site.accept]]"),
        (("nowhere", "at", "all"), "# a comment"),
    ],
)
def test_a_place_has_the_line_on_which_it_stands(place: tuple[str | int, ...], words: str) -> None:
    tomllib.loads(TEXT)
    assert TEXT.splitlines()[Positions(TEXT).line(place) - 1].lstrip().startswith(words)


def test_the_second_table_of_an_array_is_told_from_the_first() -> None:
    positions = Positions(TEXT)
    assert positions.line(("site", 1)) > positions.line(("site", 0, "accept", 1))


def test_lines_end_as_on_other_systems_too() -> None:
    positions = Positions("a = 1\r\nb = [\r\n  1,\r\n  2]\r\nc = 3\r\n")
    assert [positions.line(place) for place in (("a",), ("b", 1), ("c",))] == [1, 4, 5]


_KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
_SCALARS = (
    st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=12
)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\x7f", "\\u007F") + '"'


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + "".join(f"\n # ]\n{_written(item)}," for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(key)} = {_written(item)}" for key, item in value.items()) + "}"
    return repr(value)


def _places(value: Any, way: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    pairs: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {way} if way else set()
    return found.union(*(_places(item, (*way, key)) for key, item in pairs))


@given(st.dictionaries(_KEYS, _VALUES, max_size=5))
def test_every_place_of_any_text_is_found_and_none_besides(values: dict[str, Any]) -> None:
    text = "".join(f"# x = [\n{_quoted(key)} = {_written(value)} # {{\n" for key, value in values.items())
    assert tomllib.loads(text) == values
    found = set(Positions(text)._lines) - {()}
    assert found == _places(values)
