"""Photos of every format and mode, and files that are none."""

import io
import json
import re
import struct
import subprocess
import sys
import threading
import warnings
import zlib
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile, features

from fer_core.errors import BadPhoto
from fer_core.faces import decode as module
from fer_core.faces.decode import FORMATS, decode, grey

pillow_heif.register_heif_opener()
W, H = 48, 40
X, Y = np.meshgrid(np.arange(W), np.arange(H))
PIXELS = np.stack([5 * X, 6 * Y, 255 - 3 * X - 2 * Y], axis=-1).astype(np.uint8)
WIDE = (1000 * X + 400 * Y).astype(np.uint16)
ALPHA = Image.fromarray((5 * Y + 20).astype(np.uint8))
RGB = Image.fromarray(PIXELS)
SHADES, ONE, FEW = RGB.convert("L"), RGB.convert("1"), RGB.quantize(64)
RGBA, LA = RGB.copy(), SHADES.copy()
RGBA.putalpha(ALPHA)
LA.putalpha(ALPHA)
CMYK = Image.fromarray(np.concatenate([PIXELS, PIXELS[..., :1] // 2], axis=-1), "CMYK")
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SHARP = {"JPEG": {"quality": 98, "subsampling": 0}, "WEBP": {"lossless": True, "exact": True}}
SHARP |= {"AVIF": {"quality": 98, "subsampling": "4:4:4"}, "HEIF": {"quality": 98, "chroma": 444}}
FOUR = {"save_all": True, "append_images": [CMYK.convert("RGB")] * 3}


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **SHARP.get(format, {}) | options)
    return stream.getvalue()


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x112] = orientation
    return exif.tobytes()


def shown(image: Image.Image) -> np.ndarray:
    """Return what is seen of a picture on white paper."""
    part = np.asarray(image.convert("RGBA").getchannel("A"))[..., None] / 255
    return np.asarray(image.convert("RGB")) * part + 255 * (1 - part)


def with_white(pixels: np.ndarray, where: np.ndarray) -> np.ndarray:
    return np.where(where[..., None], 255, pixels)


def off(got: np.ndarray, expected: np.ndarray) -> float:
    """Return the largest difference; infinity if the shapes differ."""
    return float(np.abs(got.astype(float) - expected).max()) if got.shape == expected.shape else np.inf


HOLES, KEY = with_white(shown(FEW), np.asarray(FEW) == 5), tuple(map(int, PIXELS[7, 9]))
SAME = np.repeat(((WIDE + 128) // 257)[..., None], 3, axis=2)
# Files by format and variant, and what is to come of each.
CASES: dict[str, tuple[bytes, np.ndarray]] = {
    **{f"{f} RGB": (saved(RGB, f), PIXELS) for f in FORMATS if f != "GIF"},
    **{f"{f} L": (saved(SHADES, f), shown(SHADES)) for f in FORMATS},
    **{f"{f} P": (saved(FEW, f), shown(FEW)) for f in ("PNG", "BMP", "TIFF", "GIF")},
    **{f"{f} 1": (saved(ONE, f), shown(ONE)) for f in ("PNG", "BMP", "TIFF", "GIF")},
    **{f"{f} RGBA": (saved(RGBA, f), shown(RGBA)) for f in ("PNG", "WEBP", "AVIF", "HEIF", "TIFF")},
    **{f"{f} LA": (saved(LA, f), shown(LA)) for f in ("PNG", "TIFF")},
    **{f"{f} holes": (saved(FEW, f, transparency=5), HOLES) for f in ("PNG", "GIF")},
    **{f"{f} CMYK": (saved(CMYK, f), shown(CMYK.convert("RGB"))) for f in ("JPEG", "TIFF")},
    **{f"{f} 16 bits": (saved(Image.fromarray(WIDE), f), SAME) for f in ("PNG", "TIFF")},
    **{f"{f} of four": (saved(RGB, f, **FOUR), PIXELS) for f in ("PNG", "WEBP", "TIFF", "AVIF", "HEIF")},
    "GIF of four": (saved(FEW, "GIF", **FOUR), shown(FEW)),
    "TIFF 16 bits of Motorola": (saved(Image.fromarray(WIDE.astype(">u2")), "TIFF"), SAME),
    "TIFF 16 bits in 32": (saved(Image.fromarray(WIDE.astype(np.int32)), "TIFF"), SAME),
    "TIFF PA": (saved(RGBA.convert("PA"), "TIFF"), shown(RGBA.convert("PA"))),
    "TIFF YCbCr": (saved(RGB.convert("YCbCr"), "TIFF"), PIXELS),
    "TIFF deflate": (saved(RGB, "TIFF", compression="tiff_adobe_deflate"), PIXELS),
    "TIFF JPEG": (saved(RGB, "TIFF", compression="jpeg", quality=98), PIXELS),
    "PNG colour key": (saved(RGB, "PNG", transparency=KEY), with_white(PIXELS, (PIXELS == KEY).all(axis=2))),
    "PNG palette of alphas": (saved(FEW, "PNG", transparency=b"\xff" * 5 + b"\0" + b"\xff" * 58), HOLES),
    "JPEG progressive": (saved(RGB, "JPEG", progressive=True), PIXELS),
    "JPEG without YCbCr": (saved(RGB, "JPEG", keep_rgb=True), PIXELS),
    "JPEG MPO": (saved(RGB, "MPO", **FOUR, **SHARP["JPEG"]), PIXELS),
}


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


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, extra: bytes = b"") -> bytes:
    """Return a PNG in grey, whose pixels are missing if it is large."""
    body = zlib.compress(bytes((width + 1) * height)) if width * height < 10**6 else b""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg(width: int, height: int, **options: object) -> bytes:
    """Return a JPEG of this size that is mostly empty."""
    content = bytearray(saved(RGB, "JPEG", **options))
    at = content.index(b"\xff\xc2" if "progressive" in options else b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def tiff(*entries: tuple[int, int, int, int], data: bytes) -> bytes:
    """Return a TIFF of 48x24 in grey with these tags instead of the usual ones, and `data` from byte 1000 on."""
    usual = [(256, 3, 1, 48), (257, 3, 1, 24), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (277, 3, 1, 1)]
    tags = sorted({entry[:2]: entry for entry in [*usual, *entries]}.values())
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    return (b"II*\0" + struct.pack("<I", 8) + directory).ljust(1000, b"\0") + data


def gif(width: int, height: int) -> bytes:
    """Return a GIF whose only frame is of another size than the picture says it is."""
    frame = b"\x2c\0\0\0\0"
    return CASES["GIF L"][0].replace(frame + struct.pack("<HH", W, H), frame + struct.pack("<HH", width, height))


def many_exifs(number: int) -> bytes:
    return CASES["JPEG RGB"][0][:2] + b"\xff\xe1\0\x08Exif\0\0" * number + CASES["JPEG RGB"][0][2:]


def inner(number: int, values: int = 0) -> bytes:
    """Return a TIFF with up to four EXIF directories, and as many values in each."""
    data = struct.pack("<HHHII", 1, 0x9999, 3, values, 1000).ljust(2 * values + 100, b"\0")
    tags = [(tag, kind, 1, 4000) for tag in (0x8769, 0x8825) for kind in (4, 13)]
    return tiff((273, 4, 1, 1000), *tags[:number], data=bytes(3000) + data)


ZIPPED, OFFSETS = zlib.compress(bytes(2**26)), struct.pack("<I", 1000) * (module.MAX_VALUES + 1)
DAMAGED, NONE, ODD = "is damaged or cut off", "is not a picture of a kind that is read", "has colours of a kind that is"
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is empty"),
    "too many bytes": (CASES["PNG RGB"][0] + bytes(20 * 2**20), "has more than 20 MB"),
    "a web page": (b"\xef\xbb\xbf\n <!DOCTYPE html><title>photo.jpg</title>", "is a web page (HTML)"),
    "a drawing": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "is an SVG drawing"),
    "XML": (b'<?xml version="1.0"?><list/>', "is an XML file"),
    "a document": (b"%PDF-1.7\n%\xe2\xe3", "is a PDF document"),
    "an archive": (b"PK\x03\x04\x14\0\0\0", "is a ZIP archive or an Office document"),
    "a video": (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41", "is a video (MP4 or QuickTime)"),
    "text": ("Küsschen, Grüße\r\n".encode() * 99, "is a text file"),
    "noise": (np.random.RandomState(0).bytes(4000), NONE),
    "an icon": (saved(RGB, "ICO"), NONE),
    "a BigTIFF": (saved(RGB, "TIFF", big_tiff=True), NONE),
    "floats": (saved(Image.fromarray(WIDE.astype(np.float32)), "TIFF"), f"{ODD} not read (F)"),
    "Lab": (saved(RGB.convert("LAB"), "TIFF"), f"{ODD} not read (LAB)"),
    "32 bits": (saved(Image.fromarray(WIDE.astype(np.int32) * 2), "TIFF"), "has more than 16 bits in a pixel"),
    "minus": (saved(Image.fromarray(WIDE.astype(np.int32) - 1), "TIFF"), "has more than 16 bits in a pixel"),
    "narrow": (png(23, 900), "has only 23×900 pixels; choose a photo of at least 24×24"),
    "81 megapixels": (png(9000, 9000), "has 9000×9000 pixels, more than the 25 megapixels that are read as PNG"),
    "144 megapixels": (png(12000, 12000), "has 12000×12000 pixels, more than the 25"),  # here Pillow warns
    "400 megapixels": (png(20000, 20000), "has more pixels than are read"),  # and here it refuses itself
    "a frame of 81 megapixels": (gif(9000, 9000), "has 9000×9000 pixels"),
    "JPEG of 4 gigapixels": (jpeg(65000, 65000), "has 65000×65000 pixels, more than the 1600 megapixels"),
    "progressive JPEG of 70 megapixels": (jpeg(10000, 7000, progressive=True), "is too large for a progressive JPEG"),
    "a bomb of a profile": (png(W, H, extra=chunk(b"iCCP", b"icc\0\0" + ZIPPED)), DAMAGED),
    "a bomb of a text": (png(W, H, extra=chunk(b"zTXt", b"Text\0\0" + ZIPPED)), DAMAGED),
    "many strips": (tiff((273, 4, len(OFFSETS) // 4, 1100), (278, 3, 1, 1), data=bytes(100) + OFFSETS), DAMAGED),
    "many small offsets": (tiff((273, 1, len(OFFSETS), 1000), (278, 3, 1, 1), data=bytes(len(OFFSETS))), DAMAGED),
    "the start of a HEIC": (CASES["HEIF RGB"][0][:40], DAMAGED),
    "a large tile": (tiff((322, 4, 1, 60000), (323, 4, 1, 6000), (324, 4, 1, 1000), data=bytes(1500000)), DAMAGED),
    "much in EXIF": (inner(1, module.MAX_VALUES + 1), DAMAGED),
    "EXIF four times in TIFF": (inner(4), DAMAGED),
    "EXIF 33 times in JPEG": (many_exifs(33), DAMAGED),
    **{f"half a {kind}": (CASES[kind][0][: len(CASES[kind][0]) // 2], DAMAGED) for kind in CASES if "RGB" in kind},
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_is_no_photo_is_refused_in_a_sentence(case: str) -> None:
    content, part = REFUSED[case]
    with pytest.raises(BadPhoto) as refusal:
        decode(content, name="holiday (1).jpg")
    assert str(refusal.value).startswith(f"holiday (1).jpg {part}")
    assert re.fullmatch(r"[^\n.]+\.jpg [^\n.]+; [^\n.]+\.", str(refusal.value)), "what to do, and one full stop"


def test_what_is_refused_is_sound_but_for_one_thing() -> None:
    assert decode(png(24, 24)).size == (24, 24)
    assert decode(CASES["PNG RGB"][0] + bytes(19 * 2**20)).size == (W, H)
    assert decode(inner(3, 5000)).size == (48, 24)
    assert decode(many_exifs(32)).size == (W, H)
    assert decode(gif(W, H - 1)).size == (W, H)
    assert decode(tiff((273, 4, 24, 1100), (278, 3, 1, 1), data=bytes(100) + OFFSETS[:96])).size == (48, 24)
    assert decode(tiff((322, 4, 1, 60000), (323, 4, 1, 24), (324, 4, 1, 1000), data=bytes(1500000))).size == (48, 24)
    assert decode(jpeg(8000, 7000, progressive=True, subsampling=2)).reduced == 2


@pytest.mark.parametrize("kind", sorted(CASES))
def test_what_takes_more_memory_may_have_fewer_pixels(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_HEAVY_PIXELS", W * H - 1)
    heavy = kind.startswith(("WEBP", "TIFF 16 bits")) or kind in ("AVIF RGBA", "HEIF RGBA")
    with pytest.raises(BadPhoto, match="more than the 0 megapixels") if heavy else nullcontext():
        decode(CASES[kind][0])


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


def test_no_warning_gets_out_and_nothing_is_left_changed() -> None:
    odd = png(W, H, extra=chunk(b"acTL", bytes(8)))
    with pytest.warns(UserWarning, match="APNG"):
        Image.open(io.BytesIO(odd))
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            assert decode(odd).size == (W, H)
            with pytest.raises(BadPhoto):
                decode(REFUSED["144 megapixels"][0])
        assert list(warnings.filters).count(module._QUIET) == 1
        warnings.warn("of another module", UserWarning, stacklevel=1)
    assert [str(one.message) for one in caught] == ["of another module"]
    assert before == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)


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


def repaired(content: bytes) -> bytes:
    """Return a PNG with the checksums of its chunks put right, without which little of it is looked at."""
    out, at = content[:8], 8
    while at + 8 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        out, at = out + chunk(content[at + 4 : at + 8], content[at + 8 : at + 8 + length]), at + 12 + length
    return out


def spoil(content: bytes, other: bytes, how: str, where: int, many: int, what: bytes) -> bytes:
    """Return a file with one spot spoilt, in its first bytes if `how` begins with a capital."""
    at = where % max(1, min(len(content), 200 if how[0].isupper() else 65536))
    return {
        "bit": content[:at] + bytes(byte ^ 1 << many % 8 for byte in content[at : at + 1]) + content[at + 1 :],
        "bytes": content[:at] + what + content[at + len(what) :],
        "ones": content[:at] + b"\xff" * many + content[at + many :],
        "cut": content[:at],
        "gap": content[:at] + content[at + many :],
        "more": content[:at] + what * many + content[at:],
        "splice": content[:at] + other[at * len(other) // max(1, len(content)) :],
    }[how.lower()]


@st.composite
def spoilt(draw: st.DrawFn, format: str) -> bytes:
    """Draw a file of a format with up to four spots spoilt."""
    files = [content for kind, (content, _) in sorted(CASES.items()) if kind.startswith(format)]
    hows = ["bit", "Bit", "bytes", "Bytes", "ones", "Ones", "cut", "gap", "Gap", "more", "More", "splice"]
    spot = st.tuples(st.sampled_from(hows), st.integers(0, 65535), st.integers(1, 40), st.binary(max_size=8))
    content = draw(st.sampled_from(files))
    for how, where, many, what in draw(st.lists(spot, min_size=1, max_size=4)):
        content = spoil(content, files[many % len(files)], how, where, many, what)
    return repaired(content) if format == "PNG" and draw(st.booleans()) else content


@pytest.mark.parametrize("format", FORMATS)
def test_a_damaged_file_is_a_photo_or_a_bad_one(format: str) -> None:
    ends = set()

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @given(spoilt(format))
    def attempt(content: bytes) -> None:
        try:
            photo = decode(content, name="spoilt")
        except BadPhoto as refusal:
            ends.add(re.sub(r"spoilt [^\n.]+; [^\n.]+\.", "refused", str(refusal)))
            return
        ends.add("read")
        assert photo.rgb.dtype == np.uint8
        assert photo.rgb.shape == (*photo.size[::-1], 3) or photo.reduced > 1

    attempt()
    assert ends == {"refused", "read"}


MAKE = """
import sys
from pathlib import Path
from PIL import Image, ImageCms
folder, icc, exif = Path(sys.argv[1]), ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), Image.Exif()
exif[274] = 6
large = Image.new("RGBA", (6250, 4000), (10, 120, 230, 90))
ink = large.convert("CMYK")
large.save(folder / "alpha.png", icc_profile=icc, compress_level=1)
large.resize((4500, 4000), Image.Resampling.NEAREST).save(folder / "alpha.webp", method=0)
ink.save(folder / "ink.tif", compression="tiff_adobe_deflate", tiffinfo={274: 6, 278: 4000})
ink.save(folder / "scans.jpg", progressive=True, exif=exif)
Image.new("I;16", large.size, 999).save(folder / "deep.png", compress_level=1)
"""
MEASURE = """
import json, sys
from pathlib import Path
from fer_core.faces.decode import decode

def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024 / 1e6

peaks = {}
for path in sys.argv[1:]:
    content = Path(path).read_bytes()
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    own = decode(content).rgb.nbytes / 1e6
    peaks[path] = [own, peak() - before]
print(json.dumps(peaks))
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="reads and resets the peak as Linux counts it")
def test_no_photo_takes_400_megabytes(tmp_path: Path) -> None:
    """The largest photos of each kind that are accepted, each measured from what the process held before it.

    By VmHWM, not ru_maxrss: that begins with what the process that started this one held, and hides all below.
    """
    subprocess.run([sys.executable, "-c", MAKE, str(tmp_path)], check=True)
    (tmp_path / "huge.jpg").write_bytes(jpeg(48000, 32000))
    files = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run([sys.executable, "-c", MEASURE, *files], check=True, capture_output=True, text=True)
    peaks = json.loads(done.stdout)
    assert len(peaks) == 6
    for path, (own, peak) in peaks.items():
        assert own < peak < 400, f"{Path(path).name}: {peak:.0f} MB"
