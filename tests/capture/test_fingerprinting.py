"""Scripts that read devices and scripts that only look like it, in a real browser, from the page to the inventory."""

from __future__ import annotations

import pytest

from scanner.classify import build_inventory, load_catalogue
from scanner.model.evidence import Request, ScanStarted, ScriptCall, Visit
from scanner.model.recorded import Evidence
from tests.capture.conftest import FIRST, GIF, THIRD, Look, Records, Site

pytestmark = pytest.mark.browser

DRAW = """
function draw(canvas) {
  const pen = canvas.getContext('2d');
  pen.textBaseline = 'alphabetic';
  pen.fillStyle = '#f60'; pen.fillRect(100, 1, 62, 20);
  pen.fillStyle = '#069'; pen.font = '11pt "Times New Roman"';
  const text = 'Sphinx of black quartz \\u{1F603}';
  pen.fillText(text, 2, 15);
  pen.fillStyle = 'rgba(102, 204, 0, 0.2)'; pen.font = '18pt Arial'; pen.fillText(text, 4, 45);
  return canvas;
}
"""
FAMILIES = "const families = Array.from({length: 64}, (_, i) => 'Typeface ' + i);"

READERS = {
    "canvas": DRAW
    + "const c = document.createElement('canvas'); c.width = 240; c.height = 60; localStorage.x = draw(c).toDataURL()",
    "canvas by pixels": DRAW + "const c = document.createElement('canvas'); c.width = 240; c.height = 60; draw(c);"
    "localStorage.x = c.getContext('2d').getImageData(0, 0, 240, 60).data.reduce((a, b) => a * 31 + b | 0)",
    "canvas in a worker": "const code = `"
    + DRAW.replace("\\u", "\\\\u")
    + "; draw(new OffscreenCanvas(240, 60)).convertToBlob().then(b => postMessage(b.size))`;"
    "new Worker(URL.createObjectURL(new Blob([code]))).onmessage = e => { localStorage.x = e.data }",
    "audio": "const c = new OfflineAudioContext(1, 5000, 44100), o = c.createOscillator(), "
    "p = c.createDynamicsCompressor();"
    "o.type = 'triangle'; o.frequency.value = 1e4; o.connect(p); p.connect(c.destination); o.start(0);"
    "c.startRendering(); c.oncomplete = e => { localStorage.x = e.renderedBuffer.getChannelData(0)"
    ".subarray(4500).reduce((a, b) => a + Math.abs(b), 0) }",
    "audio by promise": "const c = new OfflineAudioContext(1, 5000, 44100), o = new OscillatorNode(c, "
    "{frequency: 1e4});"
    "o.connect(c.destination); o.start(0); "
    "c.startRendering().then(b => { localStorage.x = b.getChannelData(0)[4600] })",
    "webgl": "const c = document.createElement('canvas'); c.width = c.height = 64; const g = c.getContext('webgl');"
    "const i = g.getExtension('WEBGL_debug_renderer_info');"
    "const name = g.getParameter(i.UNMASKED_RENDERER_WEBGL) + g.getParameter(i.UNMASKED_VENDOR_WEBGL);"
    "g.clearColor(0.2, 0.4, 0.6, 1); g.clear(g.COLOR_BUFFER_BIT); const p = new Uint8Array(64 * 64 * 4);"
    "g.readPixels(0, 0, 64, 64, g.RGBA, g.UNSIGNED_BYTE, p); localStorage.x = name + p[5]",
    "webgl by its limits": "const g = document.createElement('canvas').getContext('webgl2') ||"
    " document.createElement('canvas').getContext('webgl'), out = {};"
    "const i = g.getExtension('WEBGL_debug_renderer_info'); out.r = g.getParameter(i.UNMASKED_RENDERER_WEBGL);"
    "for (const k in g) if (typeof g[k] === 'number') out[k] = String(g.getParameter(g[k]));"
    "localStorage.x = JSON.stringify(out).length",
    "fonts by canvas": FAMILIES + "const pen = document.createElement('canvas').getContext('2d');"
    "localStorage.x = families.map(f => { pen.font = `72px '${f}', monospace`; "
    "return pen.measureText('mmmlli').width })",
    "fonts by size": FAMILIES
    + "const s = document.createElement('span'); s.textContent = 'mmmlli'; document.body.append(s);"
    "localStorage.x = families.map(f => { s.style.fontFamily = `'${f}', serif`; "
    "return s.offsetWidth + s.offsetHeight })",
    "fonts in a frame": FAMILIES
    + "const f = document.createElement('iframe'); document.body.append(f); const d = f.contentDocument;"
    "localStorage.x = families.map(n => { const s = d.createElement('span'); "
    "s.style.cssText = `font: 72px '${n}', serif`;"
    "s.textContent = 'mmm'; d.body.append(s); return s.getBoundingClientRect().width })",
    "fonts by asking": FAMILIES + "localStorage.x = families.map(f => document.fonts.check(`12px '${f}'`))",
}

HARMLESS = {
    "chart": "<canvas id=c width=600 height=300></canvas><script>const p = c.getContext('2d');"
    "for (let i = 0; i < 12; i++) { p.save(); p.fillStyle = `hsl(${i * 30} 50% 50%)`; "
    "p.fillRect(i * 50, 300 - i * 20, 40,"
    " i * 20); p.fillText('Month number ' + i, i * 50, 290); p.restore() }</script>",
    "chart that is exported": "<canvas id=c width=600 height=300></canvas><script>const p = c.getContext('2d');"
    "for (let i = 0; i < 12; i++) { p.save(); p.fillStyle = `hsl(${i * 30} 50% 50%)`; "
    "p.fillText('Month ' + i, i * 50, 290);"
    " p.restore() } localStorage.x = c.toDataURL()</script>",
    "signature": "<canvas id=c width=500 height=200></canvas><script>const p = c.getContext('2d'); p.beginPath();"
    "p.moveTo(5, 5); p.bezierCurveTo(50, 90, 200, 10, 300, 150); p.stroke(); localStorage.x = c.toDataURL()</script>",
    "emoji": "<script>const c = document.createElement('canvas'), p = c.getContext('2d', {willReadFrequently: true});"
    "p.textBaseline = 'top'; p.font = '600 32px Arial'; "
    "for (const t of ['\\u{1F3F3}\\u200D\\u26A7', '\\u{1F1E8}\\u{1F1F6}'])"
    "{ p.clearRect(0, 0, 300, 150); p.fillText(t, 0, 0); localStorage.x = p.getImageData(0, 0, 300, 150).data[9] }"
    "p.fillText('\\u{1F603}', 0, 0); localStorage.y = p.getImageData(16, 16, 1, 1).data[0]</script>",
    "badge": "<script>const c = document.createElement('canvas'); c.width = c.height = 32; "
    "const p = c.getContext('2d');"
    "p.fillStyle = 'red'; p.arc(20, 20, 10, 0, 7); p.fill(); p.fillStyle = 'white'; p.fillText('12', 15, 24);"
    "const l = document.createElement('link'); l.rel = 'icon'; l.href = c.toDataURL(); "
    "document.head.append(l)</script>",
    "map": "<canvas id=c width=800 height=500></canvas><script>const g = c.getContext('webgl');"
    "const i = g.getExtension('WEBGL_debug_renderer_info'); localStorage.r = g.getParameter(i.UNMASKED_RENDERER_WEBGL);"
    "localStorage.m = g.getParameter(g.MAX_TEXTURE_SIZE); g.clear(g.COLOR_BUFFER_BIT); const p = new Uint8Array(4);"
    "g.readPixels(10, 10, 1, 1, g.RGBA, g.UNSIGNED_BYTE, p)</script>",
    "photograph": f"<script>const i = new Image(); i.onload = () => {{ const c = document.createElement('canvas');"
    "c.width = 90; c.height = 60; c.getContext('2d').drawImage(i, 0, 0, 90, 60); "
    "c.toBlob(b => { localStorage.x = b.size }) };"
    f"i.src = 'https://{FIRST}/photo.gif'</script>",
    "text that is fitted": "<script>const p = document.createElement('canvas').getContext('2d');"
    "for (let s = 80; s > 8; s--) { p.font = s + 'px Arial'; "
    "localStorage.x = p.measureText('headline').width }</script>",
    "layout": "<p id=t>text<script>for (let i = 0; i < 500; i++) { const s = document.createElement('i');"
    "s.style.fontFamily = i % 2 ? 'Arial' : 'Georgia'; t.append(s); localStorage.x = s.offsetWidth }</script>",
    "sound": "<script>const c = new OfflineAudioContext(1, 2, 44100); const o = c.createOscillator(); "
    "o.connect(c.destination);"
    "o.start(0); c.startRendering().then(b => { localStorage.x = b.getChannelData(0)[1] });"
    "const d = new OfflineAudioContext(1, 44100, 44100); const s = d.createBufferSource();"
    "s.buffer = d.createBuffer(1, 44100, 44100); localStorage.y = s.buffer.getChannelData(0).length</script>",
}


def techniques(records: Records, url: str) -> set[tuple[str, str]]:
    """Kind and host of what was found, and that the script came to its end."""
    evidence = Evidence(
        scan=ScanStarted(
            tool_version="0", url=url, host=FIRST, site="shop.test", started=records.visit.started, states=("before",),
            pages=1,
        ),
        requests=tuple(records.of(Request)),
        visits=tuple(records.of(Visit)),
        calls=tuple(records.of(ScriptCall)),
    )  # fmt: skip
    return {(one.kind, one.host) for one in build_inventory(evidence, load_catalogue()).techniques}


@pytest.mark.parametrize("name", READERS)
async def test_a_script_that_reads_the_device_is_found(site: Site, look: Look, name: str) -> None:
    site.put("/reader.js", READERS[name], Content_Type="text/javascript; charset=utf-8")
    url = site.page(f"<body><script src=https://{THIRD}/reader.js></script>")
    assert techniques(await look(url), url) == {(name.split()[0], THIRD)}


async def test_a_script_in_a_frame_of_another_site_is_found(site: Site, look: Look) -> None:
    site.put("/framed", f"<!doctype html><body><script>{READERS['canvas']}</script>")
    url = site.page(f"<iframe src=https://{THIRD}/framed></iframe>")
    assert techniques(await look(url), url) == {("canvas", THIRD)}


@pytest.mark.parametrize("name", HARMLESS)
async def test_a_page_that_draws_plays_and_measures_is_left_in_peace(site: Site, look: Look, name: str) -> None:
    site.put("/photo.gif", GIF, Access_Control_Allow_Origin="*")
    url = site.page(HARMLESS[name])
    assert techniques(await look(url), url) == set()
