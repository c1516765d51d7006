"""What nobody would type into an address, or put into a page, but somebody will."""

from urllib.parse import quote, urlencode

from tests.bad_extras import BAD
from tests.photo_files import CASES, gif, png
from ui.session.choice import PAGES

PARAMETERS = [
    *("members", "weights", "combine", "on", "twins", "manual", "look", "pin", "own", "photos"),
    *(page.parameter(name) for page in PAGES.values() for name in page.defaults()),
]
"""Every parameter of a link."""
VALUES = [
    "",
    "none",
    "null",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "../../../../etc/passwd",
    "'; DROP TABLE members; --",
    "{{7*7}}",
    "${7*7}",
    "\0",
    "\r\nSet-Cookie: a=b",
    "\u202e\u2066right to left",
    "\U0001f600" * 3,
    "a" * 300,
    ",,,,,",
    "deep,deep,deep",
    "deep,shallow~manual~stacking~1,1",
    "deep~manual~mean_probability~1e308",
    "~~~",
    "a.npz~0123abcd,b.csv~89abcdef",
    "<b>x</b>.npz~0123abcd",
    "nan",
    "-inf",
    "1e999",
    "9" * 300,
    "-1",
    "0x10",
    "1,nan,1",
    "0,0,0",
    "\u0661\u0662",
]
SHOWN = ("ensemble", "gain", "diversity", "votes", "confidence", "labels", "schemes", "members", "try_a_face", "lesson")
WHOLE = [
    "/ensemble?",
    "/ensemble?&&&&=&=",
    "/ensemble?=&members",
    "/ensemble?members=deep&members=shallow&members=",
    "/ensemble?members=%ff%fe&weights=%",
    "/ensemble?members[]=deep&members[0]=deep",
    "/ensemble?" + "x" * 4000,
    "/ensemble?" + urlencode({f"p{i}": i for i in range(300)}),
    "/ensemble?streamlit=1&embed=maybe&embed_options=nothing",
    "/ensemble?members=none&weights=manual&manual=0,0,0&pin=deep~equal~median&on=valid&twins=without",
    "/ensemble?members=deep&weights=manual&manual=0,0,0",
    "/gain?members=none",
    "/diversity?members=deep",
    "/votes?members=none&on=valid&twins=without",
    "/confidence?members=deep&combine=hard_vote",
    "/labels?twins=without&members=none",
    "/schemes?members=none",
    "/saliency?members=none&source=photo",
    "/members?look=none",
    "/try_a_face?photos=99999999999999999999",
    "/limits?members=%00",
    "/?members=%F0%9F%98%80",
]


RAW = ("<script>alert(1)</script>", "\0", "\r\nSet-Cookie: a=b", "\u202e\u2066right to left", "a" * 300, "~~~")
"""Those of the values that browser and server themselves could stumble over."""


def queries() -> list[tuple[str, dict[str, str]]]:
    """Return pages and parameters: each value in every parameter at once, on one page after the other."""
    return [(SHOWN[i % len(SHOWN)], dict.fromkeys(PARAMETERS, value)) for i, value in enumerate(VALUES)]


def urls() -> list[str]:
    """Return addresses for a browser: some values in every parameter at once, and some addresses of their own."""
    every = [
        f"/{page}?" + "&".join(f"{name}={quote(value)}" for name, value in query.items())
        for page, query in queries()
        if set(query.values()) & set(RAW)
    ]
    return every + WHOLE


def files() -> dict[str, bytes]:
    """Return files of predictions by the name under which they are put in: every other one of those that are bad."""
    # Rows in another order have labels of their own, so where the splits are others they are not bad.
    names = {f"{name}.npz": content for name, (content, _) in list(BAD.items())[::2] if name != "rows in another order"}
    some = next(iter(BAD.values()))[0]
    odd = ("<img src=x onerror=alert(1)>.npz", "x" * 250 + ".npz", "a,b~c.csv", "\u202egpj.npz", ".npz", "no ending")
    return names | dict.fromkeys(odd, some)


def photos() -> dict[str, bytes]:
    """Return files that are no photos, or no good ones, by name."""
    whole = CASES["JPEG RGB"][0]
    return {
        "empty.jpg": b"",
        "words.png": b"not a photo",
        "cut.jpg": whole[:200],
        "page.gif": b"<html><script>alert(1)</script></html>",
        "vector.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "huge.png": png(60000, 60000),
        "one.png": png(1, 1),
        "frame.gif": gif(60000, 60000),
        "<b>bold.jpg": whole[:100],
        "zip.jpg": b"PK\x03\x04" + bytes(100),
    }
