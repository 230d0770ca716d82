"""The last sentence of a description: how to look after the thing."""

from __future__ import annotations

from app.ops.demo.content.language import Text, five

CARE: dict[str, Text] = {
    "dishwasher": five(
        "Safe in the dishwasher and the microwave.",
        "Passe au lave-vaisselle et au micro-ondes.",
        "Geschikt voor vaatwasser en magnetron.",
        "Für Spülmaschine und Mikrowelle geeignet.",
        "Apto para lavavajillas y microondas.",
    ),
    "handwash": five(
        "Wash by hand with warm water and a soft sponge.",
        "À laver à la main, à l'eau tiède, avec une éponge douce.",
        "Met de hand wassen met warm water en een zachte spons.",
        "Von Hand mit warmem Wasser und weichem Schwamm reinigen.",
        "Lavar a mano con agua tibia y una esponja suave.",
    ),
    "dust": five(
        "A dry brush or a soft cloth is all the care it needs.",
        "Un pinceau sec ou un chiffon doux suffit à l'entretien.",
        "Een droge borstel of een zachte doek volstaat.",
        "Ein trockener Pinsel oder ein weiches Tuch genügt zur Pflege.",
        "Basta con un cepillo seco o un paño suave.",
    ),
    "metal": five(
        "Wipe with a dry cloth; avoid abrasive cleaners.",
        "Essuyer avec un chiffon sec ; éviter les produits abrasifs.",
        "Afvegen met een droge doek; geen schuurmiddel gebruiken.",
        "Mit einem trockenen Tuch abwischen; keine Scheuermittel verwenden.",
        "Limpiar con un paño seco; evitar productos abrasivos.",
    ),
    "wood": five(
        "Oil once a year and keep away from standing water.",
        "Huiler une fois par an et éviter l'eau stagnante.",
        "Eén keer per jaar oliën en geen water laten staan.",
        "Einmal im Jahr ölen und stehendes Wasser vermeiden.",
        "Aplicar aceite una vez al año y evitar el agua estancada.",
    ),
    "gentle40": five(
        "Machine wash at 40 °C with similar colours, dry on a line.",
        "Lavage en machine à 40 °C avec des couleurs proches, séchage à l'air libre.",
        "Machinewas op 40 °C met gelijke kleuren, aan de lijn drogen.",
        "Maschinenwäsche bei 40 °C mit ähnlichen Farben, an der Luft trocknen.",
        "Lavar a máquina a 40 °C con colores similares y secar al aire.",
    ),
    "wool": five(
        "Air it often, wash seldom: wool cycle, cold, dried flat.",
        "Aérer souvent, laver rarement : programme laine, à froid, séchage à plat.",
        "Vaak luchten, zelden wassen: wolprogramma, koud, plat drogen.",
        "Oft lüften, selten waschen: Wollprogramm, kalt, liegend trocknen.",
        "Airear a menudo y lavar poco: programa lana, en frío, secado en plano.",
    ),
    "upholstery": five(
        "Vacuum with a soft brush; the cover comes off for dry cleaning.",
        "Aspirer avec une brosse douce ; la housse s'enlève pour le nettoyage à sec.",
        "Stofzuigen met een zachte borstel; de hoes kan eraf voor de stomerij.",
        "Mit weicher Bürste absaugen; der Bezug lässt sich für die Reinigung abnehmen.",
        "Aspirar con un cepillo suave; la funda se quita para limpieza en seco.",
    ),
    "spot": five(
        "Clean stains with a damp cloth and let it dry away from heat.",
        "Nettoyer les taches avec un chiffon humide et laisser sécher loin de la chaleur.",
        "Vlekken met een vochtige doek verwijderen en uit de buurt van warmte laten drogen.",
        "Flecken mit einem feuchten Tuch entfernen und fern von Hitze trocknen lassen.",
        "Limpiar las manchas con un paño húmedo y dejar secar lejos del calor.",
    ),
    "leather": five(
        "Brush, then feed twice a year with a colourless balm.",
        "Brosser, puis nourrir deux fois par an avec un baume incolore.",
        "Borstelen en twee keer per jaar voeden met een kleurloze balsem.",
        "Abbürsten und zweimal im Jahr mit farblosem Balsam pflegen.",
        "Cepillar y nutrir dos veces al año con un bálsamo incoloro.",
    ),
    "lens": five(
        "Rinse with lukewarm water and dry with the cloth in the case.",
        "Rincer à l'eau tiède et sécher avec le chiffon fourni dans l'étui.",
        "Afspoelen met lauw water en drogen met het doekje uit het etui.",
        "Mit lauwarmem Wasser abspülen und mit dem Tuch aus dem Etui trocknen.",
        "Enjuagar con agua tibia y secar con el paño incluido en el estuche.",
    ),
    "candle": five(
        "Trim the wick to five millimetres and let the surface melt to the rim the first time.",
        "Couper la mèche à cinq millimètres et laisser fondre toute la surface la première fois.",
        "Knip de lont op vijf millimeter en laat het oppervlak de eerste keer tot aan de rand smelten.",
        "Den Docht auf fünf Millimeter kürzen und die Oberfläche beim ersten Mal bis zum Rand schmelzen lassen.",
        "Cortar la mecha a cinco milímetros y dejar que la superficie se funda hasta el borde la primera vez.",
    ),
    "device": five(
        "Clean with a dry microfibre cloth; spare parts are available for seven years.",
        "Nettoyer avec un chiffon microfibre sec ; pièces de rechange disponibles pendant sept ans.",
        "Reinigen met een droge microvezeldoek; reserveonderdelen blijven zeven jaar beschikbaar.",
        "Mit einem trockenen Mikrofasertuch reinigen; Ersatzteile sind sieben Jahre lang erhältlich.",
        "Limpiar con un paño seco de microfibra; hay recambios disponibles durante siete años.",
    ),
    "tin": five(
        "Keep closed, dry and out of the sun; best within twelve months.",
        "Conserver fermé, au sec et à l'abri du soleil ; à consommer de préférence dans les douze mois.",
        "Gesloten, droog en uit de zon bewaren; het lekkerst binnen twaalf maanden.",
        "Verschlossen, trocken und vor Sonne geschützt lagern; am besten innerhalb von zwölf Monaten.",
        "Guardar cerrado, en un lugar seco y sin sol; mejor consumir en doce meses.",
    ),
}
