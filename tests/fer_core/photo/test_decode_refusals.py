"""Files that are no photo, each refused in one sentence."""

import io
import re
import struct
import warnings
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image, ImageFile

from fer_core.errors import BadPhoto
from fer_core.photo import decode as module
from fer_core.photo.decode import decode
from fer_core.photo.formats import MAX_VALUES
from tests.photo_files import CASES, RGB, WIDE, H, W, chunk, gif, inner, jpeg, many_exifs, png, saved, tiff

ZIPPED, OFFSETS = zlib.compress(bytes(2**26)), struct.pack("<I", 1000) * (MAX_VALUES + 1)
RAW = "is a camera's raw file, of which only a small preview could be read"
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
    "an icon": (saved(RGB, "ICO"), "is an icon (ICO), a kind that is not read"),
    "a BigTIFF": (saved(RGB, "TIFF", big_tiff=True), "is a BigTIFF picture, a kind that is not read"),
    "JPEG 2000": (saved(RGB, "JPEG2000"), "is a JPEG 2000 picture, a kind that is not read"),
    "a codestream": (saved(RGB, "JPEG2000", no_jp2=True), "is a JPEG 2000 picture, a kind that is not read"),
    "JPEG XL": (b"\xff\x0a\xff\x07\x08", "is a JPEG XL picture, a kind that is not read"),
    "a DNG": (tiff((273, 4, 1, 1000), (0xC612, 1, 4, 0x104), data=bytes(3000)), RAW),
    "a NEF": (tiff((273, 4, 1, 1000), (0xFE, 4, 1, 1), data=bytes(3000)), RAW),
    "a CR2": (b"II*\0\x10\0\0\0CR\2\0" + bytes(3000), RAW),
    "a CR3": (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", RAW),
    "a RAF": (b"FUJIFILMCCD-RAW 0201FF383501X-T30" + bytes(3000), RAW),
    "an ORF": (b"IIRO\x08\0\0\0" + bytes(3000), RAW),
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
    "much in EXIF": (inner(1, MAX_VALUES + 1), DAMAGED),
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


@pytest.mark.parametrize(
    "entry",
    [(0x9999, 3, MAX_VALUES + 1, 10**8), (0x9999, 12, 100, 10**8), (0x9999, 2, 100, 10**8), (0x8769, 4, 1, 10**8)],
)
def test_a_tag_that_points_past_the_end_is_no_reason(entry: tuple[int, int, int, int]) -> None:
    assert decode(tiff((273, 4, 1, 1000), entry, data=bytes(3000))).size == (48, 24)


def test_libtiff_says_nothing_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    stripes = Image.fromarray((np.add.outer(np.arange(400), np.arange(400)) // 9 % 2).astype(bool))
    for compression in ("group3", "group4"):
        content = bytearray(saved(stripes, "TIFF", compression=compression))
        content[300:340] = b"\xff" * 40
        with suppress(BadPhoto):
            decode(bytes(content))
    assert capfd.readouterr() == ("", "")


LARGE = RGB.resize((480, 400))


@pytest.mark.parametrize(
    ("options", "share"), [({}, 0.97), ({"progressive": True}, 0.9), ({"restart_marker_rows": 1}, 0.97)]
)
def test_a_jpeg_cut_near_its_end_is_read_as_far_as_it_goes(options: dict[str, object], share: float) -> None:
    whole = saved(LARGE, "JPEG", **options)
    cut, complete = decode(whole[: int(share * len(whole))]), decode(whole)
    assert cut.size == (480, 400)
    assert np.abs(cut.rgb[:350].astype(int) - complete.rgb[:350]).max() <= (16 if options.get("progressive") else 0)
    assert decode(whole[:-2]).size == (480, 400)
    for less in (0.2,) if options.get("progressive") else (0.6, 0.2):
        with pytest.raises(BadPhoto, match=DAMAGED):
            decode(whole[: int(less * len(whole))])
