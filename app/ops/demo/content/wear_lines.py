"""Things to wear and to carry."""

from __future__ import annotations

from app.ops.demo.content.lines import FEET, LETTERS, add_line

add_line(
    "tshirt", "wear/clothing/t-shirts", "clothing",
    ("T-shirts", "T-shirts", "T-shirts", "T-Shirts", "Camisetas"),
    ("T-shirt", "T-shirt", "T-shirt", "T-Shirt", "Camiseta"),
    ("Knitted heavy, cut straight, and the same shape after fifty washes.",
     "Tricoté épais, coupé droit, et la même forme après cinquante lavages.",
     "Zwaar gebreid, recht gesneden en na vijftig wasbeurten nog hetzelfde model.",
     "Schwer gestrickt, gerade geschnitten und nach fünfzig Wäschen noch in Form.",
     "Tejido grueso, corte recto y la misma forma tras cincuenta lavados."),
    "cotton linen", "wear", (29, 69), (160, 260), LETTERS,
)  # fmt: skip
add_line(
    "shirt", "wear/clothing/shirts", "clothing",
    ("Shirts", "Chemises", "Overhemden", "Hemden", "Camisas"),
    ("shirt", "Chemise", "Overhemd", "Hemd", "Camisa"),
    ("Buttons of shell, a collar that stands without a tie, room to breathe.",
     "Boutons de nacre, un col qui tient sans cravate, de la place pour respirer.",
     "Knopen van parelmoer, een kraag die zonder das blijft staan, ruimte om te ademen.",
     "Knöpfe aus Perlmutt, ein Kragen, der ohne Krawatte steht, Platz zum Atmen.",
     "Botones de nácar, un cuello que se sostiene sin corbata, espacio para respirar."),
    "cotton linen", "wear", (59, 149), (220, 380), LETTERS,
)  # fmt: skip
add_line(
    "sweater", "wear/clothing/sweaters", "clothing",
    ("Sweaters", "Pulls", "Truien", "Pullover", "Jerséis"),
    ("sweater", "Pull", "Trui", "Pullover", "Jersey"),
    ("Knitted in one piece, so there is no seam to scratch and none to give.",
     "Tricoté d'une pièce : aucune couture ne gratte, aucune ne cède.",
     "In één stuk gebreid: geen naad die kriebelt en geen die loslaat.",
     "In einem Stück gestrickt: keine Naht, die kratzt, und keine, die aufgeht.",
     "Tejido de una pieza: ninguna costura que rasque y ninguna que ceda."),
    "merino wool alpaca cotton", "wear", (89, 240), (320, 620), LETTERS,
)  # fmt: skip
add_line(
    "scarf", "wear/accessories/scarves", "accessory",
    ("Scarves", "Écharpes", "Sjaals", "Schals", "Bufandas"),
    ("scarf", "Écharpe", "Sjaal", "Schal", "Bufanda"),
    ("Two metres of warmth for the platform in January.",
     "Deux mètres de chaleur pour le quai de gare en janvier.",
     "Twee meter warmte voor het perron in januari.",
     "Zwei Meter Wärme für den Bahnsteig im Januar.",
     "Dos metros de abrigo para el andén en enero."),
    "wool merino alpaca", "wear", (49, 149), (180, 360),
)  # fmt: skip
add_line(
    "beanie", "wear/accessories/beanies", "accessory",
    ("Beanies", "Bonnets", "Mutsen", "Mützen", "Gorros"),
    ("beanie", "Bonnet", "Muts", "Mütze", "Gorro"),
    ("Ribbed twice at the edge, so it stays down when the wind gets up.",
     "Double côte au bord : il reste en place quand le vent se lève.",
     "Dubbel geribd aan de rand: hij blijft zitten als de wind opsteekt.",
     "Am Rand doppelt gerippt: Sie bleibt sitzen, wenn der Wind auffrischt.",
     "Doble canalé en el borde: se queda en su sitio cuando se levanta el viento."),
    "merino wool alpaca", "wear", (29, 79), (70, 140),
)  # fmt: skip
add_line(
    "socks", "wear/accessories/socks", "accessory",
    ("Socks", "Chaussettes", "Sokken", "Socken", "Calcetines"),
    ("socks", "Chaussettes", "Sokken", "Socken", "Calcetines"),
    ("Terry soles, linked toes, and a stripe for the days that need one.",
     "Semelle bouclée, pointe remaillée, et une rayure pour les jours qui en ont besoin.",
     "Badstof zolen, gekettelde tenen en een streep voor dagen die er een nodig hebben.",
     "Frotteesohle, gekettelte Spitze und ein Streifen für Tage, die einen brauchen.",
     "Suela de rizo, punta remallada y una raya para los días que la necesitan."),
    "cotton merino", "wear", (12, 29), (60, 110),
)  # fmt: skip
add_line(
    "watch", "wear/accessories/watches", "accessory",
    ("Watches", "Montres", "Horloges", "Armbanduhren", "Relojes"),
    ("watch", "Montre", "Horloge", "Armbanduhr", "Reloj"),
    ("Three hands, no notifications, a battery that lasts for six years.",
     "Trois aiguilles, aucune notification, une pile qui tient six ans.",
     "Drie wijzers, geen meldingen, een batterij die zes jaar meegaat.",
     "Drei Zeiger, keine Benachrichtigungen, eine Batterie für sechs Jahre.",
     "Tres agujas, ninguna notificación y una pila que dura seis años."),
    "leather steel", "leather", (129, 420), (60, 140),
)  # fmt: skip
add_line(
    "sunglasses", "wear/accessories/sunglasses", "accessory",
    ("Sunglasses", "Lunettes de soleil", "Zonnebrillen", "Sonnenbrillen", "Gafas de sol"),
    ("sunglasses", "Lunettes de soleil", "Zonnebril", "Sonnenbrille", "Gafas de sol"),
    ("Polarised lenses in a frame with real hinges that a screwdriver can tighten.",
     "Verres polarisés dans une monture à vraies charnières, qu'un tournevis resserre.",
     "Gepolariseerde glazen in een montuur met echte scharnieren die je kunt aandraaien.",
     "Polarisierte Gläser in einer Fassung mit echten Scharnieren, die man nachziehen kann.",
     "Lentes polarizadas en una montura de bisagras auténticas que se pueden apretar."),
    "acetate", "leather", (79, 240), (24, 40),
)  # fmt: skip
add_line(
    "wallet", "wear/accessories/wallets", "accessory",
    ("Wallets", "Portefeuilles", "Portemonnees", "Geldbörsen", "Carteras"),
    ("wallet", "Portefeuille", "Portemonnee", "Geldbörse", "Cartera"),
    ("Six cards, four notes, and thin enough to forget.",
     "Six cartes, quatre billets, et assez mince pour l'oublier.",
     "Zes kaarten, vier biljetten en dun genoeg om te vergeten.",
     "Sechs Karten, vier Scheine und dünn genug, um sie zu vergessen.",
     "Seis tarjetas, cuatro billetes y tan fina que se olvida."),
    "leather suede", "leather", (45, 149), (60, 120),
)  # fmt: skip
add_line(
    "tote", "wear/bags/totes", "bag",
    ("Totes", "Cabas", "Shoppers", "Shopper", "Bolsos de asa"),
    ("tote", "Cabas", "Shopper", "Shopper", "Bolso de asa"),
    ("It swallows a laptop, a market and a spare sweater.",
     "Il avale un ordinateur, un marché et un pull de rechange.",
     "Er verdwijnt moeiteloos een laptop, een markt en een reservetrui in.",
     "Er schluckt einen Laptop, einen Wochenmarkt und einen Pullover.",
     "Se traga un portátil, un mercado y un jersey de repuesto."),
    "canvas leather suede", "earth", (49, 289), (380, 980),
)  # fmt: skip
add_line(
    "backpack", "wear/bags/backpacks", "bag",
    ("Backpacks", "Sacs à dos", "Rugzakken", "Rucksäcke", "Mochilas"),
    ("backpack", "Sac à dos", "Rugzak", "Rucksack", "Mochila"),
    ("Padded at the back, waxed on top, with a pocket where the hand expects one.",
     "Rembourré au dos, ciré dessus, avec une poche là où la main la cherche.",
     "Gevoerd aan de rug, gewaxt aan de bovenkant, met een vak waar de hand het verwacht.",
     "Am Rücken gepolstert, oben gewachst, mit einem Fach dort, wo die Hand es sucht.",
     "Acolchada en la espalda, encerada arriba, con un bolsillo donde la mano lo espera."),
    "canvas leather", "earth", (79, 329), (700, 1500),
)  # fmt: skip
add_line(
    "sneaker", "wear/shoes/sneakers", "shoe",
    ("Sneakers", "Baskets", "Sneakers", "Sneaker", "Zapatillas"),
    ("sneakers", "Baskets", "Sneakers", "Sneaker", "Zapatillas"),
    ("A stitched sole that a cobbler can replace, and no logo to explain.",
     "Une semelle cousue qu'un cordonnier peut remplacer, et aucun logo à expliquer.",
     "Een gestikte zool die een schoenmaker kan vervangen, en geen logo om uit te leggen.",
     "Eine genähte Sohle, die der Schuster ersetzen kann, und kein Logo zu erklären.",
     "Una suela cosida que un zapatero puede cambiar y ningún logotipo que explicar."),
    "leather suede canvas", "wear", (89, 219), (700, 1100), FEET,
)  # fmt: skip
