"""The mailbox that becomes tickets: where it is, and what a mail of it says.

`MAIL_INBOX_URL` is `imaps://user:password@host:993/INBOX`; `imap://` is for this machine only. Answers go to the
mailbox's address with the ticket's key behind a plus sign ("help+3f2a…@shop.example").
"""

from __future__ import annotations

import hashlib
import imaplib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

from app.core import outbound
from app.core.errors import Unavailable
from app.identity.rules import typed_email
from app.notifications.channels import smtp
from app.support.tickets import parts, rules
from app.support.tickets.errors import Unreadable
from app.support.tickets.files import Sent
from app.support.tickets.quotes import without_quotes

MOST_BYTES = 30_000_000
LONGEST_READ = 60_000
"""Letters of a body that are looked at."""
_KEY = re.compile(r"\bticket\.([0-9a-f]{16})(?:\.\d+)?@")
_TAG = re.compile(r"\+([0-9a-f]{16})$")
_ROBOTS = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+.-].*)?$", re.I)
_MID = re.compile(r"<[^<>\s]{1,900}>")
_config: dict[str, str] = {}


def configure(config: Mapping[str, Any]) -> None:
    """Read MAIL_INBOX_URL and MAIL_INBOX_ADDRESS.

    Raises:
        ValueError: the address is not one of a mailbox (the password is never named).
    """
    url = config.get("MAIL_INBOX_URL") or ""
    parts = urlsplit(url)
    if url and (parts.scheme not in ("imap", "imaps") or not parts.hostname):
        raise ValueError("MAIL_INBOX_URL must look like imaps://user:password@host:993/INBOX")
    if parts.scheme == "imap" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("MAIL_INBOX_URL: without TLS only a mailbox on this machine is read")
    _config.clear()
    _config.update(url=url, address=config.get("MAIL_INBOX_ADDRESS") or "")


def is_read() -> bool:
    """True where a mailbox is named: then mails say that one may answer them."""
    return bool(_config.get("url"))


def own_address() -> str:
    """The address of the mailbox."""
    return _config.get("address") or smtp.sender_address()


def address_for(mail_key: str) -> str:
    """Where answers to a ticket go; "" where no mailbox is read."""
    if not is_read():
        return ""
    local, _at, domain = own_address().partition("@")
    return f"{local}+{mail_key}@{domain}"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail as far as tickets need it. `robot` says why no person wrote it; "" for people."""

    mail_id: str
    sender: str
    name: str
    subject: str
    text: str
    reply: str
    keys: tuple[str, ...]
    number: str | None
    language: str
    robot: str
    files: tuple[Sent, ...] = field(repr=False, default=())


def read(raw: bytes) -> Incoming:
    """Take a mail apart.

    Raises:
        Unreadable: no headers, no sender, or heavier than a mail may be.
    """
    if len(raw) > MOST_BYTES:
        raise Unreadable()
    mail = message_from_bytes(raw, policy=policy.default)
    name, address = parseaddr(_header(mail, "From"))
    sender = typed_email(address)
    if not sender:
        raise Unreadable()
    found = _MID.search(_header(mail, "Message-ID"))
    mail_id = found[0] if found else f"<{hashlib.sha256(raw).hexdigest()}@none>"
    text = rules.clean(parts.text_of(mail))[:LONGEST_READ]
    return Incoming(
        mail_id=mail_id, sender=sender, name=rules.one_line(name)[: rules.LONGEST_NAME],
        subject=rules.one_line(_header(mail, "Subject"))[: rules.LONGEST_SUBJECT] or "–",
        text=text[: rules.LONGEST_BODY - 1_000] or "–", reply=(rules.clean(without_quotes(text)) or text)[: rules.LONGEST_BODY - 1_000] or "–",
        keys=_keys(mail), number=rules.number_in(_header(mail, "Subject")),
        language=_header(mail, "Content-Language")[:2].lower(), robot=_robot(mail, sender), files=tuple(parts.files_of(mail)),
    )  # fmt: skip


def _header(mail: EmailMessage | MIMEPart, name: str) -> str:
    try:
        value = str(mail.get(name, ""))
    except (ValueError, IndexError, AttributeError, TypeError):  # headers made to hurt the parser
        return ""
    return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _keys(mail: EmailMessage) -> tuple[str, ...]:
    """Keys of tickets: in the address it was sent to, then in the mails it answers."""
    found: list[str] = []
    for header in ("Delivered-To", "X-Original-To", "To", "Cc"):
        for _name, address in getaddresses([_header(mail, header)]):
            match = _TAG.search(address.partition("@")[0].lower())
            found += [match[1]] if match else []
    for header in ("In-Reply-To", "References"):
        found += _KEY.findall(_header(mail, header).lower())
    return tuple(dict.fromkeys(found))[:10]


def _robot(mail: EmailMessage, sender: str) -> str:
    """Why a mail is from a program (RFC 3834 and what programs do in its place); "" for a person's."""
    submitted = _header(mail, "Auto-Submitted").split(";")[0].strip().lower()
    checks = {
        "own": sender == own_address().lower() or sender == smtp.sender_address().lower(),
        "auto-submitted": submitted not in ("", "no"),
        "precedence": _header(mail, "Precedence").strip().lower()
        in ("bulk", "list", "junk", "auto_reply", "auto-reply"),
        "auto-reply": any(name.lower().startswith(("x-autorepl", "x-autorespon")) for name in mail),
        "list": "List-Id" in mail or "List-Unsubscribe" in mail,
        "bounce": _header(mail, "Return-Path").strip() == "<>"
        or mail.get_content_type() == "multipart/report",
        "robot": bool(_ROBOTS.match(sender.partition("@")[0])),
    }
    return next((name for name, is_so in checks.items() if is_so), "")


# --- the mailbox ------------------------------------------------------------------------------------


@contextmanager
def opened() -> Iterator[imaplib.IMAP4]:
    """A connection to the mailbox, its folder selected.

    Raises:
        Unavailable: it does not answer, or refuses us.
    """
    parts = urlsplit(_config["url"])
    host, is_tls = parts.hostname or "", parts.scheme == "imaps"
    port = parts.port or (993 if is_tls else 143)
    outbound.allow("imap", host, port)
    kind = imaplib.IMAP4_SSL if is_tls else imaplib.IMAP4
    try:
        line = kind(host, port, timeout=outbound.TIMEOUT_SECONDS)
    except (OSError, imaplib.IMAP4.error) as trouble:
        raise Unavailable() from trouble
    try:
        line.login(unquote(parts.username or ""), unquote(parts.password or ""))
        status, _count = line.select(f'"{unquote(parts.path.strip("/")) or "INBOX"}"')
        if status != "OK":
            raise Unavailable()
        yield line
    except (OSError, imaplib.IMAP4.error) as trouble:
        raise Unavailable() from trouble
    finally:
        try:
            line.logout()
        except (OSError, imaplib.IMAP4.error):
            line.shutdown()


def unread(line: imaplib.IMAP4, most: int = 100) -> Iterator[tuple[bytes, bytes | None]]:
    """The unread mails as (uid, bytes); None for one that is too heavy to be fetched."""
    status, found = line.uid("SEARCH", "UNSEEN")
    for uid in (found[0] or b"").split()[:most] if status == "OK" else ():
        _status, sizes = line.uid("FETCH", uid.decode(), "(RFC822.SIZE)")
        size = re.search(rb"RFC822\.SIZE (\d+)", sizes[0] if sizes and isinstance(sizes[0], bytes) else b"")
        if size and int(size[1]) > MOST_BYTES:
            yield uid, None
            continue
        _status, parts = line.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
        raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if raw is not None:
            yield uid, raw


def mark_read(line: imaplib.IMAP4, uid: bytes) -> None:
    """Note in the mailbox that a mail was taken."""
    line.uid("STORE", uid.decode(), "+FLAGS", "(\\Seen)")
