"""What the demo's customers think: written by us, true of most things one can put into a house or wear."""

from __future__ import annotations

from app.ops.demo.content.language import Text, five
from app.ops.demo.content.values import ReviewSpec

_WORDS: dict[str, tuple[tuple[int, str, str], ...]] = {
    "en": (
        (5, "Even nicer than in the pictures", "I hesitated over the price for weeks. It arrived well packed, and the first thing my sister asked was where I had found it."),
        (5, "Made to last", "You feel the difference as soon as you hold it. After two months of daily use it still looks new."),
        (5, "Exactly what I was looking for", "The colour is as shown and the size given on the page is right. Delivered two days earlier than promised."),
        (5, "A present that landed well", "Bought for my father, who never likes anything. He uses it every day.\n\nI will be back for one of my own."),
        (5, "", "Simple, well thought out, no fuss. Would buy again."),
        (4, "Very good, with one small but", "Quality and finish are excellent. I only wish the box had come with a little less plastic."),
        (4, "Happy with it", "Does what it should and looks good doing it. A touch smaller than I had imagined, so do read the measurements."),
        (4, "Good value", "Not cheap, but you can see where the money went. Delivery took four days."),
        (4, "", "Lovely material. The colour is slightly warmer in daylight than on my screen."),
        (3, "Fine, no more", "Nothing wrong with it, but I expected a little more at this price. It does its job."),
        (3, "Nice, but check the size", "The make is good; for our home it is too big. My own fault perhaps, yet a picture with a person beside it would help."),
        (2, "Pretty, less practical", "It looks great and is harder to clean than I thought. After a few weeks the first marks show."),
        (1, "Arrived damaged", "One corner was dented when I opened the parcel. The exchange went smoothly, but it should not happen."),
    ),
    "fr": (
        (5, "Encore plus beau en vrai", "J'ai longtemps hésité à cause du prix. Le colis est arrivé très bien emballé, et tout le monde me demande d'où ça vient."),
        (5, "Fait pour durer", "On sent la différence dès qu'on l'a en main. Après deux mois d'usage quotidien, il n'a pas bougé."),
        (5, "Exactement ce que je cherchais", "La couleur est fidèle aux photos et les dimensions indiquées sont justes. Livré deux jours plus tôt que prévu."),
        (5, "Un cadeau réussi", "Offert à ma mère, qui est difficile : elle l'a adopté tout de suite.\n\nJe reviendrai pour en prendre un pour moi."),
        (5, "", "Simple, bien pensé, rien de superflu. Je rachèterais sans hésiter."),
        (4, "Très bien, à un détail près", "La qualité et les finitions sont là. J'aurais seulement préféré un emballage avec moins de plastique."),
        (4, "Satisfaite", "Il fait ce qu'on lui demande et il est joli. Un peu plus petit que je l'imaginais : pensez à lire les dimensions."),
        (4, "Bon rapport qualité-prix", "Ce n'est pas donné, mais on voit où est passé l'argent. Livraison en quatre jours."),
        (4, "", "Très belle matière. La teinte est un peu plus chaude à la lumière du jour que sur mon écran."),
        (3, "Correct, sans plus", "Rien à redire, mais j'en attendais un peu plus à ce prix. Il remplit son rôle."),
        (3, "Joli, mais attention à la taille", "La fabrication est soignée ; chez nous, c'est trop grand. Une photo avec une personne à côté aiderait à se rendre compte."),
        (2, "Joli, moins pratique", "C'est très beau, mais plus difficile à nettoyer que je ne pensais. Les premières marques se voient déjà."),
        (1, "Arrivé abîmé", "Un coin était enfoncé à l'ouverture du colis. L'échange s'est bien passé, mais cela ne devrait pas arriver."),
    ),
    "nl": (
        (5, "In het echt nog mooier", "Ik heb lang getwijfeld over de prijs. Het kwam heel goed verpakt aan en iedereen vraagt waar ik het vandaan heb."),
        (5, "Gemaakt om lang mee te gaan", "Je voelt het verschil zodra je het vastneemt. Na twee maanden dagelijks gebruik ziet het er nog als nieuw uit."),
        (5, "Precies wat ik zocht", "De kleur klopt met de foto's en de maten op de pagina zijn juist. Twee dagen vroeger geleverd dan beloofd."),
        (5, "Een geslaagd cadeau", "Gekocht voor mijn vader, die nooit iets goed vindt. Hij gebruikt het elke dag.\n\nIk kom terug voor een exemplaar voor mezelf."),
        (5, "", "Eenvoudig, goed doordacht, niets te veel. Zou ik zo opnieuw kopen."),
        (4, "Heel goed, met één kleine maar", "Kwaliteit en afwerking zijn uitstekend. Alleen had er wat minder plastic rond gemogen."),
        (4, "Tevreden", "Doet wat het moet doen en ziet er goed uit. Iets kleiner dan ik dacht, dus lees de afmetingen even na."),
        (4, "Goede prijs-kwaliteit", "Niet goedkoop, maar je ziet waar het geld naartoe is gegaan. Levering duurde vier dagen."),
        (4, "", "Prachtig materiaal. Bij daglicht is de kleur net iets warmer dan op mijn scherm."),
        (3, "Prima, meer niet", "Niets mis mee, maar voor deze prijs had ik iets meer verwacht. Het doet zijn werk."),
        (3, "Mooi, maar let op de maat", "Het is goed gemaakt; voor ons huis is het te groot. Een foto met iemand ernaast zou helpen."),
        (2, "Mooi, minder praktisch", "Het staat prachtig, maar is moeilijker schoon te houden dan ik dacht. Na enkele weken zie je de eerste vlekken."),
        (1, "Beschadigd aangekomen", "Bij het openen van het pakket was een hoek ingedeukt. De omruiling verliep vlot, maar dit zou niet mogen gebeuren."),
    ),
    "de": (
        (5, "Noch schöner als auf den Bildern", "Ich habe wegen des Preises lange gezögert. Es kam sehr gut verpackt an, und alle fragen mich, woher es ist."),
        (5, "Für lange Zeit gemacht", "Man spürt den Unterschied, sobald man es in der Hand hat. Nach zwei Monaten täglichem Gebrauch sieht es aus wie neu."),
        (5, "Genau das, was ich gesucht habe", "Die Farbe stimmt mit den Fotos überein, die Maße auf der Seite passen. Zwei Tage früher geliefert als versprochen."),
        (5, "Ein Geschenk, das ankam", "Für meinen Vater gekauft, dem sonst nie etwas gefällt. Er benutzt es jeden Tag.\n\nIch komme wieder und hole mir selbst eins."),
        (5, "", "Schlicht, gut durchdacht, kein Schnickschnack. Würde ich sofort wieder kaufen."),
        (4, "Sehr gut, mit einem kleinen Aber", "Qualität und Verarbeitung sind ausgezeichnet. Nur etwas weniger Plastik in der Verpackung wäre schön gewesen."),
        (4, "Zufrieden", "Tut, was es soll, und sieht gut dabei aus. Etwas kleiner als gedacht, also bitte die Maße lesen."),
        (4, "Gutes Preis-Leistungs-Verhältnis", "Nicht billig, aber man sieht, wofür man bezahlt. Die Lieferung hat vier Tage gedauert."),
        (4, "", "Wunderbares Material. Bei Tageslicht wirkt die Farbe etwas wärmer als auf meinem Bildschirm."),
        (3, "In Ordnung, mehr nicht", "Nichts auszusetzen, aber für den Preis hatte ich etwas mehr erwartet. Es erfüllt seinen Zweck."),
        (3, "Schön, aber auf die Größe achten", "Gut gemacht; für unsere Wohnung ist es zu groß. Ein Bild mit einer Person daneben würde helfen."),
        (2, "Hübsch, weniger praktisch", "Es sieht toll aus, lässt sich aber schwerer reinigen als gedacht. Nach einigen Wochen zeigen sich die ersten Spuren."),
        (1, "Beschädigt angekommen", "Beim Auspacken war eine Ecke eingedrückt. Der Umtausch lief reibungslos, aber das sollte nicht passieren."),
    ),
    "es": (
        (5, "Más bonito aún que en las fotos", "Dudé mucho por el precio. Llegó muy bien embalado y todo el mundo me pregunta dónde lo encontré."),
        (5, "Hecho para durar", "Se nota la diferencia en cuanto lo tienes en la mano. Tras dos meses de uso diario sigue como nuevo."),
        (5, "Justo lo que buscaba", "El color coincide con las fotos y las medidas de la página son correctas. Llegó dos días antes de lo prometido."),
        (5, "Un regalo acertado", "Se lo compré a mi padre, al que nunca le gusta nada. Lo usa todos los días.\n\nVolveré a por uno para mí."),
        (5, "", "Sencillo, bien pensado, sin adornos de más. Lo volvería a comprar."),
        (4, "Muy bueno, con un pequeño pero", "La calidad y los acabados son excelentes. Solo habría preferido un embalaje con menos plástico."),
        (4, "Contenta con la compra", "Hace lo que debe y queda bien. Algo más pequeño de lo que imaginaba, así que conviene leer las medidas."),
        (4, "Buena relación calidad-precio", "No es barato, pero se ve en qué se ha ido el dinero. La entrega tardó cuatro días."),
        (4, "", "Un material precioso. A la luz del día el color es un poco más cálido que en mi pantalla."),
        (3, "Correcto, sin más", "No tengo queja, pero a este precio esperaba algo más. Cumple su función."),
        (3, "Bonito, pero ojo con el tamaño", "Está bien hecho; para nuestra casa es demasiado grande. Una foto con una persona al lado ayudaría."),
        (2, "Bonito, menos práctico", "Queda muy bien, pero cuesta más limpiarlo de lo que pensaba. A las pocas semanas se ven las primeras marcas."),
        (1, "Llegó dañado", "Al abrir el paquete, una esquina estaba abollada. El cambio fue rápido, pero no debería pasar."),
    ),
}  # fmt: skip

REVIEWS: dict[str, tuple[ReviewSpec, ...]] = {
    language: tuple(ReviewSpec(stars, language, title, body) for stars, title, body in texts)
    for language, texts in _WORDS.items()
}
"""By language; the same thirteen opinions in each."""

ANSWERS: dict[int, Text] = {
    1: five(
        "We are sorry. We have changed how this is packed since. Thank you for giving us the chance to put it right.",
        "Nous en sommes désolés. Nous avons revu l'emballage depuis. Merci de nous avoir permis de réparer cela.",
        "Dat spijt ons. We verpakken dit sindsdien anders. Bedankt dat we het mochten rechtzetten.",
        "Das tut uns leid. Wir verpacken es seitdem anders. Danke, dass wir es wiedergutmachen durften.",
        "Lo sentimos. Desde entonces lo embalamos de otra manera. Gracias por darnos la ocasión de arreglarlo.",
    ),
    2: five(
        "Thank you for the honest words. Lukewarm water and a drop of mild soap work best; we have added this to the page.",
        "Merci pour ces mots sincères. De l'eau tiède et un peu de savon doux font merveille ; nous l'avons ajouté à la page.",
        "Bedankt voor de eerlijke woorden. Lauw water met wat zachte zeep werkt het best; we hebben het op de pagina gezet.",
        "Danke für die ehrlichen Worte. Am besten helfen lauwarmes Wasser und etwas milde Seife; das steht jetzt auf der Seite.",
        "Gracias por la sinceridad. Lo mejor es agua tibia con un poco de jabón suave; lo hemos añadido a la página.",
    ),
}
"""What the shop answers to few stars."""
