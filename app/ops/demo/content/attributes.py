"""Typed attributes of the demo catalogue, and which product type has which."""

from __future__ import annotations

from app.ops.demo.content import hard_materials, other_materials, soft_materials
from app.ops.demo.content.colours import COLOURS
from app.ops.demo.content.language import five, same
from app.ops.demo.content.lines import FEET, LETTERS
from app.ops.demo.content.materials import MATERIALS
from app.ops.demo.content.values import AttributeSpec, OptionSpec, TypeSpec

LOADED = (hard_materials, soft_materials, other_materials)
"""Add the materials when they are imported."""

ATTRIBUTES: tuple[AttributeSpec, ...] = (
    AttributeSpec(
        "colour", "option", five("Colour", "Couleur", "Kleur", "Farbe", "Color"),
        is_filter=True, is_variant=True, options=tuple(COLOURS.values()),
    ),
    AttributeSpec(
        "size", "option", five("Size", "Taille", "Maat", "Größe", "Talla"),
        is_filter=True, is_variant=True, options=tuple(OptionSpec(s, same(s)) for s in LETTERS),
    ),
    AttributeSpec(
        "shoe_size", "option", five("Shoe size", "Pointure", "Schoenmaat", "Schuhgröße", "Número"),
        is_filter=True, is_variant=True, options=tuple(OptionSpec(s, same(s)) for s in FEET),
    ),
    AttributeSpec(
        "material", "option", five("Material", "Matière", "Materiaal", "Material", "Material"),
        is_filter=True, options=tuple(OptionSpec(m.code, m.labels) for m in MATERIALS.values()),
    ),
    AttributeSpec("height_cm", "number", five("Height", "Hauteur", "Hoogte", "Höhe", "Altura"), "cm"),
    AttributeSpec("width_cm", "number", five("Width", "Largeur", "Breedte", "Breite", "Anchura"), "cm"),
    AttributeSpec("length_cm", "number", five("Length", "Longueur", "Lengte", "Länge", "Longitud"), "cm"),
    AttributeSpec("lumen", "number", five("Brightness", "Luminosité", "Helderheid", "Helligkeit", "Brillo"), "lm"),
    AttributeSpec(
        "dimmable", "boolean", five("Dimmable", "Variateur", "Dimbaar", "Dimmbar", "Regulable"), is_filter=True
    ),
    AttributeSpec("volume_l", "number", five("Volume", "Volume", "Inhoud", "Volumen", "Volumen"), "l"),
    AttributeSpec(
        "dishwasher", "boolean",
        five("Dishwasher safe", "Lave-vaisselle", "Vaatwasserbestendig", "Spülmaschinenfest", "Lavavajillas"),
        is_filter=True,
    ),
    AttributeSpec("battery_h", "number", five("Battery", "Autonomie", "Batterij", "Akkulaufzeit", "Batería"), "h"),
    AttributeSpec(
        "wireless", "boolean", five("Wireless", "Sans fil", "Draadloos", "Kabellos", "Inalámbrico"), is_filter=True
    ),
    AttributeSpec("screen_in", "number", five("Screen", "Écran", "Scherm", "Bildschirm", "Pantalla"), "″"),
    AttributeSpec(
        "made_in", "option", five("Made in", "Fabriqué en", "Gemaakt in", "Hergestellt in", "Fabricado en"),
        is_filter=True,
        options=(
            OptionSpec("be", five("Belgium", "Belgique", "België", "Belgien", "Bélgica")),
            OptionSpec("pt", five("Portugal", "Portugal", "Portugal", "Portugal", "Portugal")),
            OptionSpec("dk", five("Denmark", "Danemark", "Denemarken", "Dänemark", "Dinamarca")),
            OptionSpec("it", five("Italy", "Italie", "Italië", "Italien", "Italia")),
            OptionSpec("de", five("Germany", "Allemagne", "Duitsland", "Deutschland", "Alemania")),
        ),
    ),
)  # fmt: skip


def _type(code: str, names: tuple[str, str, str, str, str], own: str, variant: str = "colour") -> TypeSpec:
    attributes = (*variant.split(), "material", *own.split(), "made_in")
    return TypeSpec(code, five(*names), attributes, tuple(variant.split()))


TYPES: dict[str, TypeSpec] = {
    kind.code: kind
    for kind in (
        _type("lighting", ("Lighting", "Luminaire", "Verlichting", "Leuchte", "Iluminación"),
              "height_cm lumen dimmable"),
        _type("tableware", ("Tableware", "Vaisselle", "Servies", "Geschirr", "Vajilla"),
              "height_cm volume_l dishwasher"),
        _type("decor", ("Decoration", "Décoration", "Decoratie", "Dekoration", "Decoración"),
              "height_cm width_cm"),
        _type("textile", ("Home textile", "Textile de maison", "Huistextiel", "Heimtextil", "Textil de hogar"),
              "width_cm length_cm"),
        _type("furniture", ("Furniture", "Meuble", "Meubel", "Möbel", "Mueble"), "height_cm width_cm"),
        _type("clothing", ("Clothing", "Vêtement", "Kleding", "Kleidung", "Ropa"), "", "colour size"),
        _type("shoe", ("Shoe", "Chaussure", "Schoen", "Schuh", "Zapato"), "", "colour shoe_size"),
        _type("accessory", ("Accessory", "Accessoire", "Accessoire", "Accessoire", "Accesorio"), ""),
        _type("bag", ("Bag", "Sac", "Tas", "Tasche", "Bolso"), "volume_l height_cm"),
        _type("audio", ("Audio", "Audio", "Audio", "Audio", "Audio"), "battery_h wireless"),
        _type("computing", ("Computing", "Informatique", "Computers", "Computer", "Informática"),
              "screen_in wireless"),
        _type("mobile", ("Mobile", "Mobile", "Mobiel", "Mobil", "Móvil"), "wireless"),
    )
}  # fmt: skip
