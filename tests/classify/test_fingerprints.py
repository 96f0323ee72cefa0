"""Which scripts read features of a device, and which only draw, play and measure."""

from __future__ import annotations

import pytest

FP = "https://fp.test/f.js"
CANVAS = "canvas.toDataURL"
TEXT = "letters=23 colours=2 saved=0 images=0 gl=0 shown=0"


def kinds(record, *calls, script=FP):
    """What one script is found to read by these calls."""
    scan = record("before")
    for api, detail in calls:
        scan.call("before", api, script, detail=detail)
    return {one.kind for one in scan.inventory().techniques}


def test_a_reading_names_the_script_its_host_and_the_interface(record):
    """By the script that did it."""
    scan = record("before")
    scan.call("before", CANVAS, FP, "https://www.shop.test/", detail=f"240x60 {TEXT}")
    (found,) = scan.inventory().techniques
    assert (found.kind, found.host, found.script, found.detail) == ("canvas", "fp.test", FP, CANVAS)


@pytest.mark.parametrize(
    ("kind", "calls"),
    [
        ("canvas", [(CANVAS, f"240x60 {TEXT}")]),
        ("canvas", [("canvas.getImageData", "200x50 letters=14 colours=1 saved=0 images=0 gl=0 shown=1")]),
        ("canvas", [("canvas.convertToBlob", f"300x150 {TEXT}")]),
        ("audio", [("audio.startRendering", "5000 oscillators=1 compressors=1"),
                   ("audio.read", "5000 oscillators=1 compressors=1")]),
        ("fonts", [("canvas.measureText", "30 fonts")]),
        ("fonts", [("fonts.offset", "30 fonts")]),
        ("fonts", [("fonts.check", "30 fonts")]),
        ("webgl", [("webgl.getParameter", "renderer"),
                   ("webgl.readPixels", "256x128 letters=0 colours=0 saved=0 images=0 gl=1 shown=0")]),
        ("webgl", [("webgl.getParameter", "vendor"),
                   (CANVAS, "50x50 letters=0 colours=0 saved=0 images=0 gl=1 shown=0")]),
        ("webgl", [("webgl.getParameter", "renderer"), ("webgl.getParameter", "40 parameters")]),
        ("canvas", [(CANVAS, "240x60")]),
        ("audio", [("audio.startRendering", "44100")]),
    ],
)  # fmt: skip
def test_reading_back_what_tells_devices_apart_counts(record, kind, calls):
    """The last two are from evidence that does not tell what was drawn or rendered."""
    assert kinds(record, *calls) == {kind}


@pytest.mark.parametrize(
    "calls",
    [
        [(CANVAS, "8x8 letters=23 colours=2 saved=0 images=0 gl=0 shown=0")],
        [(CANVAS, "32x32 letters=1 colours=1 saved=0 images=1 gl=0 shown=0")],
        [(CANVAS, "32x32 letters=2 colours=1 saved=0 images=0 gl=0 shown=0")],
        [(CANVAS, "600x400 letters=31 colours=3 saved=1 images=0 gl=0 shown=1")],
        [(CANVAS, "500x200 letters=0 colours=0 saved=0 images=0 gl=0 shown=1")],
        [(CANVAS, "800x600 letters=0 colours=0 saved=0 images=1 gl=0 shown=0")],
        [(CANVAS, "1x1"), (CANVAS, "300x150")],
        [("canvas.getImageData", "300x150 letters=0 colours=1 saved=0 images=0 gl=0 shown=0")] * 4,
        [("canvas.getImageData", "256x256 letters=0 colours=0 saved=0 images=1 gl=0 shown=0"),
         ("webgl.getParameter", "renderer"), ("webgl.getParameter", "vendor")],
        [("webgl.getParameter", "renderer"),
         ("webgl.readPixels", "1x1 letters=0 colours=0 saved=0 images=0 gl=1 shown=1")],
        [("webgl.getParameter", "renderer"),
         ("webgl.readPixels", "900x500 letters=0 colours=0 saved=0 images=0 gl=1 shown=1")],
        [("webgl.getParameter", "40 parameters")],
        [("webgl.readPixels", "256x256 letters=0 colours=0 saved=0 images=0 gl=1 shown=0")],
        [("audio.startRendering", "44100 oscillators=1 compressors=0")],
        [("audio.startRendering", "441000 oscillators=0 compressors=0"),
         ("audio.read", "441000 oscillators=0 compressors=0")],
        [("audio.read", "5 oscillators=1 compressors=0")],
        [("audio.getFloatFrequencyData", "0 oscillators=1 compressors=0")],
        [("navigator.sendBeacon", "")],
    ],
    ids=[
        "too small", "badge on an icon", "initials", "chart exported", "signature", "photograph made smaller",
        "format test", "emoji test", "terrain of a map", "pointer over a map", "map exported", "limits of the card",
        "game", "sound rendered for playing", "sound file drawn as a wave", "test of a few samples", "visualiser",
        "hit",
    ],
)  # fmt: skip
def test_use_is_not_reading(record, calls):
    """Charts, badges, signatures, pictures, maps, games and sound."""
    assert kinds(record, *calls) == set()


def test_weak_readings_count_beside_a_strong_one_of_another_kind(record):
    """The card's name beside a drawn text; two scripts with one each do not add up."""
    weak = ("webgl.getParameter", "renderer")
    assert kinds(record, weak, (CANVAS, f"240x60 {TEXT}")) == {"canvas", "webgl"}
    scan = record("before")
    scan.call("before", CANVAS, FP, detail=f"240x60 {TEXT}")
    scan.call("before", weak[0], "https://other.test/g.js", detail=weak[1])
    assert {(one.kind, one.host) for one in scan.inventory().techniques} == {("canvas", "fp.test")}


def test_what_a_worker_made_of_text_reads_is_its_makers_doing(record):
    """A blob has the page's origin, but not its author."""
    scan = record("before")
    blob = "blob:https://www.shop.test/0d6c4b1e"
    scan.call("before", "new Worker", FP, url=blob)
    scan.call("before", "canvas.convertToBlob", blob, detail=f"240x60 {TEXT}")
    (found,) = scan.inventory().techniques
    assert (found.host, found.script) == ("fp.test", FP)
