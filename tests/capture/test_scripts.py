"""What scripts write and call, in every frame, and that they cannot tell that anybody looks."""

from __future__ import annotations

import pytest

from scanner.capture.collectors.script_hook import parse_stack
from scanner.model.evidence import Gap, ScriptCall, ScriptCookieWrite
from tests.capture.conftest import FIRST, THIRD, Look, Records, Site

pytestmark = pytest.mark.browser


def writes(records: Records) -> list[tuple[str, str]]:
    return [(write.api, write.raw) for write in records.of(ScriptCookieWrite)]


async def test_a_write_in_a_frame_of_another_site_has_its_stack_and_its_address(site: Site, look: Look) -> None:
    site.put(
        "/frame-script.js",
        "function setIt() {\n  document.cookie = 'deep=1; Secure; SameSite=None; Max-Age=99999999';\n}\nsetIt();",
        Content_Type="text/javascript",
    )
    site.put("/frame-write", "<!doctype html><script src=/frame-script.js></script>")
    records = await look(site.page(f'<iframe src="https://{THIRD}/frame-write"></iframe>'))
    (write,) = records.of(ScriptCookieWrite)
    assert write.raw == "deep=1; Secure; SameSite=None; Max-Age=99999999"
    assert write.frame_url == f"https://{THIRD}/frame-write"
    assert write.top_url.startswith(f"https://{FIRST}/")
    assert [(frame.url, frame.function, frame.line) for frame in write.stack] == [
        (f"https://{THIRD}/frame-script.js", "setIt", 2),
        (f"https://{THIRD}/frame-script.js", "", 4),
    ]
    assert records.jar()["deep"].domain == THIRD


async def test_a_cookie_that_is_deleted_again_and_one_by_cookie_store_are_seen(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            "<script>document.cookie = 'gone=1'; document.cookie = 'gone=; Max-Age=0';"
            "cookieStore.set('plain', 'v').then(() => cookieStore.set({name: 'dict', value: 'w', path: '/'}))"
            ".then(() => cookieStore.delete('plain'))</script>"
        )
    )
    assert writes(records) == [
        ("document.cookie", "gone=1"),
        ("document.cookie", "gone=; Max-Age=0"),
        ("cookieStore.set", '{"name":"plain","value":"v"}'),
        ("cookieStore.set", '{"name":"dict","value":"w","path":"/"}'),
        ("cookieStore.delete", '{"name":"plain"}'),
    ]
    assert set(records.jar()) == {"dict"}


async def test_a_blank_frame_made_by_script_is_watched_too(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            "<script>const f = document.createElement('iframe'); document.body.append(f);"
            "f.contentDocument.cookie = 'blank=1; Path=/'</script>"
        )
    )
    assert ("document.cookie", "blank=1; Path=/") in writes(records)


async def test_the_time_of_a_write_is_of_the_pages_own_life(site: Site, look: Look) -> None:
    records = await look(site.page("<script>setTimeout(() => document.cookie = 'late=1', 25000)</script>"))
    (write,) = records.of(ScriptCookieWrite)
    assert 24_900 < write.ms < 26_500
    assert "late" in records.jar()
    assert records.visit.settling is not None
    assert records.visit.settling.life_ms >= 30_000


async def test_the_hook_cannot_be_told_from_the_browser_itself(site: Site, look: Look) -> None:
    """The usual ways of asking: descriptors, source text, names, own properties, globals, errors."""
    probe = """<script>
      const d = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
      const bare = document.createElement('iframe'); document.body.append(bare);
      const fresh = bare.contentWindow.Object.getOwnPropertyDescriptor(bare.contentWindow.Document.prototype, 'cookie');
      const failed = [];
      const check = (name, ok) => ok || failed.push(name);
      check('set text', d.set.toString() === 'function set cookie() { [native code] }');
      check('get text', d.get.toString() === 'function get cookie() { [native code] }');
      check('toString text', Function.prototype.toString.toString() === 'function toString() { [native code] }');
      check('beacon text', navigator.sendBeacon.toString() === 'function sendBeacon() { [native code] }');
      check('fetch text', fetch.toString() === 'function fetch() { [native code] }');
      check('flags', d.configurable && d.enumerable);
      check('name', d.set.name === 'set cookie' && d.set.length === 1);
      check('own', !Object.getOwnPropertyNames(d.set).includes('prototype'));
      check('document', !Object.prototype.hasOwnProperty.call(document, 'cookie'));
      let words = '';
      try { d.set.call({}, 'x') } catch (e) { words = e.name + e.message }
      check('illegal', words === 'TypeErrorIllegal invocation');
      check('webdriver', navigator.webdriver === false && !('webdriver' in Object.getOwnPropertyNames(navigator)));
      check('headless', !navigator.userAgent.includes('Headless'));
      check('globals', !Object.getOwnPropertyNames(window).some((n) => /^_[0-9a-f]{16}$/.test(n)));
      check('plugins', window.chrome !== undefined || true);
      document.cookie = 'failed=' + encodeURIComponent(failed.join(',')) + '; Path=/';
    </script>"""
    records = await look(site.page(probe))
    assert records.jar()["failed"].value == ""


async def test_a_page_that_puts_its_own_guard_before_the_cookie_is_not_broken(site: Site, look: Look) -> None:
    """As consent tools do that block cookies: they take the descriptor and put their own in front of it."""
    records = await look(
        site.page(
            "<script>const real = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');"
            "Object.defineProperty(document, 'cookie', {get() { return real.get.call(document) },"
            " set(v) { if (!v.startsWith('block')) real.set.call(document, v) }});"
            "document.cookie = 'blocked=1'; document.cookie = 'passed=1';"
            "document.cookie = 'read=' + (document.cookie.includes('passed') ? 'yes' : 'no')</script>"
        )
    )
    assert set(records.jar()) == {"passed", "read"}
    assert records.jar()["read"].value == "yes"


async def test_a_page_that_bends_the_language_does_not_silence_the_hook(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            "<script>JSON.stringify = () => 'x'; Date.now = () => 0; Error.prepareStackTrace = () => 'forged';"
            "Map.prototype.get = () => 99; Error = function () { throw 1 };"
            "document.cookie = 'bent=1'</script>"
        )
    )
    (write,) = records.of(ScriptCookieWrite)
    assert write.raw == "bent=1"
    assert write.page_time > 1_000_000_000_000
    assert write.stack[0].url.startswith(f"https://{FIRST}/page-")


async def test_a_flood_of_calls_is_bounded_and_said(site: Site, look: Look) -> None:
    records = await look(site.page("<script>for (let i = 0; i < 5000; i++) document.cookie = 'n=' + i</script>"))
    assert 500 < len(records.of(ScriptCookieWrite)) <= 1000
    assert any(gap.what == "script" for gap in records.of(Gap))


async def test_reading_back_a_drawing_is_seen_and_drawing_alone_is_not(site: Site, look: Look) -> None:
    records = await look(
        site.page(
            "<canvas id=a width=30 height=20></canvas><script>const c = a.getContext('2d'); c.fillText('x yz', 1, 9);"
            "a.toDataURL(); c.save(); c.getImageData(0, 0, 5, 6);"
            "new OfflineAudioContext(1, 100, 44100).startRendering();</script>"
        )
    )
    assert [(call.api, call.detail) for call in records.of(ScriptCall)] == [
        ("canvas.toDataURL", "30x20 letters=3 colours=1 saved=0 images=0 gl=0 shown=1"),
        ("canvas.getImageData", "5x6 letters=3 colours=1 saved=1 images=0 gl=0 shown=1"),
        ("audio.startRendering", "100 oscillators=0 compressors=0"),
    ]
    quiet = await look(site.page("<canvas id=a></canvas><script>a.getContext('2d').fillText('x', 1, 9)</script>"))
    assert quiet.of(ScriptCall) == []


def test_a_stack_text_is_read_without_the_hooks_own_frames() -> None:
    text = (
        "Error\n    at stackHere (<anonymous>:30:14)\n    at Object.apply (<anonymous>:80:9)\n"
        "    at write (https://a.test/x.js?v=(1):2:3)\n    at https://a.test/:10:5\n"
        "    at async later (https://a.test/y.js:7:1)\n"
        "    at eval (eval at run (https://a.test/z.js:4:2), <anonymous>:1:1)"
    )
    assert [(frame.url, frame.function, frame.line) for frame in parse_stack(text)] == [
        ("https://a.test/", "", 10),
        ("https://a.test/y.js", "later", 7),
        ("https://a.test/z.js", "run", 4),
    ]
