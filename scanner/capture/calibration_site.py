"""The calibration page: every channel once, on loopback, under host names that exist nowhere else."""

from __future__ import annotations

from aiohttp import web

FIRST = "calibration.test"
THIRD = "calibration-third.example"
HOSTS = (FIRST, THIRD)
URL = f"https://{FIRST}/"

LATE_MS = 20_000
"""When the late script acts, in milliseconds of the page's life: later than anybody waits for real."""

_PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")

_PAGE = f"""<!doctype html><html lang="en"><title>Calibration</title>
<style>#styled {{ width: 5px; height: 5px; background: url(/css.gif) }}</style>
<body><div id="styled"></div>
<img src="https://{THIRD}/third-image.gif" width="1" height="1" alt="">
<img src="/pixel.gif" width="1" height="1" alt="">
<iframe src="https://{THIRD}/frame" width="50" height="50"></iframe>
<a id="audited" href="#there" ping="/ping">a link that tells</a>
<script>
document.cookie = "script=1; Path=/; Max-Age=3600";
document.cookie = "automation=" + (navigator.webdriver === true ? "seen" : "unseen") + "; Path=/";
if (globalThis.cookieStore) cookieStore.set("store", "1");
localStorage.setItem("kept", "1");
navigator.sendBeacon("/beacon", "body=beacon");
fetch("/keepalive", {{method: "POST", body: "body=keepalive", keepalive: true}});
fetch("/fetch").catch(() => 0);
new WebSocket("wss://{FIRST}/socket").onerror = () => 0;
document.getElementById("audited").click();
setTimeout(() => {{ document.cookie = "late=1; Path=/"; }}, {LATE_MS});
addEventListener("pagehide", () => navigator.sendBeacon("/leaving", "body=leaving"));
</script>"""

_FRAME = """<!doctype html><title>Frame</title><body><script>
document.cookie = "frame_script=1; Secure; SameSite=None; Path=/";
localStorage.setItem("kept_by_frame", "1");
</script>"""

_THIRD_PARTY = "Secure; SameSite=None; Path=/; Max-Age=63072000"


async def answer(request: web.BaseRequest) -> web.StreamResponse:
    """Answer one request of the calibration page."""
    path = request.path
    if path == "/socket":
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close()
        return socket
    if path == "/frame":
        response = web.Response(text=_FRAME, content_type="text/html")
        response.headers.add("Set-Cookie", f"third_frame=1; {_THIRD_PARTY}")
        response.headers.add("Set-Cookie", f"partitioned=1; {_THIRD_PARTY}; Partitioned")
        return response
    if path == "/":
        response = web.Response(text=_PAGE, content_type="text/html")
        response.headers.add("Set-Cookie", "first=1; Path=/; HttpOnly; Max-Age=63072000")
        response.headers.add("Set-Cookie", "refused=1; Path=/; SameSite=None")
        return response
    if path.endswith(".gif"):
        cookie = {"Set-Cookie": f"third_image=1; {_THIRD_PARTY}"} if path == "/third-image.gif" else {}
        return web.Response(body=_PIXEL, content_type="image/gif", headers=cookie)
    return web.Response(status=204)
