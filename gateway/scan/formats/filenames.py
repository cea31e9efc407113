"""What a name promises: which extension counts, and whether opening such a file runs it."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RUNS_AS_PROGRAM = _words("""
    exe com scr pif cpl dll ocx sys drv msi msp mst msu msix msixbundle appx appxbundle appinstaller
    application appref-ms gadget jar jnlp xll wll xbap apk ipa dmg pkg mpkg deb rpm run elf macho
    appimage
""")
"""Programs, installers, and what starts one."""

RUNS_AS_SCRIPT = _words("""
    js jse vbs vbe vb wsf wsh ws wsc sct hta ps1 ps1xml ps2 ps2xml psc1 psc2 psm1 psd1 msh msh1 msh2
    bat cmd lnk scf inf reg msc mshxml url website library-ms search-ms searchconnector-ms
    settingcontent-ms diagcab diagcfg diagpkg theme themepack deskthemepack rdp udl printerexport
    webpnp chm hlp iqy oqy rqy dqy slk ade adp mde mad maf maq mar mas mat mau mav maw mda mdt mdw
    mdz accda accde accdr pcd shb shs ksh sh bash csh command workflow scpt applescript desktop
    py pyw pyc pyo pyz pyzw ahk au3 a3x vsto cdxml
    ins isp its job fxp prg hpj xnk prf vsmacros vsw wsb ppkg osdx odc contact appcontent-ms
    inetloc fileloc terminal
""")
"""Scripts, shortcuts, and settings that the system acts upon when they are opened."""

PACKAGES_ELSEWHERE = _words("deb rpm ipa")
"""Packages that only the administrator of another system can install."""

RUNS_ELSEWHERE = PACKAGES_ELSEWHERE | _words("""
    sh bash ksh csh command workflow scpt applescript desktop py pyc pyo run elf macho appimage
    inetloc fileloc terminal
""")
"""What Windows does not start by itself."""

RUNS = RUNS_AS_PROGRAM | RUNS_AS_SCRIPT

CARRY = _words("""
    zip rar 7z gz tar cab iso img vhd vhdx wim ace arj lzh one docm xlsm xlsb xlam
""")
"""Archives, disk images and documents with macros, in which programs come along."""

DOCUMENTS = _words("""
    pdf doc docx docm dot dotx rtf odt xls xlsx xlsm xlsb csv ods ppt pptx pps ppsx odp txt log
    xml html htm mht jpg jpeg png gif bmp tif tiff svg webp heic dcm dicom hl7 hpr eml msg ics
    vcf zip rar 7z gz tar mp3 mp4 avi mov wav m4a json md tex epub xps one
""")
"""What people open without a second thought."""

PLAIN_TEXTS = _words("txt text log csv tsv xml html htm xhtml mht md json eml tex hpr hl7")
"""Names under which a script stays text: an editor or a browser opens it."""

_CLASS_ID = re.compile(r"\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}")
# Blanks of every width, the two that are letters by Unicode's table, and the no-break kinds.
_MANY_BLANKS = re.compile(r"[\s\u2800\u3164\u200b\u00ad]{8,}[^\s]{0,20}$")
_OVERRIDE, _EMBEDDINGS = "\u202e", ("\u202b", "\u2067")


def last_part(name: str) -> str:
    """The name without folders, in lower case, as Windows reads it: no dot or blank at the end."""
    return re.split(r"[/\\]", name)[-1].lower().rstrip(". \t\0")


def extensions(name: str) -> tuple[str, ...]:
    """The extensions of a name, outermost last: ``("pdf", "exe")``. Blanks do not count."""
    _, *found = last_part(name).split(".")
    return tuple(extension.strip() for extension in found)


def extension(name: str) -> str:
    """The extension that decides what opens the file, or ""."""
    found = extensions(name)
    return found[-1] if found else ""


def runs(name: str) -> bool:
    """Whether a file of this name is run, not shown, when somebody opens it."""
    last = extension(name)
    return last in RUNS or _CLASS_ID.fullmatch(last) is not None


def turns_round(name: str, *, is_program: bool) -> bool:
    """Whether characters that nobody sees turn part of the name round.

    Arabic and Hebrew names honestly have some of them; the name of a program has none.
    """
    return _OVERRIDE in name or (is_program and any(mark in name for mark in _EMBEDDINGS))


def is_padded(name: str) -> bool:
    """Whether blanks push the extension out of sight."""
    return _MANY_BLANKS.search(last_part(name)) is not None


def has_double_extension(name: str) -> bool:
    """Whether a document's extension stands before the one that runs."""
    found = extensions(name)
    return runs(name) and any(before in DOCUMENTS for before in found[-3:-1])
