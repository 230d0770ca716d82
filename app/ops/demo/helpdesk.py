"""Help pages and tickets of the demo, through the operations that real ones use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import outbox
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.identity.models import User
from app.ops.demo.content.help import ARTICLES, SHELVES
from app.orders.models import Order
from app.support.help import operations as help_pages
from app.support.help.models import HelpArticle
from app.support.tickets import operations
from app.support.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class TicketSpec:
    """A question of the demo. `then` is the state after the answer; without an answer it is new."""

    language: str
    subject: str
    body: str
    answer: str = ""
    then: str = "waiting"
    priority: str = "normal"
    hours_ago: int = 5
    labels: str = ""
    note: str = ""


TICKETS = (
    TicketSpec("en", "The shade has a dent", "Hello, the lamp arrived today and its shade has a dent on one side. Can I get a new shade?",
               priority="high", hours_ago=2, labels="damage"),
    TicketSpec("nl", "Andere maat?", "Dag, de trui is te klein. Kan ik ze ruilen voor een maat groter?", hours_ago=4, labels="exchange"),
    TicketSpec("fr", "Facture au nom de ma société", "Bonjour, pouvez-vous refaire la facture au nom de Studio Verne SRL ? Merci.",
               "Bonjour, bien sûr. Quel est le numéro de TVA de la société ?", hours_ago=30, labels="invoice"),
    TicketSpec("de", "Paket liegt bei der Nachbarin", "Laut Sendungsverfolgung zugestellt, aber hier ist nichts angekommen.",
               "Guten Tag, der Paketdienst sagt: bei der Nachbarin im ersten Stock. Haben Sie dort schon gefragt?", hours_ago=50,
               note="Asked the carrier for the signature."),
    TicketSpec("en", "Care of the oak table", "Which oil do you recommend for the oak table, and how often?",
               "Hello, a thin coat of hard wax oil once a year is enough. Let it dry for a day before you use the table.", "solved", hours_ago=90),
    TicketSpec("es", "¿Cuándo vuelve la silla?", "La silla que quiero está agotada. ¿Saben cuándo vuelve?",
               "Hola, esperamos la próxima entrega en dos semanas. Te avisamos por correo.", "solved", hours_ago=120, labels="stock"),
    TicketSpec("en", "Two of my order’s plates are missing", "I ordered six plates and found four in the parcel.",
               "We are sorry. The two plates left today, at no cost.", "open", "high", hours_ago=26, labels="missing",
               note="Two plates booked from stock, parcel tomorrow."),
    TicketSpec("nl", "Bedankt!", "De kast staat prachtig. Dank voor de snelle hulp gisteren.", "Graag gedaan, veel plezier ermee!", "solved",
               "low", hours_ago=70),
    TicketSpec("fr", "Livraison un samedi", "Est-il possible d’être livré un samedi matin à Namur ?", hours_ago=1),
    TicketSpec("de", "Rückgabe eines Geschenks", "Kann ich ein Geschenk zurückgeben, ohne dass die Schenkende es erfährt?",
               "Ja. Schicken Sie uns die Nummer auf dem Lieferschein, dann schreiben wir nur Ihnen.", hours_ago=20, labels="returns"),
)  # fmt: skip


def help_articles(session: Session) -> None:
    """The shelves and articles of help in five languages; nothing where there are articles already."""
    if session.scalar(select(func.count()).select_from(HelpArticle)):
        return
    with unit_of_work(session):
        shelves = {}
        for place, (slug, names) in enumerate(SHELVES, 1):
            translations = {code: {"title": name} for code, name in names.items() if code != "en"}
            made = help_pages.save_category(
                session,
                slug=slug,
                title=names["en"],
                position=place * 10,
                translations=translations,
                actor=SYSTEM,
            )
            shelves[slug] = made.id
        for place, (slug, shelf, texts) in enumerate(ARTICLES, 1):
            title, summary, body = texts["en"]
            others = {
                code: dict(zip(("title", "summary", "body"), words, strict=True))
                for code, words in texts.items()
                if code != "en"
            }
            help_pages.save_article(
                session, slug=slug, category_id=shelves[shelf], state="published", position=place * 10, title=title,
                summary=summary, body=body, translations=others, actor=SYSTEM,
            )  # fmt: skip


def tickets(session: Session) -> None:
    """Questions of customers in every state; nothing where there are tickets already."""
    if session.scalar(select(func.count()).select_from(Ticket)):
        return
    agent = session.scalar(select(User).where(User.username == "support@comptoir.example"))
    query = select(User).where(User.is_staff.is_(False), User.active.is_(True)).order_by(User.id)
    askers = session.scalars(query.limit(len(TICKETS))).all()
    if agent is None or not askers:
        return
    for place, spec in enumerate(TICKETS):
        with outbox.quietly(session), unit_of_work(session):
            _ticket(session, spec, askers[place % len(askers)], Actor("staff", agent.id, agent.email))


def _ticket(session: Session, spec: TicketSpec, asker: User, agent: Actor) -> None:
    at = utcnow() - timedelta(hours=spec.hours_ago)
    number = session.scalar(
        select(Order.number).where(Order.user_id == asker.id).order_by(Order.id.desc()).limit(1)
    )
    made = operations.open_ticket(
        session, subject=spec.subject, body=spec.body, email=asker.email, name=asker.name[:100], language=spec.language,
        channel="web", user_id=asker.id, order_number=number or "", priority=spec.priority,
        actor=Actor("customer", asker.id, asker.email), at=at,
    )  # fmt: skip
    if spec.labels:
        operations.label(session, ticket_id=made.id, labels=spec.labels, actor=agent)
    if spec.answer:
        after = at + timedelta(minutes=min(spec.hours_ago * 30, 150))
        operations.answer(session, ticket_id=made.id, body=spec.answer, actor=agent, then=spec.then, at=after)
    if spec.note:
        operations.note(session, ticket_id=made.id, body=spec.note, actor=agent)
