"""Mail that honest people and devices send, and that is anything but well-formed: none of it is held."""

import base64

from tests.support.tricks.bodies import quoted
from tests.support.tricks.wire import OTHER, TOP, B, delimited, wire

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n" * 4
PDF64 = base64.encodebytes(PDF).decode()
FLAT64 = base64.b64encode(PDF).decode()

_HEAD = f"Content-Type: multipart/mixed; boundary={B}\n"
_TEXT = "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nR\xe9sultats ci-joints.\n"
_FILE = 'Content-Type: application/pdf; name="scan.pdf"\nContent-Disposition: attachment; filename="scan.pdf"\n'
_FILE64 = f"{_FILE}Content-Transfer-Encoding: base64\n\n{PDF64}"


def _mail(
    *parts: str, top: str = TOP, header: str = _HEAD, before: str = "", after: str = ""
) -> str:
    return f"{top}{header}\n{before}{delimited(*parts)}{after}"


def _encoded(body: str, said: str = "base64") -> str:
    return f"{_FILE}Content-Transfer-Encoding: {said}\n\n{body}"


def _columns(width: int, end: str = "\n") -> str:
    return "".join(FLAT64[at : at + width] + end for at in range(0, len(FLAT64), width))


def _named(header: str) -> str:
    return f"{header}\nContent-Transfer-Encoding: base64\n\n{PDF64}"


_SIGNED = "Content-Type: multipart/signed; protocol={0}; micalg=sha-256; boundary=" + B + "\n"
_BOUNCE = f"Content-Type: multipart/report; report-type=delivery-status; boundary={B}\n"
_STATUS = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n"
_RETURNED = f"Received: from a by b; Thu, 26 Nov 2026 08:00:00 +0100\n{TOP}Content-Type: multipart/mixed;\n boundary={OTHER}\n"
_WHOLE = f"{_RETURNED}\n{delimited(_TEXT, _FILE64, boundary=OTHER)}"
_CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Dr Martin\nEMAIL:m@example.org\nEND:VCARD\n"
_EVENT = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:R\xc3\xa9union\nEND:VEVENT\nEND:VCALENDAR\n"

DEVICES = {
    "a scanner without MIME-Version": _mail(_FILE64, top="From: scan@hopital.example\nTo: b@hospital.example\n"),
    "a scanner without Message-ID, Date and Subject": _mail(_FILE64, top="From: scan@hopital.example\n"),
    "a scanner that sends no text": _mail(_FILE64),
    "a scanner that sends the file alone": f"{TOP}{_FILE64}",
    "a scanner that writes base64 in one line": _mail(_encoded(FLAT64 + "\n")),
    "a scanner that writes no padding": _mail(_encoded(FLAT64.rstrip("=") + "\n")),
    **{f"a scanner that writes base64 by {n}": _mail(_encoded(_columns(n))) for n in (57, 60, 64, 70, 72, 73, 75, 77, 998)},
    "a scanner that ends base64 lines with blanks": _mail(_encoded(_columns(76, " \n"))),
    "a scanner that leaves empty lines in base64": _mail(_encoded(_columns(76, "\n\n"))),
    "a scanner that begins base64 with empty lines": _mail(_encoded("\n\n" + PDF64)),
    "a scanner that ends base64 with empty lines": _mail(_encoded(PDF64 + "\n\n\n")),
    "a scanner that says BASE64": _mail(_encoded(PDF64, "BASE64")),
    "a scanner that says base64 with a comment": _mail(_encoded(PDF64, "base64 (scan)")),
    "a scanner that writes two carriage returns": _mail(_TEXT, _FILE64).replace("\n", "␍\n"),
    "a scanner that folds with tabs": _mail(_TEXT, _FILE64).replace("; ", ";\n\t"),
    "a scanner that writes no blank behind colons": _mail(_TEXT, _FILE64).replace(": ", ":"),
    "a scanner that writes small letters": _mail(_TEXT, _FILE64).replace("Content-", "content-"),
    "a scanner that quotes its boundary with blanks": _mail(_FILE64, header=f'Content-Type: multipart/mixed ; boundary = "{B}"\n'),
    "a scanner that ends its type with a semicolon": _mail(_FILE64, header=f"Content-Type: multipart/mixed; boundary={B};\n"),
    "a scanner that never ends its multipart": f"{TOP}{_HEAD}\n--{B}\n{_FILE64}",
    "a laboratory in Latin-1 without charset": "From: labo@exemple.example\nSubject: R\xe9sultats d'analyse\n\nMadame,\nles r\xe9sultats \xe0 jour.\n",
    "a laboratory in UTF-8 without charset": f"{TOP}\nR\xc3\xa9sultats\n",
    "a laboratory in DOS letters": f"{TOP}Content-Type: text/plain\n\nR\x82sultats\n",
    "a laboratory with HPRIM": f"{TOP}Content-Type: text/plain; name=R0001.hpr\nContent-Disposition: attachment; filename=R0001.hpr\n\n0001\nDUPONT\nJEAN\n\n****FIN****\n",
    "a laboratory with an unnamed part": _mail(f"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n{PDF64}"),
    "a laboratory with lines of 5,000 letters": f"{TOP}Content-Type: text/html\n\n<p>{'mot ' * 1250}</p>\n",
    "a device with a form feed": f"{TOP}\nPage 1\n␌\nPage 2\n",
    "a device with a NUL": f"{TOP}\nAlarme␀\n",
    "a device with no header but one": "Subject: alarme\n\nTension basse\n",
    "a device with no body": TOP,
    "a device that sends nothing but a body": "Tension basse\n",
    "a fax server": _mail("Content-Type: text/plain\n\n\n", _named('Content-Type: image/tiff; name="fax.tif"\nContent-Disposition: attachment; filename="fax.tif"').replace(PDF64, base64.encodebytes(b"II*\0" + bytes(200)).decode())),
}  # fmt: skip

PEOPLE = {
    "a preamble": _mail(_TEXT, _FILE64, before="This is a multi-part message in MIME format.\n\n"),
    "a footer of a list behind the end": _mail(_TEXT, _FILE64, after="\n_______________________________________________\nListe mailing list\nListe@example.org\n"),
    "a footer with a rule behind the end": _mail(_TEXT, _FILE64, after="\n--\nSent by a list\n-----\n"),
    "a footer behind a text in base64": f"{TOP}Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nQm9uam91cg==\n_____________\nliste mailing list\n",
    "a disclaimer in the epilogue": _mail(_TEXT, _FILE64, after="\n<p>Ce message est confidentiel.</p>\n"),
    "a signature of two hyphens": f"{TOP}\nBonjour\n-- \nDr Martin\n--\nH\xf4pital\n",
    "a quoted mail": f"{TOP}\nBonjour\n> --{B}\n> Content-Type: text/plain\n>\n> Bonjour\n> --{B}--\n",
    "a forwarded header": f"{TOP}\n-------- Message original --------\nSubject: r\nDate: Thu, 26 Nov 2026\nFrom: a@b.example\nTo: c@d.example\n\nBonjour\n",
    "a forwarded header of MIME": f"{TOP}\n----- Forwarded message -----\nFrom: a@b.example\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nBonjour\n",
    "a text about boundaries": f"{TOP}\nWrite it like this:\n\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nhello\n--x--\n",
    "a text that says begin": f"{TOP}\nbegin 3 days before the visit\nend on Friday\n\nbegin with the left side\nEND\n",
    "a patch": f"{TOP}\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n--\n2.30\n",
    "a table of hyphens": f"{TOP}\n------------+-----------\n analyse    | valeur\n------------+-----------\n",
    "two texts, one footer": _mail(_TEXT, "Content-Type: text/plain\n\n_____\nListe\n"),
    "an empty part": _mail(_TEXT, "Content-Type: text/plain\n\n", _FILE64),
    "an empty file": _mail(_TEXT, f"{_FILE}Content-Transfer-Encoding: base64\n\n"),
    "a part without header": _mail("\nBonjour\n", _FILE64),
    "a multipart of nothing": f"{TOP}{_HEAD}\n--{B}--\n",
    "lower-case quoted-printable": f"{TOP}Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>r=c3=a9sultat =3d bon</p>\n",
    "quoted-printable of both cases": f"{TOP}Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>r=c3=A9sultat =3d bon=3D</p>\n",
    "quoted-printable with bare equals": f"{TOP}Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<a href=http://a.example/?a=zz>x</a>\n",
    "quoted-printable with underscores": f"{TOP}Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n____=5F____=5F_\nnom_de_champ=3D_\n",
    "a sheet in quoted-printable": _mail(_TEXT, "Content-Type: text/csv; name=a.csv\nContent-Disposition: attachment; filename=a.csv\nContent-Transfer-Encoding: quoted-printable\n\n" + quoted(b"nom;valeur\r\nsodium;140\r\n")),
    "a sheet that begins with an empty line": _mail(_TEXT, "Content-Type: text/csv; name=a.csv\nContent-Disposition: attachment; filename=a.csv\n\n\n\nnom;valeur\nsodium;140\n"),
    "8-bit in every field": f"From: \xc9lodie <a@b.example>\nTo: \xe9 <c@d.example>\nSubject: \xe0 voir\nX-Info: \xfc\n{_HEAD}\n{delimited(_TEXT, _FILE64)}",
    "a multipart said to be quoted-printable": _mail(
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nr=C3=A9sultat\n", _FILE64,
        header=f"{_HEAD}Content-Transfer-Encoding: quoted-printable\n",
    ),
    "a multipart said to be 8bit": _mail(_TEXT, _FILE64, header=f"{_HEAD}Content-Transfer-Encoding: 8bit\n"),
    "a multipart said to be base64": _mail(_TEXT, _FILE64, header=f"{_HEAD}Content-Transfer-Encoding: base64\n"),
    "the same type twice": _mail(_TEXT, _FILE64, header=_HEAD + _HEAD),
    "the same boundary twice": _mail(_TEXT, _FILE64, header=f"Content-Type: multipart/mixed; boundary={B}; boundary={B}\n"),
    "a charset twice": f"{TOP}Content-Type: text/plain; charset=utf-8; charset=utf-8\n\nBonjour\n",
    "a boundary that begins like the outer": f"{TOP}{_HEAD}\n--{B}\nContent-Type: multipart/alternative; boundary={B}2\n\n--{B}2\n{_TEXT}--{B}2--\n--{B}\n{_FILE64}--{B}--\n",
    "an inner multipart that never ends": f"{TOP}{_HEAD}\n--{B}\nContent-Type: multipart/alternative; boundary={OTHER}\n\n--{OTHER}\n{_TEXT}--{B}\n{_FILE64}--{B}--\n",
    "an outer multipart that never ends": f"{TOP}{_HEAD}\n--{B}\nContent-Type: multipart/alternative; boundary={OTHER}\n\n--{OTHER}\n{_TEXT}--{OTHER}--\n--{B}\n{_FILE64}",
    "a page with a picture": f"{TOP}Content-Type: multipart/related; boundary={B}; type=text/html\n\n" + delimited(
        "Content-Type: text/html\n\n<img src=cid:1>\n",
        "Content-Type: image/png\nContent-ID: <1>\nContent-Disposition: inline; filename=image001.png\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"\x89PNG\r\n\x1a\n" + bytes(90)).decode(),
    ),
    "a boundary of many letters": _mail(_TEXT, _FILE64).replace(B, "=_?:(),./+'-x-" + "a" * 50).replace("boundary==_", 'boundary="=_').replace("a\n\n--=_", 'a"\n\n--=_', 1),
    "an empty line that has a blank": _mail(_TEXT, _FILE64.replace("base64\n\n", "base64\n \n")),
    "a mailbox line": f"From a@b.example Thu Nov 26 08:00:00 2026\n{_mail(_TEXT, _FILE64)}",
    "a byte order mark": f"\xef\xbb\xbf{_mail(_TEXT, _FILE64)}",
    "a signature that lists fields": f"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s;\n h=From:To:Subject:MIME-Version:\n\tContent-Type:Content-Transfer-Encoding:\n Content-Transfer-Encoding:Content-Disposition; bh=64x/64=;\n b=base64/x\n{_mail(_TEXT, _FILE64)}",
    "a field that speaks of MIME": f"X-Note: this mail has\n Content-Type: of a text\n Content-Transfer-Encoding: nothing special\n{_mail(_TEXT, _FILE64)}",
}  # fmt: skip

PROGRAMS = {
    "a bounce with the header": f"{TOP}{_BOUNCE}\n" + delimited("Content-Type: text/plain\n\nFailed.\n", _STATUS, f"Content-Type: text/rfc822-headers\n\n{_RETURNED}"),
    "a bounce with the mail": f"{TOP}{_BOUNCE}\n" + delimited("Content-Type: text/plain\n\nFailed.\n", _STATUS, f"Content-Type: message/rfc822\n\n{_WHOLE}"),
    "a bounce with the mail, cut off": f"{TOP}{_BOUNCE}\n" + delimited("Content-Type: text/plain\n\nFailed.\n", _STATUS, f"Content-Type: message/rfc822\n\n{_WHOLE[:900]}\n"),
    "a bounce with the mail in its text": f"{TOP}\nI could not deliver it.\n\n--- Below this line is a copy of the message.\n\n{_WHOLE}",
    "a bounce with the mail in a text part": f"{TOP}{_BOUNCE}\n" + delimited(f"Content-Type: text/plain\n\nFailed:\n\n{_WHOLE}"),
    "a receipt": f"{TOP}Content-Type: multipart/report; report-type=disposition-notification; boundary={B}\n\n" + delimited("Content-Type: text/plain\n\nLu.\n", "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;a@b.example\nDisposition: manual-action/MDN-sent-manually; displayed\n"),
    "a complaint": f"{TOP}Content-Type: multipart/report; report-type=feedback-report; boundary={B}\n\n" + delimited("Content-Type: text/plain\n\nAbuse.\n", "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n", f"Content-Type: message/rfc822\n\n{_WHOLE}"),
    "a forwarded mail": _mail(_TEXT, f"Content-Type: message/rfc822\nContent-Disposition: attachment; filename=a.eml\n\n{_WHOLE}"),
    "a forwarded mail in base64": _mail(_TEXT, "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(wire(_WHOLE)).decode()),
    "a forwarded mail as a file": _mail(_TEXT, "Content-Type: application/octet-stream; name=a.eml\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(wire(_WHOLE)).decode()),
    "a mail forwarded three times": TOP + "Content-Type: message/rfc822\n\n" + TOP + "Content-Type: message/rfc822\n\n" + TOP + "Content-Type: message/rfc822\n\n" + _WHOLE,
    "a digest": f"{TOP}Content-Type: multipart/digest; boundary={B}\n\n" + delimited(f"\n{TOP}\nUn\n", f"\n{TOP}\nDeux\n"),
    "a digest of typed mails": f"{TOP}Content-Type: multipart/digest; boundary={B}\n\n" + delimited(f"Content-Type: message/rfc822\n\n{TOP}\nUn\n"),
    "an old digest": f"{TOP}\nToday's Topics:\n\n------------------------------\n\nDate: Thu, 26 Nov 2026\nFrom: a@b.example\nSubject: un\n\nUn\n\n------------------------------\n\nEnd of Digest\n",
    "a PGP signature": f"{TOP}{_SIGNED.format('application/pgp-signature')}\n" + delimited(_TEXT, "Content-Type: application/pgp-signature; name=signature.asc\n\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n=AbCd\n-----END PGP SIGNATURE-----\n"),
    "a clear-signed text": f"{TOP}\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nBonjour\n- -- \nDr Martin\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n",
    "a PGP key": _mail(_TEXT, "Content-Type: application/pgp-keys; name=key.asc\nContent-Disposition: attachment; filename=key.asc\n\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN\n-----END PGP PUBLIC KEY BLOCK-----\n"),
    "an invitation": f"{TOP}Content-Type: multipart/alternative; boundary={B}\n\n" + delimited(_TEXT, f"Content-Type: text/calendar; charset=utf-8; method=REQUEST\nContent-Transfer-Encoding: 8bit\n\n{_EVENT}", f"Content-Type: application/ics; name=invite.ics\nContent-Disposition: attachment; filename=invite.ics\nContent-Transfer-Encoding: base64\n\n{base64.encodebytes(_EVENT.encode('latin-1')).decode()}"),
    "an invitation alone": f"{TOP}Content-Type: text/calendar; method=REQUEST\n\n{_EVENT}",
    "a card": _mail(_TEXT, f"Content-Type: text/x-vcard; charset=utf-8; name=m.vcf\nContent-Disposition: attachment; filename=m.vcf\n\n{_CARD}"),
    "a card with a picture": _mail(_TEXT, "Content-Type: text/vcard; name=m.vcf\n\n" + _CARD.replace("END:", f"PHOTO;ENCODING=b;TYPE=PNG:{base64.b64encode(bytes(60)).decode()}\nEND:")),
    "a Macintosh": _mail(_TEXT, f"Content-Type: multipart/appledouble; boundary={OTHER}\n\n" + delimited("Content-Type: application/applefile; name=a.pdf\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"\0\5\x16\7\0\2\0\0" + bytes(40)).decode(), _FILE64, boundary=OTHER)),
    "a name in encoded words": _mail(_TEXT, _named('Content-Type: application/pdf; name="=?iso-8859-1?Q?r=E9sultat.pdf?="\nContent-Disposition: attachment; filename="=?iso-8859-1?Q?r=E9sultat.pdf?="')),
    "a name in many encoded words": _mail(_TEXT, _named('Content-Type: application/pdf;\n name="=?utf-8?B?UsOpc3VsdGF0cyBkJ2Fu?=\n =?utf-8?B?YWx5c2UucGRm?="\nContent-Disposition: attachment')),
    "a name in RFC 2231": _mail(_TEXT, _named("Content-Type: application/pdf; name*=utf-8''r%C3%A9sultat.pdf\nContent-Disposition: attachment; filename*=utf-8''r%C3%A9sultat.pdf")),
    "a name in RFC 2231 and plain": _mail(_TEXT, _named("Content-Type: application/pdf; name=resultat.pdf\nContent-Disposition: attachment; filename=resultat.pdf; filename*=utf-8''r%C3%A9sultat.pdf")),
    "a name in sections": _mail(_TEXT, _named("Content-Type: application/pdf\nContent-Disposition: attachment;\n filename*0*=utf-8''un%20tr%C3%A8s%20long;\n filename*1*=%20nom.pdf")),
    "a name in 8-bit letters": _mail(_TEXT, _named('Content-Type: application/pdf; name="r\xe9sultat.pdf"\nContent-Disposition: attachment; filename="r\xe9sultat.pdf"')),
    "a name with a path": _mail(_TEXT, _named('Content-Type: application/pdf; name="C:\\Documents\\scan.pdf"\nContent-Disposition: attachment; filename="scan.pdf"')),
    "a name with semicolons and brackets": _mail(_TEXT, _named('Content-Type: application/pdf; name="scan (1); copie.pdf"\nContent-Disposition: attachment; filename="scan (1); copie.pdf"')),
    "a name without quotes": _mail(_TEXT, _named("Content-Type: application/pdf; name=scan du 12 mai.pdf\nContent-Disposition: attachment; filename=scan du 12 mai.pdf")),
    "a name in apostrophes": _mail(_TEXT, _named("Content-Type: application/pdf; name='scan.pdf'\nContent-Disposition: attachment; filename='scan.pdf'")),
    "a name that is a day": _mail(_TEXT, _named('Content-Type: application/pdf; name="12.05.2026 14:30 scan.pdf"\nContent-Disposition: attachment; filename="12.05.2026 14:30 scan.pdf"')),
    "a name of another letter case": _mail(_TEXT, _named('Content-Type: application/pdf; name="SCAN.PDF"\nContent-Disposition: attachment; filename="scan.pdf"')),
    "PEM in a text": f"{TOP}\nVoici le certificat:\n\n-----BEGIN CERTIFICATE-----\n{PDF64}-----END CERTIFICATE-----\n",
    "uuencode in a text": f"{TOP}\nbegin 644 a.txt\n#0V%T\n`\nend\n",
}  # fmt: skip

TABLES = {"devices": DEVICES, "people": PEOPLE, "programs": PROGRAMS}
