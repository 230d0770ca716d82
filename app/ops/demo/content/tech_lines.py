"""Things with a plug or a battery."""

from __future__ import annotations

from app.ops.demo.content.lines import add_line

add_line(
    "headphones", "tech/audio/headphones", "audio",
    ("Headphones", "Casques", "Hoofdtelefoons", "Kopfhörer", "Auriculares de diadema"),
    ("headphones", "Casque", "Hoofdtelefoon", "Kopfhörer", "Auriculares"),
    ("Closed, quiet, and light enough to forget during a long flight.",
     "Fermé, silencieux, et assez léger pour l'oublier pendant un long vol.",
     "Gesloten, stil en licht genoeg om te vergeten tijdens een lange vlucht.",
     "Geschlossen, leise und leicht genug, um sie auf einem langen Flug zu vergessen.",
     "Cerrados, silenciosos y tan ligeros que se olvidan en un vuelo largo."),
    "recycled anodised", "device", (129, 429), (220, 320),
)  # fmt: skip
add_line(
    "earbuds", "tech/audio/earbuds", "audio",
    ("Earbuds", "Écouteurs", "Oordopjes", "Ohrhörer", "Auriculares de botón"),
    ("earbuds", "Écouteurs", "Oordopjes", "Ohrhörer", "Auriculares de botón"),
    ("Three sizes of tips, thirty hours with the case, one button that does what you think.",
     "Trois tailles d'embouts, trente heures avec l'étui, un bouton qui fait ce qu'on croit.",
     "Drie maten dopjes, dertig uur met het etui, één knop die doet wat je denkt.",
     "Drei Größen Aufsätze, dreißig Stunden mit Etui, eine Taste, die tut, was man denkt.",
     "Tres tallas de almohadillas, treinta horas con el estuche, un botón que hace lo que uno cree."),
    "recycled", "device", (69, 229), (50, 70),
)  # fmt: skip
add_line(
    "speaker", "tech/audio/speakers", "audio",
    ("Speakers", "Enceintes", "Luidsprekers", "Lautsprecher", "Altavoces"),
    ("speaker", "Enceinte", "Luidspreker", "Lautsprecher", "Altavoz"),
    ("It fills a room with voices that sound as if they had just come in.",
     "Elle remplit la pièce de voix qui semblent venir d'entrer.",
     "Hij vult een kamer met stemmen alsof ze net zijn binnengekomen.",
     "Er füllt einen Raum mit Stimmen, als wären sie eben hereingekommen.",
     "Llena la habitación de voces que parecen acabar de entrar."),
    "walnut oak recycled", "device", (99, 690), (900, 5400),
)  # fmt: skip
add_line(
    "laptop", "tech/desk/laptops", "computing",
    ("Laptops", "Ordinateurs portables", "Laptops", "Laptops", "Portátiles"),
    ("laptop", "Ordinateur portable", "Laptop", "Laptop", "Portátil"),
    ("Fanless, repairable, and bright enough for a table outside.",
     "Sans ventilateur, réparable, et assez lumineux pour une table dehors.",
     "Zonder ventilator, repareerbaar en helder genoeg voor een tafel buiten.",
     "Lüfterlos, reparierbar und hell genug für einen Tisch im Freien.",
     "Sin ventilador, reparable y bastante brillante para una mesa al aire libre."),
    "anodised", "device", (899, 2190), (1100, 1900),
)  # fmt: skip
add_line(
    "monitor", "tech/desk/monitors", "computing",
    ("Monitors", "Écrans", "Monitoren", "Monitore", "Monitores"),
    ("monitor", "Écran", "Monitor", "Monitor", "Monitor"),
    ("One cable for picture and power, and a stand that moves with one finger.",
     "Un seul câble pour l'image et le courant, et un pied qu'un doigt déplace.",
     "Eén kabel voor beeld en stroom, en een voet die met één vinger beweegt.",
     "Ein Kabel für Bild und Strom und ein Fuß, der sich mit einem Finger bewegt.",
     "Un solo cable para imagen y corriente y un pie que se mueve con un dedo."),
    "anodised recycled", "device", (249, 1290), (4200, 8800),
)  # fmt: skip
add_line(
    "keyboard", "tech/desk/keyboards", "computing",
    ("Keyboards", "Claviers", "Toetsenborden", "Tastaturen", "Teclados"),
    ("keyboard", "Clavier", "Toetsenbord", "Tastatur", "Teclado"),
    ("Soft mechanical keys that a colleague across the table will forgive.",
     "Des touches mécaniques douces, que le collègue d'en face pardonne.",
     "Zachte mechanische toetsen die een collega aan de overkant vergeeft.",
     "Weiche mechanische Tasten, die der Kollege gegenüber verzeiht.",
     "Teclas mecánicas suaves que el colega de enfrente perdona."),
    "anodised recycled", "device", (79, 249), (500, 1200),
)  # fmt: skip
add_line(
    "mouse", "tech/desk/mice", "computing",
    ("Mice", "Souris", "Muizen", "Mäuse", "Ratones"),
    ("mouse", "Souris", "Muis", "Maus", "Ratón"),
    ("Shaped for either hand and quiet at every click.",
     "Dessinée pour les deux mains et silencieuse à chaque clic.",
     "Gevormd voor beide handen en stil bij elke klik.",
     "Für beide Hände geformt und bei jedem Klick leise.",
     "Hecho para ambas manos y silencioso en cada clic."),
    "recycled anodised", "device", (29, 119), (80, 140),
)  # fmt: skip
add_line(
    "tablet", "tech/mobile/tablets", "computing",
    ("Tablets", "Tablettes", "Tablets", "Tablets", "Tabletas"),
    ("tablet", "Tablette", "Tablet", "Tablet", "Tableta"),
    ("For drawing, reading and the recipe on the kitchen shelf.",
     "Pour dessiner, lire et garder la recette sur l'étagère de la cuisine.",
     "Om te tekenen, te lezen en voor het recept op de keukenplank.",
     "Zum Zeichnen, Lesen und für das Rezept auf dem Küchenregal.",
     "Para dibujar, leer y tener la receta en el estante de la cocina."),
    "anodised", "device", (349, 1090), (420, 640),
)  # fmt: skip
add_line(
    "phone_case", "tech/mobile/phone-cases", "mobile",
    ("Phone cases", "Coques", "Telefoonhoesjes", "Handyhüllen", "Fundas"),
    ("phone case", "Coque", "Telefoonhoesje", "Handyhülle", "Funda"),
    ("A raised edge for the fall and a soft lining for the pocket.",
     "Un bord relevé pour la chute et une doublure douce pour la poche.",
     "Een verhoogde rand voor de val en een zachte voering voor de zak.",
     "Ein erhöhter Rand für den Sturz und ein weiches Futter für die Tasche.",
     "Un borde elevado para la caída y un forro suave para el bolsillo."),
    "recycled leather", "wear", (19, 69), (30, 60),
)  # fmt: skip
add_line(
    "charger", "tech/mobile/chargers", "mobile",
    ("Chargers", "Chargeurs", "Laders", "Ladegeräte", "Cargadores"),
    ("charger", "Chargeur", "Lader", "Ladegerät", "Cargador"),
    ("Put the telephone down and it charges; pick it up and nothing hangs from it.",
     "Posez le téléphone, il charge ; reprenez-le, rien n'y pend.",
     "Leg de telefoon neer en hij laadt; pak hem op en er hangt niets aan.",
     "Telefon hinlegen, es lädt; hochnehmen, nichts hängt daran.",
     "Se deja el teléfono y carga; se coge y no cuelga nada de él."),
    "anodised recycled oak", "device", (25, 99), (90, 240),
)  # fmt: skip
