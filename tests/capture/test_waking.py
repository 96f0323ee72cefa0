"""What waits for a visitor wakes: the pointer, keys, the whole length of a page, the focus, and leaving."""

from __future__ import annotations

import pytest

from scanner.model.evidence import Request, Visit
from tests.capture.conftest import THIRD, Look, Records, Site

pytestmark = pytest.mark.browser

TELL = "<script>const tell = name => { const i = new Image(); i.src = `https://" + THIRD + "/woken/${name}` };</script>"


def woken(records: Records) -> list[str]:
    """What the page told, in order, each once."""
    names = [one.url.rpartition("/")[2] for one in records.of(Request) if "/woken/" in one.url]
    return list(dict.fromkeys(names))


async def test_a_page_that_waits_for_any_sign_of_a_visitor_gets_each(site: Site, look: Look) -> None:
    events = ("pointermove", "mousemove", "mouseover", "keydown", "keyup", "scroll", "blur", "focus")
    records = await look(
        site.page(
            f"{TELL}<div style='height: 3000px'></div><script>for (const name of {list(events)})"
            "addEventListener(name, () => tell(name), {once: true});"
            "document.documentElement.addEventListener('mouseleave', e => tell(e.clientY <= 0 ? 'exit' : 'side'));"
            "</script>"
        )
    )
    assert set(woken(records)) == {*events, "exit"}


async def test_a_short_page_sees_the_pointer_move_inside_before_it_leaves(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            f"{TELL}<script>addEventListener('mousemove', e => tell(e.clientY > 0 ? 'inside' : 'outside'));"
            "document.documentElement.addEventListener('mouseleave', () => tell('exit'))</script>"
        )
    )
    assert woken(records) == ["inside", "exit"]


async def test_all_parts_of_a_long_page_come_into_view(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            f"{TELL}<script>const seen = new IntersectionObserver(all => all.forEach(one => {{"
            "if (one.isIntersecting) tell(one.target.id) }));"
            "for (let i = 0; i < 12; i++) { const d = document.createElement('p'); d.id = 'p' + i;"
            "d.style.marginTop = '800px'; document.body.append(d); seen.observe(d) }</script>"
            "<img loading=lazy src=/lazy-end.gif style='margin-top: 3000px'>"
        )
    )
    assert set(woken(records)) == {f"p{number}" for number in range(12)}
    assert site.asked("/lazy-end.gif")


async def test_a_page_that_scrolls_a_part_of_itself_is_scrolled_there(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            f"{TELL}<style>html, body {{ height: 100%; margin: 0; overflow: hidden }}"
            "main { height: 100%; overflow-y: auto }</style>"
            "<main><div style='height: 4000px'></div><p id=end>end</main>"
            "<script>new IntersectionObserver(([one]) => one.isIntersecting && tell('end')).observe(end)</script>"
        )
    )
    assert woken(records) == ["end"]


async def test_what_a_page_loads_on_being_scrolled_is_seen_with_its_timers(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            f"{TELL}<div style='height: 2000px'></div><script>addEventListener('scroll', () =>"
            " setTimeout(() => { tell('late'); document.cookie = 'woken=1' }, 1500), {once: true})</script>"
        )
    )
    assert woken(records) == ["late"]
    assert "woken" in records.jar()


async def test_leaving_is_told_as_a_browser_tells_it(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            "<script>const names = []; const end = e => { names.push(e.type); if (e.type === 'pagehide')"
            "navigator.sendBeacon('/left', names.join()) };"
            "addEventListener('pagehide', end); addEventListener('beforeunload', end);"
            "document.addEventListener('visibilitychange', end)</script>"
        )
    )
    assert records.of(Visit)[0].error is None
    assert "pagehide" in site.bodies["/left"]


async def test_a_page_that_bends_what_scrolling_needs_is_woken_all_the_same(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            f"{TELL}<div style='height: 3000px'></div><script>addEventListener('scroll', () => tell('scroll'));"
            "window.requestAnimationFrame = () => 0; window.scrollTo = Element.prototype.scrollTo = () => {}</script>"
        )
    )
    assert woken(records) == ["scroll"]


async def test_an_observer_hears_what_was_in_view_before_the_scroll_by_itself(site: Site, look: Look) -> None:
    """Many pages look at the first entry only: what is in view now must not come with what comes into view."""
    await look(
        site.page(
            "<div style='height: 5000px'></div><p id=end>end</p><div style='height: 3000px'></div><script>"
            "const watch = () => new IntersectionObserver((e) => e[0].isIntersecting && fetch('/first-entry'));"
            "setTimeout(() => watch().observe(document.getElementById('end')), 29995)</script>"
        )
    )
    assert site.asked("/first-entry")
