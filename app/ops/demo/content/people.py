"""Invented customers: names and addresses of the right form for their country, at reserved domains."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from app.ops.demo.content.values import CustomerSpec

_FIRST = {
    "fr": ("Camille", "Louis", "Inès", "Hugo", "Manon", "Théo", "Chloé", "Adam", "Zoé", "Nathan"),
    "nl": ("Emma", "Lucas", "Marie", "Arthur", "Julie", "Liam", "Nora", "Finn", "Lotte", "Wout"),
    "de": ("Hannah", "Leon", "Mia", "Paul", "Lena", "Jonas", "Clara", "Felix", "Greta", "Emil"),
    "es": ("Lucía", "Mateo", "Carmen", "Diego", "Elena", "Pablo", "Alba", "Hugo", "Irene", "Marcos"),
    "en": ("Olivia", "Jack", "Amelia", "Noah", "Isla", "Oscar", "Ella", "Henry", "Ruby", "Leo"),
}
_LAST = {
    "fr": ("Lambert", "Dubois", "Moreau", "Simon", "Laurent", "Renard", "Girard", "Colin"),
    "nl": ("Peeters", "Janssens", "Maes", "Claes", "Willems", "De Smet", "Bakker", "Visser"),
    "de": ("Weber", "Wagner", "Becker", "Hoffmann", "Koch", "Richter", "Klein", "Wolf"),
    "es": ("García", "Romero", "Navarro", "Ortega", "Molina", "Vidal", "Campos", "Ramos"),
    "en": ("Walker", "Hughes", "Bennett", "Foster", "Murray", "Palmer", "Reid", "Shaw"),
}
_PLACES = (
    ("BE", "fr", "EUR", "Rue des Tanneurs {n}", "1000", "Bruxelles", "+3224610{p:03d}"),
    ("BE", "nl", "EUR", "Korenmarkt {n}", "9000", "Gent", "+3292400{p:03d}"),
    ("BE", "nl", "EUR", "Nationalestraat {n}", "2000", "Antwerpen", "+3232300{p:03d}"),
    ("BE", "fr", "EUR", "Rue Neuve {n}", "4000", "Liège", "+3242200{p:03d}"),
    ("BE", "nl", "EUR", "Bondgenotenlaan {n}", "3000", "Leuven", "+3216200{p:03d}"),
    ("NL", "nl", "EUR", "Prinsengracht {n}", "1015 DV", "Amsterdam", "+3120624{p:04d}"),
    ("FR", "fr", "EUR", "{n} rue de la Charité", "69002", "Lyon", "+3347800{p:04d}"),
    ("FR", "fr", "EUR", "{n} rue Oberkampf", "75011", "Paris", "+3314805{p:04d}"),
    ("DE", "de", "EUR", "Lindenstraße {n}", "10969", "Berlin", "+4930250{p:05d}"),
    ("DE", "de", "EUR", "Venloer Straße {n}", "50672", "Köln", "+49221510{p:05d}"),
    ("ES", "es", "EUR", "Calle de Alcalá {n}", "28014", "Madrid", "+3491521{p:04d}"),
    ("GB", "en", "GBP", "{n} Great Victoria Street", "BT2 7BA", "Belfast", "+442890{p:06d}"),
    ("US", "en", "USD", "{n} Mercer Street", "10012", "New York", "+1212226{p:04d}"),
)


def customers(count: int) -> Iterator[CustomerSpec]:
    """`count` customers; the same number gives the same person."""
    for number in range(count):
        dice = Random(f"customer:{number}")
        country, language, currency, street, postcode, city, phone = dice.choice(_PLACES)
        first, last = dice.choice(_FIRST[language]), dice.choice(_LAST[language])
        yield CustomerSpec(
            email=f"shopper{number + 1}@customers.example",
            first_name=first,
            last_name=last,
            language=language,
            currency=currency,
            company="",
            line1=street.format(n=dice.randrange(1, 140)),
            line2="",
            postcode=postcode,
            city=city,
            country=country,
            phone=phone.format(p=dice.randrange(100, 999)),
        )
