"""What the address of a page says of the machine that it comes from."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(url: str | None) -> bool:
    """Tell whether an address names the machine itself: localhost, a name below it, 127.x.x.x or ::1."""
    host = (urlsplit(url or "").hostname or "").rstrip(".")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
