"""Mail by SMTP, set up by one address: `smtp://user:password@host:587?starttls=required`.

`smtps://` speaks TLS from the first byte; with `smtp://` STARTTLS is used when the server offers it
(`starttls=auto`), always (`required`) or never (`off`). `cafile=` names a certificate authority of
one's own. A password is never sent over an open line to another machine.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from app.core import outbound
from app.core.errors import Unavailable
from app.notifications.attachments import File
from app.notifications.errors import Permanent, Temporary
from app.notifications.models import Message

STARTTLS = ("auto", "required", "off")
SWITCHED_ON = ("1", "yes", "true")


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over, and in whose name."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False
    starttls: str = "auto"
    cafile: str | None = None

    @classmethod
    def parse(cls, url: str) -> Server:
        """Read MAIL_URL.

        Raises:
            ValueError: naming what is wrong with it (never the password).
        """
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("MAIL_URL must look like smtp://user:password@host:port or smtps://…")
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        starttls = options.get("starttls", "required" if options.get("tls") in SWITCHED_ON else "auto")
        if starttls not in STARTTLS:
            raise ValueError("MAIL_URL: starttls must be auto, required or off")
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 587),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=tls,
            starttls=starttls,
            cafile=options.get("cafile"),
        )

    @property
    def is_here(self) -> bool:
        """True for a server on this very machine."""
        return self.host in ("localhost", "127.0.0.1", "::1")


_server: list[Server] = []
_sender: list[str] = ["Comptoir <shop@comptoir.example>"]


def configure(config: Mapping[str, Any]) -> None:
    """Read MAIL_URL and MAIL_FROM from the deployment's settings."""
    url = config.get("MAIL_URL")
    _server[:] = [Server.parse(url)] if url else []
    _sender[:] = [config.get("MAIL_FROM") or _sender[0]]


def is_configured() -> bool:
    """False while mails are only kept in the shop's own outbox."""
    return bool(_server)


def sender_address() -> str:
    """The address in whose name mails are sent."""
    return parseaddr(_sender[0])[1]


def message_domain() -> str:
    """The domain in our Message-IDs: that of the sender's address."""
    return sender_address().rpartition("@")[2] or "localhost"


def compose(message: Message, files: Sequence[File] = ()) -> EmailMessage:
    """The message as it goes over the wire: text and HTML, attachments, a stable Message-ID.

    The policy refuses a line break in any header; names and subjects are encoded by it.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _sender[0]
    mail["To"] = message.recipient
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    if message.reply_to:
        mail["Reply-To"] = message.reply_to
    if message.thread:  # RFC 5322: mail readers put those that name the same one together
        mail["In-Reply-To"] = mail["References"] = message.thread
    if message.unsubscribe_url:  # RFC 2369 and RFC 8058: the mail reader's own button, one click
        mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    for file in files:
        main, _, sub = file.content_type.partition("/")
        mail.add_attachment(file.data, maintype=main, subtype=sub or "octet-stream", filename=file.filename)
    mail["Content-Language"] = message.language  # last: setting the content clears headers of this kind
    return mail


def send(message: Message, files: Sequence[File] = ()) -> None:
    """Hand one message to the server, with the files that go with it.

    Raises:
        Temporary: no connection, a time-out or a 4xx answer; worth trying again.
        Permanent: a 5xx answer, or a server that cannot do what the set-up demands.
    """
    server = _server[0]
    try:
        outbound.allow("mail", server.host, server.port)
        with _connect(server) as line:
            line.send_message(compose(message, files))
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        raise _refusal(code, text) from refused
    except smtplib.SMTPResponseException as refused:
        raise _refusal(refused.smtp_code, refused.smtp_error) from refused
    except smtplib.SMTPNotSupportedError as refused:
        raise Permanent(str(refused)) from refused
    except (smtplib.SMTPException, OSError, Unavailable) as trouble:
        raise Temporary(f"{type(trouble).__name__}: {trouble}") from trouble


def _refusal(code: int, text: bytes | str) -> Temporary | Permanent:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return (Permanent if 500 <= code < 600 else Temporary)(f"{code} {words}")


def _connect(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=server.cafile)
    if server.tls:
        line: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=outbound.TIMEOUT_SECONDS, context=context
        )
        safe = True
    else:
        line = smtplib.SMTP(server.host, server.port, timeout=outbound.TIMEOUT_SECONDS)
        line.ehlo()
        safe = server.starttls != "off" and line.has_extn("starttls")
        if safe:
            line.starttls(context=context)
            line.ehlo()
        elif server.starttls == "required":
            line.close()
            raise Permanent("the mail server does not offer STARTTLS")
    if server.user:
        if not safe and not server.is_here:
            line.close()
            raise Permanent("no password is sent over an open line: the server offers no TLS")
        line.login(server.user, server.password)
    return line
