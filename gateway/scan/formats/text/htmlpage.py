"""What a page does, by its tags: scripts, forms, frames, links, and where it sends its reader."""

import re
from dataclasses import dataclass, field

from gateway.scan.formats.text import markup
from gateway.scan.formats.text.markup import Tag

_REFRESH = re.compile(r"(?i)url\s*=\s*['\"]?\s*([^'\"\s>]+)")
_FRAMES = {"iframe": "src", "frame": "src", "embed": "src", "object": "data", "applet": "code"}
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d{1,5}\)([^\s]{1,500})")
_DOWNLOADS = frozenset({"a", "area"})
_OBJECT_WORDS = ("classid", "codebase", "data", "archive")


@dataclass(slots=True)
class Form:
    """Where it posts to, and what it asks for."""

    action: str = ""
    asks_password: bool = False
    fields: int = 0


@dataclass(slots=True)
class Page:
    """All that a page does by itself or when it is clicked."""

    scripts: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    """Where scripts are fetched from."""
    handlers: list[tuple[str, str]] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    refreshes: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    downloads: list[tuple[str, str]] = field(default_factory=list)
    """Name and address of links that save a file."""
    objects: list[str] = field(default_factory=list)
    """Attributes and parameters of objects, in one string each."""
    templates: list[str] = field(default_factory=list)
    """Where Word takes its template from, if it opens the page: macros come with it."""
    saved_from: str = ""
    """The address that a browser notes when it saves a page."""
    title: str = ""
    stray: Form = field(default_factory=Form)
    """Fields outside of every form."""


def read(text: str) -> Page:
    """Gather what the tags of ``text`` say."""
    page = Page()
    saved = _SAVED_FROM.search(text, 0, 4096)
    page.saved_from = saved[1] if saved else ""
    form = page.stray
    for tag in markup.tags(text):
        if tag.name == "form":
            form = page.stray if tag.is_end else Form(tag.attributes.get("action", "").strip())
            if not tag.is_end:
                page.forms.append(form)
        elif not tag.is_end:
            _take(page, form, tag)
    return page


def _take(page: Page, form: Form, tag: Tag) -> None:
    attributes = tag.attributes
    page.handlers += [
        (name, value) for name, value in attributes.items() if name.startswith("on") and value
    ]
    match tag.name:
        case "script":
            page.scripts.append(tag.body)
            page.sources += _texts(attributes, "src")
        case "input" | "button" | "select" | "textarea":
            form.fields += 1
            form.asks_password |= attributes.get("type", "").strip().lower() == "password"
            # A button may send the form elsewhere than the form says.
            form.action = attributes.get("formaction", form.action)
        case "meta":
            if attributes.get("http-equiv", "").strip().lower() == "refresh":
                page.refreshes += _REFRESH.findall(attributes.get("content", ""))
        case "title":
            page.title = page.title or tag.body.strip()
        case "img" | "image":
            page.images += _texts(attributes, "src") + _texts(attributes, "href")
        case "attachedtemplate":
            page.templates += _texts(attributes, "href")
        case "param":
            page.objects.append(" ".join(map(str.strip, attributes.values())))
        case _:
            _take_link(page, tag)


def _take_link(page: Page, tag: Tag) -> None:
    attributes = tag.attributes
    if tag.name in _FRAMES:
        page.frames += _texts(attributes, _FRAMES[tag.name])
        page.scripts += _texts(attributes, "srcdoc")
        page.objects += [" ".join(_texts(attributes, *_OBJECT_WORDS))]
    if tag.name in _DOWNLOADS and "download" in attributes:
        page.downloads.append((attributes["download"], attributes.get("href", "")))
    if tag.name in _DOWNLOADS:
        page.links += _texts(attributes, "href")


def _texts(attributes: dict[str, str], *names: str) -> list[str]:
    found = (attributes.get(name, attributes.get(f"xlink:{name}", "")) for name in names)
    return [text.strip() for text in found if text.strip()]
