"""Clay, glass, metal, wood and paper; adds itself to `materials.MATERIALS`."""

from __future__ import annotations

from app.ops.demo.content.materials import add_material

add_material(
    "stoneware",
    "matte satin matte",
    "dishwasher",
    1.0,
    "",
    ("Stoneware", "Grès", "Steengoed", "Steinzeug", "Gres"),
    ("in stoneware", "en grès", "van steengoed", "aus Steinzeug", "de gres"),
    (
        "Stoneware is fired at 1,240 °C, which leaves a dense, slightly grainy surface that is pleasant to hold.",
        "Le grès est cuit à 1 240 °C, ce qui donne une matière dense, au grain léger, agréable en main.",
        "Steengoed wordt op 1.240 °C gebakken en krijgt zo een dicht, licht korrelig oppervlak dat prettig aanvoelt.",
        "Steinzeug wird bei 1.240 °C gebrannt und bekommt so eine dichte, leicht körnige Oberfläche, die gut in der Hand liegt.",
        "El gres se cuece a 1.240 °C y adquiere una superficie densa, de grano fino, agradable al tacto.",
    ),
)
add_material(
    "porcelain",
    "gloss satin gloss",
    "dishwasher",
    1.25,
    "",
    ("Porcelain", "Porcelaine", "Porselein", "Porzellan", "Porcelana"),
    ("in porcelain", "en porcelaine", "van porselein", "aus Porzellan", "de porcelana"),
    (
        "The porcelain is thin enough to let light through at the rim and tough enough for every day.",
        "La porcelaine laisse passer la lumière au bord, tout en restant assez solide pour tous les jours.",
        "Het porselein is dun genoeg om aan de rand licht door te laten en sterk genoeg voor elke dag.",
        "Das Porzellan ist am Rand so dünn, dass Licht hindurchscheint, und doch robust genug für jeden Tag.",
        "La porcelana deja pasar la luz en el borde y resiste el uso diario.",
    ),
)
add_material(
    "earthenware",
    "satin matte gloss",
    "handwash",
    0.9,
    "",
    ("Earthenware", "Faïence", "Aardewerk", "Steingut", "Loza"),
    ("in earthenware", "en faïence", "van aardewerk", "aus Steingut", "de loza"),
    (
        "Each piece of earthenware is glazed by hand, so the tone varies a little from one to the next.",
        "Chaque pièce de faïence est émaillée à la main : la teinte varie légèrement de l'une à l'autre.",
        "Elk stuk aardewerk wordt met de hand geglazuurd, waardoor de tint telkens een beetje verschilt.",
        "Jedes Stück Steingut wird von Hand glasiert, darum fällt der Farbton immer ein wenig anders aus.",
        "Cada pieza de loza se esmalta a mano, por lo que el tono varía ligeramente de una a otra.",
    ),
)
add_material(
    "terracotta",
    "matte",
    "dust",
    0.8,
    "earth",
    ("Terracotta", "Terre cuite", "Terracotta", "Terrakotta", "Terracota"),
    ("in terracotta", "en terre cuite", "van terracotta", "aus Terrakotta", "de terracota"),
    (
        "Unglazed terracotta breathes, warms to the touch and grows more beautiful with age.",
        "La terre cuite non émaillée respire, se réchauffe au toucher et embellit avec le temps.",
        "Ongeglazuurde terracotta ademt, voelt warm aan en wordt mooier met de jaren.",
        "Unglasierte Terrakotta atmet, fühlt sich warm an und wird mit den Jahren schöner.",
        "La terracota sin esmaltar respira, resulta cálida al tacto y gana belleza con los años.",
    ),
)
add_material(
    "glass",
    "glass gloss",
    "handwash",
    1.1,
    "glass",
    ("Blown glass", "Verre soufflé", "Mondgeblazen glas", "Mundgeblasenes Glas", "Vidrio soplado"),
    (
        "in blown glass",
        "en verre soufflé",
        "van mondgeblazen glas",
        "aus mundgeblasenem Glas",
        "de vidrio soplado",
    ),
    (
        "The glass is blown by mouth; a tiny bubble here and there is the maker's signature.",
        "Le verre est soufflé à la bouche ; une petite bulle, ici ou là, est la signature de l'artisan.",
        "Het glas wordt met de mond geblazen; een klein luchtbelletje hier en daar is de handtekening van de maker.",
        "Das Glas wird mit dem Mund geblasen; ein Bläschen hier und da ist die Handschrift der Werkstatt.",
        "El vidrio se sopla a boca; alguna pequeña burbuja es la firma del artesano.",
    ),
)
add_material(
    "brass",
    "metal satin",
    "metal",
    1.3,
    "metal",
    ("Brass", "Laiton", "Messing", "Messing", "Latón"),
    (
        "in brushed brass",
        "en laiton brossé",
        "van geborsteld messing",
        "aus gebürstetem Messing",
        "de latón cepillado",
    ),
    (
        "Brushed brass catches the light without glare and takes on a soft patina over time.",
        "Le laiton brossé accroche la lumière sans éblouir et prend peu à peu une douce patine.",
        "Geborsteld messing vangt het licht zonder te verblinden en krijgt met de tijd een zacht patina.",
        "Gebürstetes Messing fängt das Licht, ohne zu blenden, und bekommt mit der Zeit eine sanfte Patina.",
        "El latón cepillado capta la luz sin deslumbrar y adquiere con el tiempo una pátina suave.",
    ),
)
add_material(
    "steel",
    "satin matte gloss",
    "metal",
    1.0,
    "",
    ("Lacquered steel", "Acier laqué", "Gelakt staal", "Lackierter Stahl", "Acero lacado"),
    ("in lacquered steel", "en acier laqué", "van gelakt staal", "aus lackiertem Stahl", "de acero lacado"),
    (
        "The steel is bent in one piece and powder-coated, for clean edges and a finish that does not chip.",
        "L'acier est plié d'une seule pièce puis laqué à la poudre, pour des bords nets et une finition qui ne s'écaille pas.",
        "Het staal wordt uit één stuk gebogen en gepoedercoat: strakke randen en een lak die niet afschilfert.",
        "Der Stahl wird aus einem Stück gebogen und pulverbeschichtet: klare Kanten und ein Lack, der nicht abplatzt.",
        "El acero se dobla en una sola pieza y se laca en polvo: bordes limpios y un acabado que no se descascarilla.",
    ),
)
add_material(
    "aluminium",
    "satin metal",
    "metal",
    1.1,
    "",
    (
        "Recycled aluminium",
        "Aluminium recyclé",
        "Gerecycled aluminium",
        "Recyceltes Aluminium",
        "Aluminio reciclado",
    ),
    (
        "in recycled aluminium",
        "en aluminium recyclé",
        "van gerecycled aluminium",
        "aus recyceltem Aluminium",
        "de aluminio reciclado",
    ),
    (
        "Three quarters of the aluminium has had a life before this one; it is light, stiff and cool to the touch.",
        "Les trois quarts de l'aluminium ont déjà eu une première vie ; la matière est légère, rigide et fraîche au toucher.",
        "Driekwart van het aluminium heeft al een eerste leven gehad; het is licht, stijf en koel om aan te raken.",
        "Drei Viertel des Aluminiums hatten schon ein erstes Leben; es ist leicht, steif und kühl beim Anfassen.",
        "Tres cuartas partes del aluminio ya tuvieron otra vida; es ligero, rígido y fresco al tacto.",
    ),
)
add_material(
    "oak",
    "wood",
    "wood",
    1.15,
    "wood",
    ("Oak", "Chêne", "Eikenhout", "Eiche", "Roble"),
    ("in oiled oak", "en chêne huilé", "van geolied eikenhout", "aus geölter Eiche", "de roble aceitado"),
    (
        "The oak comes from managed European forests and is oiled, not varnished, so that you feel the grain.",
        "Le chêne vient de forêts européennes gérées ; il est huilé et non verni, pour que le fil du bois reste sensible.",
        "Het eikenhout komt uit beheerde Europese bossen en wordt geolied in plaats van gelakt, zodat je de nerf voelt.",
        "Die Eiche stammt aus bewirtschafteten europäischen Wäldern und wird geölt statt lackiert, damit man die Maserung spürt.",
        "El roble procede de bosques europeos gestionados y se acaba con aceite, sin barniz, para que se note la veta.",
    ),
)
add_material(
    "walnut",
    "wood",
    "wood",
    1.35,
    "wood",
    ("Walnut", "Noyer", "Notenhout", "Nussbaum", "Nogal"),
    ("in walnut", "en noyer", "van notenhout", "aus Nussbaum", "de nogal"),
    (
        "Walnut has a deep, calm grain; no two boards are alike, and neither are two pieces.",
        "Le noyer a un veinage profond et calme ; aucune planche ne ressemble à une autre, aucune pièce non plus.",
        "Notenhout heeft een diepe, rustige tekening; geen twee planken zijn gelijk, en geen twee stukken dus ook niet.",
        "Nussbaum hat eine tiefe, ruhige Maserung; kein Brett gleicht dem anderen und kein Stück dem nächsten.",
        "El nogal tiene una veta profunda y serena; no hay dos tablas iguales, ni tampoco dos piezas.",
    ),
)
add_material(
    "ricepaper",
    "matte",
    "dust",
    0.7,
    "pale",
    ("Rice paper", "Papier de riz", "Rijstpapier", "Reispapier", "Papel de arroz"),
    ("in rice paper", "en papier de riz", "van rijstpapier", "aus Reispapier", "de papel de arroz"),
    (
        "Rice paper spreads the light evenly and weighs next to nothing.",
        "Le papier de riz diffuse la lumière avec douceur et ne pèse presque rien.",
        "Rijstpapier verspreidt het licht gelijkmatig en weegt bijna niets.",
        "Reispapier verteilt das Licht gleichmäßig und wiegt fast nichts.",
        "El papel de arroz reparte la luz de manera uniforme y apenas pesa.",
    ),
)
