r"""Where an address in a document leads: to this disk, to another machine, or to a tool that runs.

Office writes one place in many ways: ``\\server\share``, ``file:///\\server\share``,
``file://server/share``, ``http://server/share``, ``mhtml:http://server``.
"""

import ipaddress
import re
from urllib.parse import unquote

from gateway.scan.evidence import defang

_LONGEST = 4096
_WEB = re.compile(
    r"(?i)(?:(?:mhtml|its|mk:@msitstore|url|res|script|scriptletfile|x-usc|soap:wsdl[:=]?):?!?)*"
    r"(?:https?|ftps?|webdavs?):[/\\]+"
)
# Three slashes lead to this disk: file:///home/x.
_SHARE = re.compile(
    r"(?i)(?:file:(?:[/\\]{2}|[/\\]{4,6})|smb:[/\\]{2}|[/\\]{2})([^/\\:|?#.][^/\\|?#]*)[/\\]"
)
# Not javascript: Office runs none, and pages that are pasted into letters are full of it.
_EXAMPLES = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
_HANDLER = re.compile(
    r"(?i)(?:ms-msdt|ms-officecmd|ms-appinstaller|ms-search|search-ms|search|ms-cxh(?:-full)?"
    r"|shell|vbscript|scriptletfile|cmd|powershell|mshta):(?=[^\s])"
)


def is_remote(address: str) -> bool:
    """Whether another machine is asked when it is opened."""
    plain = _plain(address)
    return _WEB.match(plain) is not None or share_host(plain) != ""


def is_web(address: str) -> bool:
    """Whether it is an address of the web, also inside of a wrapping such as ``mhtml:``."""
    return _WEB.match(_plain(address)) is not None


def share_host(address: str) -> str:
    """The machine whose share it names, "" if it is no share. It learns who asks (NTLM)."""
    found = _SHARE.match(_plain(address))
    if found is None or found[1].lower() == "localhost" or _is_drive(found[1]):
        return ""
    return found[1]


def is_outside(host: str) -> bool:
    """Whether a machine of that name can be another house's: it has a dot, or a port."""
    return "." in host or "@" in host or ":" in host


def is_public_number(host: str) -> bool:
    """Whether it is the number of a machine of the internet, not of a house."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return False
    # The blocks for examples stand for the internet in every manual.
    return number.is_global or any(number in block for block in _EXAMPLES)


def runs_tool(address: str) -> bool:
    """Whether Windows hands it to a tool that acts upon it, such as ``ms-msdt:``."""
    return _HANDLER.match(_plain(address)) is not None and not is_web(address)


def defanged(address: str) -> str:
    """The address in a form that nobody clicks by mistake."""
    return defang(address)


def _plain(address: str) -> str:
    return unquote(address[:_LONGEST]).strip(" \t\r\n\0\"'")


def _is_drive(host: str) -> bool:
    return len(host) == 2 and host[1] in ":|"
