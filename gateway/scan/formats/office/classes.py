"""What the class identifiers in Office documents stand for, as far as it matters."""

import re
from collections.abc import Mapping
from uuid import UUID

EQUATION = "the old equation editor, which is attacked by what it is given"
_SCRIPT = "a page of script"

TELLING: Mapping[str, str] = {
    "0002ce02-0000-0000-c000-000000000046": EQUATION,
    "0002ce03-0000-0000-c000-000000000046": EQUATION,
    "00021700-0000-0000-c000-000000000046": EQUATION,
    "d27cdb6e-ae6d-11cf-96b8-444553540000": "Flash",
    "d27cdb70-ae6d-11cf-96b8-444553540000": "Flash",
    "8856f961-340a-11d0-a96b-00c04fd705a2": "a browser window",
    "eab22ac3-30c1-11cf-a7eb-0000c05bae0b": "a browser window",
    "25336920-03f9-11cf-8fd0-00aa00686f13": _SCRIPT,
    "25336921-03f9-11cf-8fd0-00aa00686f13": _SCRIPT,
    "3050f4d8-98b5-11cf-bb82-00aa00bdce0b": _SCRIPT,
    "5512d112-5cc6-11cf-8d67-00aa00bdce1d": _SCRIPT,
    "ae24fdae-03c6-11d1-8b76-0080c744f389": _SCRIPT,
    "06290bd2-48aa-11d2-8432-006008c3fbfc": _SCRIPT,
    "06290bd3-48aa-11d2-8432-006008c3fbfc": _SCRIPT,
    "ecabb0c7-7f19-11d2-978e-0000f8757e2a": "a service that is asked over the network (SOAP)",
    "f935dc22-1cf0-11d0-adb9-00c04fd58a0b": "the Windows Script Host",
    "72c24dd5-d70a-438b-8a42-98424b88afb8": "the Windows Script Host",
    "13709620-c279-11ce-a49e-444553540000": "the Windows shell",
    "9ba05972-f6a8-11cf-a442-00a0c90a8f39": "the Windows shell",
}
"""By class identifier, lower case. What is not here is a control of forms, or nobody's business."""

_OF_FORMS = re.compile(
    r"8bd21d\d0-ec42-11ce-9e0d-00aa006002f3|978c9e23-d4b0-11ce-bf2d-00aa003f40d0"
    r"|4c599241-6926-101b-9992-00000b65c6f9|dfd181e0-5e2f-11ce-a449-00aa004a803d"
    r"|79176fb0-b7f2-11ce-97ef-00aa006d2776|eae50eb0-4a62-11ce-bed6-00aa00611080"
    r"|6e182020-f460-11ce-9bcd-00aa00608e01|d7053240-ce69-11cd-a777-00dd01143c57"
)
URL_MONIKER = "79eac9e0-baf9-11ce-8c82-00aa004ba90b"
FILE_MONIKER = "00000303-0000-0000-c000-000000000046"


def is_of_forms(written: str) -> bool:
    """Whether it is a button, a box or a list of Microsoft Forms."""
    return _OF_FORMS.fullmatch(written) is not None


def class_id(stored: bytes) -> str:
    """A class identifier as it is stored, in its written form; "" for one that is empty."""
    if len(stored) != 16 or not any(stored):
        return ""
    return str(UUID(bytes_le=stored))


def stored(written: str) -> bytes:
    """The other way round."""
    return UUID(written).bytes_le
