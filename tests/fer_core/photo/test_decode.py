"""Photos of every format and mode."""

import struct
import sys
import threading
from contextlib import nullcontext

import numpy as np
import pytest
from PIL import Image, features
from PIL.PngImagePlugin import PngInfo

from fer_core.errors import BadPhoto
from fer_core.photo import decode as module
from fer_core.photo.decode import FORMATS, decode, grey
from tests.photo_files import CASES, PIXELS, RGB, RGBA, SRGB, H, W, chunk, off, png, saved, shown, turned


def test_every_format_is_tested() -> None:
    assert {kind.split()[0] for kind in CASES} == set(FORMATS)
    assert features.check("avif")
    assert b"Adobe" in CASES["JPEG CMYK"][0], "whose inks Adobe stores upside down"


@pytest.mark.parametrize("kind", sorted(CASES))
def test_a_photo_comes_as_it_looks(kind: str) -> None:
    content, expected = CASES[kind]
    photo = decode(content, name="me")
    assert (photo.name, photo.format, photo.size, photo.reduced) == ("me", kind.split()[0], (W, H), 1)
    assert (photo.rgb.shape, photo.rgb.dtype) == ((H, W, 3), np.uint8)
    assert photo.rgb.flags.c_contiguous
    assert not photo.rgb.flags.writeable
    lossy = photo.format in ("JPEG", "AVIF", "HEIF") or kind in ("TIFF JPEG", "TIFF YCbCr")
    assert off(photo.rgb, expected) <= (6 if lossy else 0.51)
    assert (photo.grey == np.asarray(Image.fromarray(photo.rgb).convert("L"))).all()
    assert photo.grey is photo.grey


def test_grey_is_the_luma_of_pillow() -> None:
    rgb = np.random.RandomState(0).randint(0, 256, (3000, 500, 3)).astype(np.uint8)  # of several strips
    assert off(grey(rgb), rgb @ np.array([0.299, 0.587, 0.114])) <= 0.51
    assert (grey(rgb) == np.asarray(Image.fromarray(rgb).convert("L"))).all()
    for wrong in (rgb[..., 0], rgb.astype(float), rgb[..., :2]):
        with pytest.raises(ValueError, match=r"rgb: expected uint8 \[H,W,3\]"):
            grey(wrong)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_camera_may_be_held_in_eight_ways(format: str, orientation: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STRIP", 7 * W)  # of several strips, the last of them not full
    upright = PIXELS if orientation < 5 else PIXELS.swapaxes(0, 1)
    # EXIF 2.3, 4.6.4: where the file's first row and first column are to be seen
    upright = upright[::-1] if orientation in (3, 4, 7, 8) else upright
    upright = upright[:, ::-1] if orientation in (2, 3, 6, 7) else upright
    photo = decode(saved(RGB, format, exif=turned(orientation)))
    assert photo.size == upright.shape[1::-1]
    assert off(photo.rgb, upright) <= 6


def test_a_tiff_turned_by_xmp_is_of_the_size_that_it_has_then() -> None:
    photo = decode(saved(RGB, "TIFF", tiffinfo={700: b'<rdf tiff:Orientation="6"/>'}))
    assert photo.size == (H, W)
    assert off(photo.rgb, np.rot90(PIXELS, -1)) == 0


def packet(orientation: int) -> bytes:
    return f'<x:xmpmeta><rdf:Description tiff:Orientation="{orientation}"/></x:xmpmeta>'.encode()


def with_texts(key: str, text: str) -> PngInfo:
    info = PngInfo()
    info.add_itxt(key, text)
    return info


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_xmp_and_texts_of_a_png_turn_a_photo_too(orientation: int) -> None:
    upright = np.rot90(PIXELS, {3: 2, 6: -1, 8: 1}[orientation])
    hexed = f"\nexif\n {len(turned(orientation))}\n{turned(orientation).hex()}\n"
    element = packet(orientation).replace(b' tiff:Orientation="', b"><tiff:Orientation>").replace(b'"/>', b"</")
    late = saved(RGB, "PNG")
    late = late[:-12] + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet(orientation)) + late[-12:]
    for content in (
        saved(RGB, "JPEG", xmp=packet(orientation)),
        saved(RGB, "JPEG", xmp=element),
        saved(RGB, "WEBP", xmp=packet(orientation)),
        saved(RGB, "PNG", pnginfo=with_texts("XML:com.adobe.xmp", packet(orientation).decode())),
        saved(RGB, "PNG", pnginfo=with_texts("Raw profile type exif", hexed)),
        saved(RGB, "PNG", pnginfo=with_texts("Raw profile type APP1", hexed)),
        saved(RGB, "JPEG", xmp=packet(4), exif=turned(orientation)),  # EXIF comes first
        late,
    ):
        photo = decode(content)
        assert photo.size == upright.shape[1::-1]
        assert off(photo.rgb, upright) <= 6
    for content in (
        saved(RGB, "JPEG", xmp=packet(9)),
        saved(RGB, "PNG", pnginfo=with_texts("Raw profile type exif", "\n\n\nzz")),
    ):
        assert off(decode(content).rgb, PIXELS) <= 6


@pytest.mark.parametrize("exif", [b"Exif\0\0junk", b"Exif\0\0MM\0*\xff\xff\xff\xff", turned(9)])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_broken_orientation_is_none(format: str, exif: bytes) -> None:
    assert off(decode(saved(RGB, format, exif=exif)).rgb, PIXELS) <= 6


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "TIFF"])
def test_colours_become_srgb(format: str) -> None:
    """The profile says that red is green and green red."""
    swapped = SRGB.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)
    for image in (RGB, RGBA) if format != "JPEG" else (RGB,):
        assert off(decode(saved(image, format, icc_profile=swapped)).rgb, shown(image)[..., [1, 0, 2]]) <= 6
        assert off(decode(saved(image, format, icc_profile=SRGB)).rgb, shown(image)) <= 6


def test_grey_has_profiles_too_and_one_that_does_not_fit_is_none() -> None:
    white, curve = struct.pack(">3I", 63190, 65536, 54061), b"curv" + bytes(8)  # of linear grey
    tags = struct.pack(">I4sII4sII", 2, b"wtpt", 156, 20, b"kTRC", 176, 12) + b"XYZ " + bytes(4) + white + curve
    head = struct.pack(">I4sI4s4s4s", 128 + len(tags), bytes(4), 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    linear = head + bytes(12) + b"acsp" + bytes(28) + white + bytes(48) + tags
    flat = Image.new("L", (W, H), 55)
    assert off(decode(saved(flat, "PNG", icc_profile=linear)).rgb, np.full((H, W, 3), 128)) <= 2
    for image, profile in ((flat, SRGB), (RGB, linear), (RGB, b"junk"), (RGB, SRGB[:200])):
        assert (decode(saved(image, "PNG", icc_profile=profile)).rgb == shown(image)).all()


@pytest.mark.parametrize("kind", sorted(CASES))
def test_what_takes_more_memory_may_have_fewer_pixels(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_HEAVY_PIXELS", W * H - 1)
    clear = ("AVIF RGBA", "HEIF RGBA", "WEBP RGBA", "WEBP of four")
    heavy = kind.startswith("TIFF 16 bits") or kind in clear
    with pytest.raises(BadPhoto, match="more than the 0 megapixels") if heavy else nullcontext():
        assert decode(CASES[kind][0]).reduced == (2 if kind.startswith("WEBP") else 1)


@pytest.mark.parametrize("format", ["HEIF", "WEBP"])
@pytest.mark.parametrize("turn", [1, 6])
def test_a_photo_of_a_new_phone_is_decoded_to_half(format: str, turn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("MAX_PIXELS", "MAX_HEAVY_PIXELS"):
        monkeypatch.setattr(module, limit, W * H - 1)
    swapped = SRGB.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)
    content = saved(RGB, format, exif=turned(turn), icc_profile=swapped)
    photo, smaller = decode(content), np.asarray(RGB.reduce(2))[..., [1, 0, 2]]
    assert (photo.size, photo.reduced, photo.format) == ((W, H) if turn == 1 else (H, W), 2, format)
    assert off(photo.rgb, smaller if turn == 1 else np.rot90(smaller, -1)) <= 8
    monkeypatch.setattr(module, "MAX_LARGE_PIXELS", W * H - 1)
    with pytest.raises(BadPhoto, match=f"pixels, more than the 0 megapixels that are read as {format}"):
        decode(content)


@pytest.mark.parametrize(("limit", "reduced"), [(W * H, 1), (W * H - 1, 2), (480, 2), (120, 4), (30, 8), (29, 0)])
@pytest.mark.parametrize("turn", [1, 6])
def test_a_large_jpeg_is_decoded_smaller(limit: int, reduced: int, turn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    content = saved(RGB, "JPEG", exif=turned(turn))
    monkeypatch.setattr(module, "MAX_PIXELS", limit)
    if reduced:
        photo, smaller = decode(content), np.asarray(RGB.reduce(reduced))
        assert (photo.size, photo.reduced) == ((W, H) if turn == 1 else (H, W), reduced)
        assert off(photo.rgb, smaller if turn == 1 else np.rot90(smaller, -1)) <= 8
    for other in (png(W, H + 1),) if reduced == 1 else (png(W, H),) if reduced else (content,):
        with pytest.raises(BadPhoto, match=r"pixels, more than the \d+ megapixels that are read as (PNG|JPEG)"):
            decode(other)


def test_a_jpeg_of_several_scans_has_limits_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    once, often = CASES["JPEG RGB"][0], CASES["JPEG progressive"][0]
    at, last = once.rindex(b"\xff\xda"), often[often.rindex(b"\xff\xda") : -2]
    assert decode(often[:-2] + 100 * last + often[-2:]).size == (W, H)
    with pytest.raises(BadPhoto, match="too large for a progressive JPEG"):
        decode(often[:-2] + 200 * last + often[-2:])
    monkeypatch.setattr(module, "MAX_COEFFICIENTS", 3 * W * H)
    assert decode(often).size == (W, H)
    monkeypatch.setattr(module, "MAX_COEFFICIENTS", 3 * W * H - 1)
    assert decode(once).size == (W, H)
    for content in (often, once[:at] + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + once[at + 14 :]):  # a scan of one colour
        with pytest.raises(BadPhoto, match="too large for a progressive JPEG"):
            decode(content)


def test_heic_needs_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    module._reads_heif.cache_clear()
    try:
        with pytest.raises(BadPhoto, match=r"me\.heic is a HEIC photo; install pillow-heif to read it, or save"):
            decode(CASES["HEIF RGB"][0], name="me.heic")
        assert decode(CASES["AVIF RGB"][0]).format == "AVIF"
    finally:
        module._reads_heif.cache_clear()


def test_several_visitors_decode_at_once() -> None:
    results: dict[tuple[int, str], np.ndarray] = {}

    def visit(visitor: int) -> None:
        for kind in sorted(CASES):
            results[visitor, kind] = decode(CASES[kind][0]).rgb

    visitors = [threading.Thread(target=visit, args=(visitor,)) for visitor in range(6)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert len(results) == 6 * len(CASES)
    assert all((rgb == decode(CASES[kind][0]).rgb).all() for (_, kind), rgb in results.items())
