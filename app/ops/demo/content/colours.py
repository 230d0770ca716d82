"""The house palette: colour names are nouns, so no language has to inflect them."""

from __future__ import annotations

from app.ops.demo.content.language import five
from app.ops.demo.content.values import OptionSpec


def _colour(value: str, swatch: str, *names: str) -> OptionSpec:
    return OptionSpec(value, five(*names), swatch)


COLOURS: dict[str, OptionSpec] = {
    option.value: option
    for option in (
        _colour("chalk", "#ece7dc", "Chalk", "Craie", "Krijt", "Kreide", "Tiza"),
        _colour("oat", "#d8c8ac", "Oat", "Avoine", "Haver", "Hafer", "Avena"),
        _colour("sand", "#c9b08a", "Sand", "Sable", "Zand", "Sand", "Arena"),
        _colour("clay", "#b9876a", "Clay", "Argile", "Klei", "Ton", "Arcilla"),
        _colour(
            "terracotta", "#b4623f", "Terracotta", "Terre cuite", "Terracotta", "Terrakotta", "Terracota"
        ),
        _colour("rust", "#944a30", "Rust", "Rouille", "Roest", "Rost", "Óxido"),
        _colour("ochre", "#cf9a45", "Ochre", "Ocre", "Oker", "Ocker", "Ocre"),
        _colour("honey", "#d6ab62", "Honey", "Miel", "Honing", "Honig", "Miel"),
        _colour("blush", "#dcb3a3", "Blush", "Pétale", "Blos", "Blüte", "Pétalo"),
        _colour("berry", "#8c3a47", "Berry", "Framboise", "Framboos", "Himbeere", "Frambuesa"),
        _colour("plum", "#5d3f52", "Plum", "Prune", "Pruim", "Pflaume", "Ciruela"),
        _colour("lilac", "#b3a5bf", "Lilac", "Lilas", "Sering", "Flieder", "Lila"),
        _colour("sage", "#9aa68a", "Sage", "Sauge", "Salie", "Salbei", "Salvia"),
        _colour("olive", "#77794c", "Olive", "Olive", "Olijf", "Olive", "Oliva"),
        _colour("moss", "#5b6a48", "Moss", "Mousse", "Mos", "Moos", "Musgo"),
        _colour("pine", "#35513f", "Pine", "Sapin", "Den", "Tanne", "Pino"),
        _colour("lagoon", "#4d7f82", "Lagoon", "Lagon", "Lagune", "Lagune", "Laguna"),
        _colour("mist", "#b5c1c4", "Mist", "Brume", "Mist", "Nebel", "Niebla"),
        _colour("sky", "#8fabbd", "Sky", "Ciel", "Hemel", "Himmel", "Cielo"),
        _colour("denim", "#50698a", "Denim", "Denim", "Denim", "Denim", "Denim"),
        _colour("ink", "#2c3950", "Ink", "Encre", "Inkt", "Tinte", "Tinta"),
        _colour("slate", "#5d666d", "Slate", "Ardoise", "Leisteen", "Schiefer", "Pizarra"),
        _colour("pebble", "#a8a49c", "Pebble", "Galet", "Kiezel", "Kiesel", "Guijarro"),
        _colour("coal", "#33322f", "Coal", "Charbon", "Steenkool", "Kohle", "Carbón"),
        _colour("chestnut", "#6f4a36", "Chestnut", "Châtaigne", "Kastanje", "Kastanie", "Castaña"),
        _colour("oak", "#c59d6c", "Oak", "Chêne", "Eik", "Eiche", "Roble"),
        _colour("walnut", "#7c5539", "Walnut", "Noyer", "Walnoot", "Nussbaum", "Nogal"),
        _colour("brass", "#c9a35c", "Brass", "Laiton", "Messing", "Messing", "Latón"),
        _colour("copper", "#bd7b55", "Copper", "Cuivre", "Koper", "Kupfer", "Cobre"),
        _colour("silver", "#c3c4c3", "Silver", "Argent", "Zilver", "Silber", "Plata"),
    )
}

PALETTES: dict[str, tuple[str, ...]] = {
    "earth": (
        "chalk",
        "oat",
        "sand",
        "clay",
        "terracotta",
        "rust",
        "ochre",
        "sage",
        "olive",
        "pine",
        "coal",
        "ink",
    ),
    "soft": (
        "oat",
        "blush",
        "sage",
        "mist",
        "sky",
        "lilac",
        "honey",
        "chalk",
        "clay",
        "pebble",
        "lagoon",
        "plum",
    ),
    "wear": (
        "chalk",
        "ink",
        "coal",
        "olive",
        "rust",
        "oat",
        "denim",
        "berry",
        "ochre",
        "pine",
        "blush",
        "slate",
        "sky",
    ),
    "leather": ("chestnut", "coal", "clay", "ink", "olive", "oat", "rust", "berry", "pine"),
    "device": ("silver", "coal", "slate", "mist", "sage", "blush", "chalk", "ink", "sand", "lagoon"),
    "glass": ("mist", "sage", "honey", "sky", "lagoon", "blush", "pebble", "lilac"),
    "metal": ("brass", "silver", "coal", "copper"),
    "wood": ("oak", "walnut", "coal", "chalk"),
    "pale": ("chalk", "oat", "honey", "blush", "mist"),
}

ACCENTS = (
    "#b98d5c",
    "#d8b98a",
    "#8a5f43",
    "#a9653f",
    "#6c7a5c",
    "#4d5866",
    "#c9a35c",
    "#e3d6bf",
    "#7b4a4a",
    "#93a3a8",
)
"""Second colours for details of a picture."""
