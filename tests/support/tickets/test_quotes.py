"""What mail programs repeat, as they write it in five languages; and words of people that only look like it."""

from __future__ import annotations

import time

import pytest

from app.support.tickets.quotes import without_quotes

QUOTE = "\n\n> Which bulb?\n> Sofie\n"
BELOW = "\n\nWhich bulb?\nSofie\n"
HELP = "Shop <help@shop.example>"
ANNOUNCED = [
    f"On Mon, Nov 16, 2026 at 10:12 AM {HELP} wrote:", f"On Mon, 16 Nov 2026 at 10:12, Shop of lamps <\n{HELP[6:-1]}> wrote:",
    "On 16/11/2026 10:12, Shop wrote:", f"Le lun. 16 nov. 2026 à 10:12, {HELP} a écrit\xa0:",
    f"Le lun. 16 nov. 2026 à 10:12, Shop <\n{HELP[6:-1]}> a écrit :", "Le 16/11/2026 à 10:12, Shop a écrit :",
    f"Op ma 16 nov 2026 om 10:12 schreef {HELP}:", f"Op ma 16 nov 2026 om 10:12 schreef Shop <\n{HELP[6:-1]}>:",
    "Op 16-11-2026 om 10:12 schreef Shop:", f"Op 16 nov 2026, om 10:12 heeft {HELP} het volgende geschreven:",
    f"Am Mo., 16. Nov. 2026 um 10:12 Uhr schrieb {HELP}:", f"{HELP} schrieb am Mo., 16. Nov. 2026, 10:12:",
    f"El lun, 16 nov 2026 a las 10:12, Shop (<{HELP[6:-1]}>) escribió:", "El 16/11/2026 a las 10:12, Shop escribió:",
]  # fmt: skip
OUTLOOK = {
    "en": ("From", "Sent", "To", "Subject", "Original Message"),
    "fr": ("De", "Envoyé", "À", "Objet", "Message d'origine"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp", "Oorspronkelijk bericht"),
    "de": ("Von", "Gesendet", "An", "Betreff", "Ursprüngliche Nachricht"),
    "es": ("De", "Enviado el", "Para", "Asunto", "Mensaje original"),
}


@pytest.mark.parametrize("words", ANNOUNCED)
@pytest.mark.parametrize("quote", [QUOTE, BELOW])
def test_what_a_program_announces_is_left_out(words: str, quote: str) -> None:
    assert without_quotes(f"The small one.\n\n{words}{quote}") == "The small one."


@pytest.mark.parametrize("words", ANNOUNCED)
def test_an_answer_below_the_quote_stays(words: str) -> None:
    assert without_quotes(f"{words}{QUOTE}\nThe small one.") == "The small one."
    both = without_quotes(f"Hello,\n\n{words}{QUOTE}\nThe small one.")
    assert both.split() == ["Hello,", "The", "small", "one."]


@pytest.mark.parametrize("language", OUTLOOK)
@pytest.mark.parametrize("colon", [":", " :", "\xa0:"])
@pytest.mark.parametrize("above", ["", "________________________________\n", "-----{}-----\n"])
def test_the_block_of_outlook_is_left_out(language: str, colon: str, above: str) -> None:
    *labels, rule = OUTLOOK[language]
    values = (HELP, "16 November 2026 10:12", "Gwen <gwen@people.example>", "Re: Lamp")
    block = "\n".join(f"{label}{colon} {value}" for label, value in zip(labels, values, strict=True))
    assert without_quotes(f"The small one.\n\n{above.format(rule)}{block}\n\nWhich bulb?") == "The small one."


@pytest.mark.parametrize(
    "own",
    [
        "Please send it\nFrom: Ghent\nTo: Antwerp\nbefore Friday.", "Ik verhuis\nVan: Gent\nAan: Antwerpen\nDatum: 3 mei\nKan dat?",
        "On Monday I wrote: the lamp is broken.\nPlease help.", "Le 12, le livreur a écrit : absent.\nQue faire ?",
        "Am 12.11. schrieb Ihr Kollege:\nWir liefern am Montag.", "We need\n> 5 lamps\nof the small ones.",
        "> Which bulb?\nThe small one.\n> And the colour?\nBlue.", "a" * 3_000,
    ],
)  # fmt: skip
def test_peoples_own_words_stay(own: str) -> None:
    assert without_quotes(own) == own


@pytest.mark.parametrize(
    "line", ["on 10:12 ", "schreef op 10:12 ", "@", ">", "el 10:12 escribió ", "-", "\n", "de: "]
)
def test_no_text_makes_it_slow(line: str) -> None:
    began = time.process_time()
    for length in (390, 60_000):
        without_quotes(((line * (length // len(line))) + ":\n") * (60_000 // length))
    assert time.process_time() - began < 2
