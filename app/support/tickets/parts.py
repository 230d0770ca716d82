"""The parts of a mail: the words somebody wrote, wherever their program put them, and the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from html import unescape

from app.search.rules import plain_text
from app.support.tickets.files import Sent

WORDS = ("text/plain", "text/html")
DEEPEST = 20
"""How far parts may lie in parts."""
_LATIN = ("iso-8859-1", "latin-1", "latin1")
"""What mail programs call these, and mean Windows' own set, which holds the same letters and € and ’ (as browsers do)."""
_UNSEEN = re.compile(r"(?is)<(style|script|title)\b.*?</\1>|<!--.*?-->")
_BREAK = re.compile(r"(?i)<br[^>]*>|</(?:p|div|tr|li|h\d|blockquote)>")


def text_of(mail: EmailMessage) -> str:
    """The words of a mail: of each choice the plain ones, if there are any; those below a picture in the text as well."""
    return _text(mail, DEEPEST)


def _text(part: Message, depth: int) -> str:
    if part.is_multipart():
        if not depth or part.get_content_maintype() != "multipart":  # a mail that was attached is a file
            return ""
        inner = (_text(one, depth - 1) for one in part.get_payload() if isinstance(one, Message))
        found = [text for text in inner if text.strip()]
        return found[0] if found and part.get_content_subtype() == "alternative" else "\n\n".join(found)
    if part.get_content_type() not in WORDS or is_file(part):
        return ""
    words = _decoded(part)
    return words if part.get_content_type() == "text/plain" else _without_tags(words)


def _without_tags(html: str) -> str:
    lines = unescape(plain_text(_BREAK.sub("\n", _UNSEEN.sub("", html[:500_000])))).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines)


def _decoded(part: Message) -> str:
    """The text of a part: in the character set it names, else in UTF-8, else as Windows writes in Western Europe."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    named = part.get_content_charset("utf-8")
    for charset in ("cp1252" if named in _LATIN else named, "utf-8", "cp1252"):
        try:
            return raw.decode(charset)
        except (LookupError, ValueError):
            continue
    return raw.decode("utf-8", "replace")


def name_of(part: Message) -> str:
    """The name a file came with; "" without one."""
    try:
        name = str(part.get_filename("") or "")
    except (ValueError, TypeError, AttributeError, LookupError):  # made to hurt the parser
        name = "file"
    return name.encode("utf-8", "replace").decode().replace("\x00", "")


def is_file(part: Message) -> bool:
    """Whether a part is sent as a file: called one, or anything but words with a name or a place among them, or a picture."""
    if part.get_content_type() in WORDS:
        return part.get_content_disposition() == "attachment"
    is_named = part.get_content_disposition() in ("attachment", "inline") or bool(name_of(part))
    return is_named or part.get_content_maintype() == "image"


def files_of(mail: EmailMessage) -> Iterator[Sent]:
    """The files of a mail, those of mails attached to it as well; an attached mail itself without its content."""
    for part in mail.walk():
        if part.get_content_maintype() == "message" and part is not mail:
            yield Sent(name_of(part) or "message.eml", b"")
        elif not part.is_multipart() and is_file(part):
            data = part.get_payload(decode=True)
            if isinstance(data, bytes) and data:
                yield Sent(name_of(part) or "file", data)
