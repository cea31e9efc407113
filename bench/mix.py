"""A mix of mail such as a hospital receives, the same at every run: made here, of nobody's data.

45 % letters, 25 % PDF, 12 % pictures with a logo that repeats, 10 % Office, 3 % documents with
macros, 3 % archives, 2 % of 10 to 20 MB.
"""

import random
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO

from PIL import Image

from gateway.demo.samples import docm_with_autorun_macro, word_document, zip_of

_WORDS = (
    *("patient", "result", "ward", "clinic", "laboratory", "sample", "radiology", "report"),
    *("dosage", "allergy", "nurse", "rota", "handover", "supplier", "invoice", "training"),
    *("réunion", "compte", "rendu", "ordonnance", "prélèvement", "glycémie", "imagerie", "sortie"),
)


def messages(count: int = 500) -> list[bytes]:
    """So many messages, as bytes with CRLF."""
    dice = random.Random(7)
    shares = [(name, share) for name, (share, _) in _KINDS.items()]
    kinds = dice.choices([name for name, _ in shares], [share for _, share in shares], k=count)
    return [_message(kind, dice, number) for number, kind in enumerate(kinds)]


def _message(kind: str, dice: random.Random, number: int) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "lab@out.example", "dr@hospital.example"
    message["Subject"] = f"{' '.join(dice.sample(_WORDS, 4))} {number}"
    text = _text(dice, dice.randint(500, 12_000))
    message.set_content(text)
    if dice.random() < 0.6:
        message.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
    attach = _KINDS[kind][1]
    if attach:
        name, maintype, subtype, data = attach(dice)
        message.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    if kind == "image":
        message.add_attachment(_LOGO, maintype="image", subtype="png", filename="logo.png")
    return message.as_bytes(policy=SMTP)


def _text(dice: random.Random, size: int) -> str:
    words: list[str] = []
    while size > 0:
        words.append(dice.choice(_WORDS))
        size -= len(words[-1]) + 1
    return "\n".join(" ".join(words[place : place + 12]) for place in range(0, len(words), 12))


Attached = tuple[str, str, str, bytes]


def _picture(dice: random.Random, kind: str, side: int) -> bytes:
    image = Image.frombytes("L", (side, side), dice.randbytes(side * side)).resize((side * 2,) * 2)
    output = BytesIO()
    image.save(output, kind)
    return output.getvalue()


def _pdf(dice: random.Random) -> Attached:
    return "result.pdf", "application", "pdf", _picture(dice, "PDF", dice.randint(150, 500))


def _image(dice: random.Random) -> Attached:
    return "photo.jpg", "image", "jpeg", _picture(dice, "JPEG", dice.randint(150, 500))


def _office(dice: random.Random) -> Attached:
    media = {"word/media/image1.jpeg": _picture(dice, "JPEG", dice.randint(100, 300))}
    data = word_document({}, media)
    return "letter.docx", "application", _WORD, data


def _macro(_dice: random.Random) -> Attached:
    return (
        "planning.docm",
        "application",
        "vnd.ms-word.document.macroEnabled.12",
        (docm_with_autorun_macro()),
    )


def _zip(dice: random.Random) -> Attached:
    members = {f"{name}.txt": _text(dice, 40_000).encode() for name in ("a", "b", "c")}
    members["result.pdf"] = _pdf(dice)[3]
    return "results.zip", "application", "zip", zip_of(members)


def _large(dice: random.Random) -> Attached:
    data = dice.randbytes(dice.randint(7_500_000, 15_000_000))
    return "film.mp4", "video", "mp4", b"\0\0\0\x18ftypmp42" + data


_WORD = "vnd.openxmlformats-officedocument.wordprocessingml.document"
_LOGO = _picture(random.Random(1), "PNG", 60)
_KINDS: dict[str, tuple[float, Callable[[random.Random], Attached] | None]] = {
    "text": (0.45, None),
    "pdf": (0.25, _pdf),
    "image": (0.12, _image),
    "office": (0.10, _office),
    "macro": (0.03, _macro),
    "zip": (0.03, _zip),
    "large": (0.02, _large),
}
"""Share of each kind, and what it attaches."""
