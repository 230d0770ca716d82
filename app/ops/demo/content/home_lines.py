"""Things for the house."""

from __future__ import annotations

from app.ops.demo.content.lines import add_line

add_line(
    "table_lamp", "home/lighting/table-lamps", "lighting",
    ("Table lamps", "Lampes de table", "Tafellampen", "Tischleuchten", "Lámparas de mesa"),
    ("table lamp", "Lampe de table", "Tafellamp", "Tischleuchte", "Lámpara de mesa"),
    ("A small pool of warm light for the bedside, the shelf or the end of a sofa.",
     "Une petite nappe de lumière chaude pour le chevet, l'étagère ou le bout d'un canapé.",
     "Een kleine plas warm licht voor het nachtkastje, de plank of het eind van de bank.",
     "Eine kleine Insel aus warmem Licht für Nachttisch, Regal oder Sofaende.",
     "Un pequeño remanso de luz cálida para la mesilla, la estantería o el final del sofá."),
    "stoneware brass steel oak", "earth", (59, 249), (900, 3200),
)  # fmt: skip
add_line(
    "pendant", "home/lighting/pendants", "lighting",
    ("Pendants", "Suspensions", "Hanglampen", "Pendelleuchten", "Lámparas colgantes"),
    ("pendant", "Suspension", "Hanglamp", "Pendelleuchte", "Lámpara colgante"),
    ("It hangs low over a table and keeps the light where the conversation is.",
     "Elle descend au-dessus de la table et garde la lumière là où l'on parle.",
     "Ze hangt laag boven tafel en houdt het licht waar het gesprek is.",
     "Sie hängt tief über dem Tisch und hält das Licht dort, wo gesprochen wird.",
     "Cuelga baja sobre la mesa y deja la luz donde está la conversación."),
    "steel aluminium brass ricepaper glass", "earth", (79, 389), (700, 2600),
)  # fmt: skip
add_line(
    "floor_lamp", "home/lighting/floor-lamps", "lighting",
    ("Floor lamps", "Lampadaires", "Vloerlampen", "Stehleuchten", "Lámparas de pie"),
    ("floor lamp", "Lampadaire", "Vloerlamp", "Stehleuchte", "Lámpara de pie"),
    ("A reading light that stands beside the chair and asks for nothing but a corner.",
     "Une lumière de lecture à côté du fauteuil, qui ne demande qu'un coin.",
     "Een leeslamp naast de stoel die alleen een hoekje nodig heeft.",
     "Ein Leselicht neben dem Sessel, das nur eine Ecke braucht.",
     "Una luz para leer junto al sillón que solo pide un rincón."),
    "brass steel oak", "metal", (149, 590), (4200, 9500),
)  # fmt: skip
add_line(
    "mug", "home/table/mugs", "tableware",
    ("Mugs", "Mugs", "Mokken", "Becher", "Tazas"),
    ("mug", "Mug", "Mok", "Becher", "Taza"),
    ("It holds a generous coffee and sits well in two cold hands.",
     "Il contient un grand café et tient bien entre deux mains froides.",
     "Er past een royale koffie in en hij ligt goed in twee koude handen.",
     "Er fasst einen großen Kaffee und liegt gut in zwei kalten Händen.",
     "Cabe un café generoso y se acomoda en dos manos frías."),
    "stoneware porcelain earthenware", "earth", (16, 42), (280, 480),
)  # fmt: skip
add_line(
    "teapot", "home/table/teapots", "tableware",
    ("Teapots", "Théières", "Theepotten", "Teekannen", "Teteras"),
    ("teapot", "Théière", "Theepot", "Teekanne", "Tetera"),
    ("It pours without a drop and keeps four cups warm through a long talk.",
     "Elle verse sans une goutte et garde quatre tasses au chaud le temps d'une longue conversation.",
     "Hij schenkt zonder druppel en houdt vier koppen warm tijdens een lang gesprek.",
     "Sie gießt ohne Tropfen und hält vier Tassen ein langes Gespräch lang warm.",
     "Sirve sin una gota y mantiene cuatro tazas calientes durante una larga charla."),
    "stoneware porcelain earthenware", "earth", (48, 129), (800, 1500),
)  # fmt: skip
add_line(
    "bowl", "home/table/bowls", "tableware",
    ("Bowls", "Bols", "Schalen", "Schalen", "Cuencos"),
    ("bowl", "Bol", "Schaal", "Schale", "Cuenco"),
    ("Deep enough for soup, wide enough for a salad, handsome enough for three lemons.",
     "Assez profond pour la soupe, assez large pour une salade, assez beau pour trois citrons.",
     "Diep genoeg voor soep, breed genoeg voor salade, mooi genoeg voor drie citroenen.",
     "Tief genug für Suppe, breit genug für Salat, schön genug für drei Zitronen.",
     "Bastante hondo para sopa, bastante ancho para ensalada, bastante bello para tres limones."),
    "stoneware porcelain earthenware", "earth", (22, 89), (400, 1400),
)  # fmt: skip
add_line(
    "plate", "home/table/plates", "tableware",
    ("Plates", "Assiettes", "Borden", "Teller", "Platos"),
    ("plate", "Assiette", "Bord", "Teller", "Plato"),
    ("A calm plate with a slight rim that lets the food do the talking.",
     "Une assiette calme, au bord léger, qui laisse parler ce qu'on y met.",
     "Een rustig bord met een lichte rand, dat het eten laat spreken.",
     "Ein ruhiger Teller mit leichtem Rand, der das Essen sprechen lässt.",
     "Un plato tranquilo, de borde leve, que deja hablar a la comida."),
    "stoneware porcelain earthenware", "soft", (18, 54), (450, 900),
)  # fmt: skip
add_line(
    "carafe", "home/table/carafes", "tableware",
    ("Carafes", "Carafes", "Karaffen", "Karaffen", "Jarras"),
    ("carafe", "Carafe", "Karaf", "Karaffe", "Jarra"),
    ("Water, wine or a single branch: it is at home on the table all day.",
     "De l'eau, du vin ou une simple branche : elle reste sur la table toute la journée.",
     "Water, wijn of één tak: hij hoort de hele dag op tafel.",
     "Wasser, Wein oder ein einzelner Zweig: Sie steht den ganzen Tag gut auf dem Tisch.",
     "Agua, vino o una sola rama: está en su sitio en la mesa todo el día."),
    "glass stoneware", "glass", (29, 98), (500, 1100),
)  # fmt: skip
add_line(
    "vase", "home/decoration/vases", "decor",
    ("Vases", "Vases", "Vazen", "Vasen", "Jarrones"),
    ("vase", "Vase", "Vaas", "Vase", "Jarrón"),
    ("Made for three branches from the garden, and fine to look at when it is empty.",
     "Fait pour trois branches du jardin, et beau à regarder même vide.",
     "Gemaakt voor drie takken uit de tuin, en ook leeg mooi om naar te kijken.",
     "Gemacht für drei Zweige aus dem Garten, und auch leer schön anzusehen.",
     "Hecho para tres ramas del jardín, y hermoso también cuando está vacío."),
    "stoneware earthenware glass terracotta", "earth", (32, 189), (600, 2800),
)  # fmt: skip
add_line(
    "planter", "home/decoration/planters", "decor",
    ("Planters", "Cache-pots", "Bloempotten", "Übertöpfe", "Macetas"),
    ("planter", "Cache-pot", "Bloempot", "Übertopf", "Maceta"),
    ("A home with a hidden drain for the plant that has moved with you three times.",
     "Une maison, avec évacuation cachée, pour la plante qui a déménagé trois fois avec vous.",
     "Een thuis met verborgen afvoer voor de plant die al drie keer is mee verhuisd.",
     "Ein Zuhause mit verdecktem Abfluss für die Pflanze, die dreimal mit umgezogen ist.",
     "Un hogar con desagüe oculto para la planta que ya se ha mudado tres veces contigo."),
    "terracotta stoneware earthenware", "earth", (19, 119), (700, 4200),
)  # fmt: skip
add_line(
    "candle", "home/decoration/candles", "decor",
    ("Candles", "Bougies", "Kaarsen", "Kerzen", "Velas"),
    ("candle", "Bougie", "Kaars", "Kerze", "Vela"),
    ("Forty hours of fig leaf, cedar and a little smoke.",
     "Quarante heures de feuille de figuier, de cèdre et d'un peu de fumée.",
     "Veertig uur vijgenblad, ceder en een beetje rook.",
     "Vierzig Stunden Feigenblatt, Zeder und ein wenig Rauch.",
     "Cuarenta horas de hoja de higuera, cedro y un poco de humo."),
    "rapeseed", "pale", (24, 68), (350, 900),
)  # fmt: skip
add_line(
    "lantern", "home/decoration/lanterns", "decor",
    ("Lanterns", "Lanternes", "Lantaarns", "Laternen", "Faroles"),
    ("lantern", "Lanterne", "Lantaarn", "Laterne", "Farol"),
    ("It shields a candle from the wind and goes from terrace to hallway with the seasons.",
     "Elle protège une bougie du vent et passe de la terrasse à l'entrée au fil des saisons.",
     "Ze beschut een kaars tegen de wind en verhuist met de seizoenen van terras naar gang.",
     "Sie schützt eine Kerze vor Wind und zieht mit den Jahreszeiten von der Terrasse in den Flur.",
     "Protege una vela del viento y pasa de la terraza al recibidor con las estaciones."),
    "steel brass", "metal", (39, 159), (900, 2600),
)  # fmt: skip
add_line(
    "mirror", "home/decoration/mirrors", "decor",
    ("Mirrors", "Miroirs", "Spiegels", "Spiegel", "Espejos"),
    ("mirror", "Miroir", "Spiegel", "Spiegel", "Espejo"),
    ("An uneven outline that brings a second window into the room.",
     "Un contour irrégulier qui ajoute une seconde fenêtre à la pièce.",
     "Een onregelmatige omtrek die een tweede raam in de kamer brengt.",
     "Ein unregelmäßiger Umriss, der ein zweites Fenster in den Raum bringt.",
     "Un contorno irregular que trae una segunda ventana a la habitación."),
    "oak walnut brass steel", "wood", (79, 420), (2500, 9800),
)  # fmt: skip
add_line(
    "clock", "home/decoration/clocks", "decor",
    ("Clocks", "Horloges", "Klokken", "Uhren", "Relojes de pared"),
    ("clock", "Horloge", "Klok", "Wanduhr", "Reloj de pared"),
    ("A silent movement behind a face that can be read from across the room.",
     "Un mouvement silencieux derrière un cadran lisible de l'autre bout de la pièce.",
     "Een stil uurwerk achter een wijzerplaat die je van de andere kant van de kamer leest.",
     "Ein lautloses Werk hinter einem Zifferblatt, das man quer durch den Raum liest.",
     "Un mecanismo silencioso tras una esfera que se lee desde el otro lado de la habitación."),
    "oak aluminium steel", "earth", (49, 169), (600, 1500),
)  # fmt: skip
add_line(
    "cushion", "home/textiles/cushions", "textile",
    ("Cushions", "Coussins", "Kussens", "Kissen", "Cojines"),
    ("cushion", "Coussin", "Kussen", "Kissen", "Cojín"),
    ("Filled with feathers, piped by hand, good for reading and for arguing.",
     "Garni de plumes, passepoilé à la main, bon pour lire comme pour débattre.",
     "Gevuld met veren, met de hand gebiesd, goed om te lezen en om te redetwisten.",
     "Mit Federn gefüllt, von Hand gepaspelt, gut zum Lesen und zum Streiten.",
     "Relleno de plumas, ribeteado a mano, bueno para leer y para discutir."),
    "linen cotton wool", "soft", (35, 110), (500, 1200),
)  # fmt: skip
add_line(
    "throw", "home/textiles/throws", "textile",
    ("Throws", "Plaids", "Plaids", "Decken", "Mantas"),
    ("throw", "Plaid", "Plaid", "Decke", "Manta"),
    ("Long enough for two on a sofa, with a fringe that is knotted, not sewn.",
     "Assez long pour deux sur un canapé, avec des franges nouées et non cousues.",
     "Lang genoeg voor twee op de bank, met franje die geknoopt is en niet genaaid.",
     "Lang genug für zwei auf dem Sofa, mit geknüpften, nicht genähten Fransen.",
     "Bastante larga para dos en el sofá, con flecos anudados, no cosidos."),
    "wool alpaca cotton linen", "soft", (79, 290), (700, 1800),
)  # fmt: skip
add_line(
    "chair", "home/furniture/chairs", "furniture",
    ("Chairs", "Chaises", "Stoelen", "Stühle", "Sillas"),
    ("chair", "Chaise", "Stoel", "Stuhl", "Silla"),
    ("A straight chair with a kind back: for dinner, and for staying after dinner.",
     "Une chaise droite au dossier bienveillant : pour le dîner, et pour rester après.",
     "Een rechte stoel met een vriendelijke rug: voor het eten en voor blijven zitten.",
     "Ein gerader Stuhl mit freundlicher Lehne: zum Essen und zum Sitzenbleiben.",
     "Una silla recta de respaldo amable: para cenar y para quedarse después."),
    "oak walnut", "earth", (189, 690), (4800, 8200),
)  # fmt: skip
add_line(
    "stool", "home/furniture/stools", "furniture",
    ("Stools", "Tabourets", "Krukken", "Hocker", "Taburetes"),
    ("stool", "Tabouret", "Kruk", "Hocker", "Taburete"),
    ("A seat, a side table, a step to the top shelf.",
     "Un siège, une table d'appoint, une marche vers l'étagère du haut.",
     "Een zitje, een bijzettafel, een opstapje naar de bovenste plank.",
     "Ein Sitz, ein Beistelltisch, eine Stufe zum obersten Regal.",
     "Un asiento, una mesita, un escalón hasta el estante de arriba."),
    "oak walnut", "earth", (89, 320), (2600, 5200),
)  # fmt: skip
