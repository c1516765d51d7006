"""What a file is that is read as no picture."""

import re

DAMAGED = "is damaged or cut off; copy it again, or open it in another program and save it as JPEG or PNG."
RAW = "is a camera's raw file, of which only a small preview could be read; save it as JPEG in the camera's program."
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
_DISGUISES = {
    b"%PDF": "a PDF document",
    b"PK\3\4": "a ZIP archive or an Office document",
    b"8BPS": "a Photoshop document",
    b"\x1a\x45\xdf\xa3": "a video (WebM or Matroska)",
}
_OTHERS = {
    b"\0\0\0\x0cjP  \r\n\x87\n": "a JPEG 2000 picture",
    b"\xff\x4f\xff\x51": "a JPEG 2000 picture",
    b"II+\0": "a BigTIFF picture",
    b"MM\0+": "a BigTIFF picture",
    b"\0\0\1\0": "an icon (ICO)",
    b"\0\0\2\0": "a cursor (CUR)",
    b"\xff\x0a": "a JPEG XL picture",
    b"\0\0\0\x0cJXL ": "a JPEG XL picture",
    b"v/1\x01": "an OpenEXR picture",
    b"#?RADIANCE": "a Radiance picture",
}
"""Pictures of kinds that are not read: decoders that take too much memory or time for what phones and browsers make."""
_RAW = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")
_HEIF = (b"hei", b"hev", b"mif", b"msf")


def unidentified(content: bytes, *, heif: bool) -> str:
    """Return what a file is that is no picture, as the rest of a sentence that begins with its name.

    heif : whether HEIF can be read
    """
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    brand = content[8:11] if content[4:8] == b"ftyp" else b""
    if content.startswith(_RAW) or brand == b"crx":
        return RAW
    for sign, kind in _OTHERS.items():
        if content.startswith(sign):
            return f"is {kind}, a kind that is not read; save it as JPEG or PNG."
    kind = next((kind for sign, kind in _DISGUISES.items() if content.startswith(sign)), "")
    if start.startswith(b"<"):
        xml = "an XML file" if start.startswith(b"<?xml") else "a web page (HTML)"
        kind = "an SVG drawing" if b"<svg" in start.lower() else xml
    elif brand in _HEIF and not heif:
        return "is a HEIC photo; install pillow-heif to read it, or save it as JPEG."
    elif brand and brand not in (*_HEIF, b"avi"):
        kind = "a video (MP4 or QuickTime)"
    elif content.startswith(_SIGNATURES) or brand:
        return DAMAGED
    elif not kind and not re.search(rb"[^\t\n\r -~\x80-\xff]", start):
        kind = "a text file"
    if kind:
        return f"is {kind} and not a photo; save the picture itself as JPEG or PNG and choose that."
    return "is not a picture of a kind that is read; save it as JPEG or PNG."
