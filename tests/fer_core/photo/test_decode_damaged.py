"""Files spoilt by the thousand, and the memory that the largest take."""

import json
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.errors import BadPhoto
from fer_core.photo.decode import FORMATS, decode
from tests.examples import examples
from tests.photo_files import CASES, chunk, jpeg


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

    @examples(400)
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
import pillow_heif
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
pillow_heif.register_heif_opener()
phone = Image.new("RGB", (8160, 6120), (10, 120, 230))
phone.paste((200, 90, 10), (1000, 1000, 5000, 4000))
phone.save(folder / "phone.heic", quality=30)
phone.save(folder / "phone.webp", quality=30, method=0)
phone.save(folder / "sharp.webp", lossless=True, quality=0, method=0)
"""
MEASURE = """
import json, sys
from pathlib import Path
from fer_core.photo.decode import decode

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
    assert len(peaks) == 9
    for path, (own, peak) in peaks.items():
        # The kernel counts pages in batches, so that it may be short of the photo's own by some of them.
        assert 0.95 * own < peak < 400, f"{Path(path).name}: {peak:.0f} MB"
