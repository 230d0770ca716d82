"""What customers and the shop said to each other in the demo: language, stars, lines. "c" is the customer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TalkSpec:
    """One conversation. `stars` 0: not ended. `label` is the desk's."""

    language: str
    page: str
    label: str
    stars: int
    lines: tuple[tuple[str, str], ...]


TALKS = (
    TalkSpec("en", "/", "delivery", 5, (
        ("c", "Hello, my parcel should have come yesterday. Can you see where it is?"),
        ("a", "Good morning! I am looking it up for you."),
        ("a", "It is in the depot of your town and comes today before 17:00."),
        ("c", "Perfect, thank you for the quick answer."),
        ("a", "With pleasure. Is there anything else?"),
        ("c", "No, that was all."),
    )),
    TalkSpec("fr", "/fr/", "produit", 4, (
        ("c", "Bonjour, est-ce que cette lampe existe aussi en laiton ?"),
        ("a", "Bonjour ! Pas encore, mais la version en laiton arrive au printemps."),
        ("c", "Dommage. Je peux être prévenue ?"),
        ("a", "Oui, cochez « Me prévenir » sur la page du produit et vous recevrez un message."),
        ("c", "Très bien, merci."),
    )),
    TalkSpec("nl", "/nl/", "retour", 5, (
        ("c", "Dag, ik wil een stoel terugsturen. Hoe werkt dat?"),
        ("a", "Dag! Dat kan binnen 30 dagen. Ik stuur u het retourlabel per mail."),
        ("c", "Moet ik de verpakking nog hebben?"),
        ("a", "Liefst wel, maar een andere stevige doos is ook goed."),
        ("c", "Duidelijk, bedankt!"),
    )),
    TalkSpec("de", "/de/", "rechnung", 3, (
        ("c", "Guten Tag, auf meiner Rechnung fehlt die USt-IdNr."),
        ("a", "Guten Tag! Wie lautet die Nummer, die wir ergänzen dürfen?"),
        ("c", "Ich melde mich gleich wieder."),
        ("a", "Gern. Dieses Fenster bleibt für Sie offen."),
    )),
    TalkSpec("es", "/es/", "pago", 0, (
        ("c", "Hola, ¿puedo pagar por transferencia bancaria?"),
        ("a", "¡Hola! Sí, elige «Transferencia» al pagar. Enviamos en cuanto recibimos el importe."),
        ("c", "¿Cuánto suele tardar?"),
        ("a", "Normalmente un día laborable. Te avisamos en cuanto llegue."),
    )),
    TalkSpec("en", "/", "", 0, (
        ("c", "Hi! Which of the two desk lamps is brighter?"),
    )),
)  # fmt: skip

CANNED = (
    ("hello", "Greeting", "en", "Hello {customer}, this is {agent} of {shop}. How can I help you?"),
    ("moment", "One moment", "en", "One moment please, I am looking it up for you."),
    ("order", "About the last order", "en", "I have your order {order} in front of me."),
    ("bonjour", "Accueil", "fr", "Bonjour {customer}, ici {agent} de {shop}. Que puis-je faire pour vous ?"),
    ("dag", "Begroeting", "nl", "Dag {customer}, u spreekt met {agent} van {shop}. Waarmee kan ik u helpen?"),
    (
        "hallo",
        "Begrüßung",
        "de",
        "Guten Tag {customer}, hier ist {agent} von {shop}. Was kann ich für Sie tun?",
    ),
    ("hola", "Saludo", "es", "Hola {customer}, soy {agent} de {shop}. ¿En qué puedo ayudarle?"),
)
"""Replies kept ready: shortcut, title, language, text."""
