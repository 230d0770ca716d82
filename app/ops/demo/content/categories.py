"""The tree of the demo shop: three departments, thirteen groups, forty kinds of things."""

from __future__ import annotations

from app.ops.demo.content.language import Text, five

DEPARTMENTS: dict[str, tuple[Text, Text]] = {
    "home": (
        five("Living", "Maison", "Wonen", "Wohnen", "Hogar"),
        five("Light, clay, wood and cloth for rooms one lives in.",
             "Lumière, terre, bois et tissu pour des pièces où l'on vit.",
             "Licht, klei, hout en stof voor kamers om in te leven.",
             "Licht, Ton, Holz und Stoff für Räume, in denen man lebt.",
             "Luz, barro, madera y tela para habitaciones donde se vive."),
    ),
    "wear": (
        five("Wear", "Mode", "Mode", "Mode", "Moda"),
        five("Clothes and companions that get better with the years.",
             "Des vêtements et des compagnons qui gagnent avec les années.",
             "Kleding en metgezellen die met de jaren beter worden.",
             "Kleidung und Begleiter, die mit den Jahren gewinnen.",
             "Ropa y compañeros que mejoran con los años."),
    ),
    "tech": (
        five("Tech", "Tech", "Tech", "Technik", "Tecnología"),
        five("Quiet machines for the desk, the ear and the way.",
             "Des machines discrètes pour le bureau, l'oreille et la route.",
             "Stille apparaten voor bureau, oor en onderweg.",
             "Leise Geräte für Schreibtisch, Ohr und unterwegs.",
             "Máquinas discretas para la mesa, el oído y el camino."),
    ),
}  # fmt: skip

GROUPS: dict[str, Text] = {
    "home/lighting": five("Lighting", "Luminaires", "Verlichting", "Leuchten", "Iluminación"),
    "home/table": five("Table", "Table", "Tafel", "Tisch", "Mesa"),
    "home/decoration": five("Decoration", "Décoration", "Decoratie", "Dekoration", "Decoración"),
    "home/textiles": five("Textiles", "Textiles", "Textiel", "Textilien", "Textiles"),
    "home/furniture": five("Furniture", "Meubles", "Meubels", "Möbel", "Muebles"),
    "wear/clothing": five("Clothing", "Vêtements", "Kleding", "Kleidung", "Ropa"),
    "wear/accessories": five("Accessories", "Accessoires", "Accessoires", "Accessoires", "Accesorios"),
    "wear/bags": five("Bags", "Sacs", "Tassen", "Taschen", "Bolsos"),
    "wear/shoes": five("Shoes", "Chaussures", "Schoenen", "Schuhe", "Calzado"),
    "tech/audio": five("Audio", "Audio", "Audio", "Audio", "Audio"),
    "tech/desk": five("Desk", "Bureau", "Bureau", "Schreibtisch", "Escritorio"),
    "tech/mobile": five("On the move", "En route", "Onderweg", "Unterwegs", "En camino"),
}
