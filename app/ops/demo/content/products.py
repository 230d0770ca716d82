"""Invents the products of the demo shop: the same number gives the same product, on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from stdnum import ean as ean_number

from app.ops.demo.art.spec import TONES, PictureSpec
from app.ops.demo.content import (
    hard_materials,
    home_lines,
    other_materials,
    soft_materials,
    tech_lines,
    wear_lines,
)  # fmt: skip
from app.ops.demo.content.brands import BRANDS, series
from app.ops.demo.content.care import CARE
from app.ops.demo.content.colours import ACCENTS, COLOURS, PALETTES
from app.ops.demo.content.language import LANGUAGES, Text
from app.ops.demo.content.lines import LINES, Line
from app.ops.demo.content.materials import MATERIALS, Material
from app.ops.demo.content.values import ProductPicture, ProductSpec, Value, VariantSpec

LOADED = (home_lines, wear_lines, tech_lines, hard_materials, soft_materials, other_materials)
"""Modules that add lines and materials when they are imported."""
PLAIN_LIMIT = 5_000
"""Above this many products each has two variants and shares pictures, so that 100,000 stay affordable."""
_TONES = tuple(TONES)


def products(count: int) -> Iterator[ProductSpec]:
    """`count` products, kinds taking turns, so that every category fills evenly."""
    plain = count > PLAIN_LIMIT
    lines = tuple(LINES.values())
    for index in range(count):
        yield product(lines[index % len(lines)], index // len(lines), index, plain)


def product(line: Line, serial: int, index: int, plain: bool = False) -> ProductSpec:
    """The `serial`-th product of a line; `index` counts over all lines."""
    dice = Random(f"product:{line.kind}:{serial}")
    material = MATERIALS[dice.choice(line.materials)]
    palette = list(PALETTES[material.palette or line.palette])
    dice.shuffle(palette)
    colours = palette[: 2 if plain else dice.choice((2, 3, 3, 4))]
    code = f"{line.kind[:3].upper()}{index:06d}"
    price = _price(line, material, dice)
    return ProductSpec(
        code=code,
        type_code=line.type_code,
        category=line.path,
        brand=dice.choice(BRANDS[line.path.split("/")[0]]),
        names=_names(line, material, serial),
        descriptions=_descriptions(line, material),
        price=price,
        compare_at=(price * Decimal("1.25")).quantize(Decimal(1)) if dice.random() < 0.12 else None,
        specifications=_specifications(line, material, dice),
        variants=tuple(_variants(line, code, colours, index, plain, dice)),
        pictures=tuple(_pictures(line, material, colours, serial, index, plain, dice)),
        tax_class="standard",
        published=True,
        days_old=dice.randrange(1, 400) if dice.random() < 0.9 else dice.randrange(0, 20),
        popularity=int(dice.paretovariate(1.2) * 10),
    )


def _names(line: Line, material: Material, serial: int) -> Text:
    name, made = series(serial + len(line.kind) * 37), {}
    for language in LANGUAGES:
        noun, phrase = line.noun[language], material.phrases[language]
        made[language] = f"{name} {noun} {phrase}" if language == "en" else f"{noun} {name} {phrase}"
    return made


def _descriptions(line: Line, material: Material) -> Text:
    return {
        language: "\n\n".join(
            (line.purpose[language], material.feels[language], CARE[material.care][language])
        )
        for language in LANGUAGES
    }


def _price(line: Line, material: Material, dice: Random) -> Decimal:
    low, high = line.price
    share = dice.betavariate(1.6, 3.4)
    euros = int((low + (high - low) * share) * min(material.factor, 1.4))
    if euros >= 200:
        euros = euros // 10 * 10 - 1
    return Decimal(euros) + (Decimal("0.50") if euros < 40 and dice.random() < 0.4 else 0)


def _specifications(line: Line, material: Material, dice: Random) -> dict[str, Value]:
    own: dict[str, dict[str, Value]] = {
        "lighting": {
            "height_cm": dice.randrange(24, 68) * (3 if line.kind == "floor_lamp" else 1),
            "lumen": dice.randrange(4, 17) * 50,
            "dimmable": dice.random() < 0.7,
        },
        "tableware": {
            "height_cm": dice.randrange(7, 24),
            "volume_l": Decimal(dice.randrange(25, 180)) / 100,
            "dishwasher": material.care == "dishwasher",
        },
        "decor": {"height_cm": dice.randrange(8, 90), "width_cm": dice.randrange(8, 70)},
        "textile": {"width_cm": dice.randrange(40, 140, 10), "length_cm": dice.randrange(40, 220, 10)},
        "furniture": {"height_cm": dice.randrange(44, 96), "width_cm": dice.randrange(36, 58)},
        "bag": {"volume_l": dice.randrange(8, 30), "height_cm": dice.randrange(28, 52)},
        "audio": {"battery_h": dice.randrange(8, 42), "wireless": dice.random() < 0.8},
        "computing": {
            "wireless": dice.random() < 0.7,
            **({"screen_in": dice.choice((13, 14, 16, 24, 27, 32))} if "a" in line.kind else {}),
        },
        "mobile": {"wireless": dice.random() < 0.5},
    }
    made_in = dice.choice(("be", "pt", "dk", "it", "de"))
    return {"material": material.code, **own.get(line.type_code, {}), "made_in": made_in}


def _variants(
    line: Line, code: str, colours: list[str], index: int, plain: bool, dice: Random
) -> Iterator[VariantSpec]:
    sizes: tuple[str, ...] = line.sizes[1:2] if plain else line.sizes
    attribute = "shoe_size" if line.type_code == "shoe" else "size"
    number = 0
    for colour in colours:
        for size in sizes or ("",):
            yield VariantSpec(
                sku=f"{code}-{colour[:3].upper()}{'-' + size if size else ''}",
                options={"colour": colour, **({attribute: size} if size else {})},
                price_delta=Decimal(0),
                stock=_stock(dice),
                weight_g=dice.randrange(*line.weight),
                ean=_ean(index * 50 + number),
            )
            number += 1


def _stock(dice: Random) -> int:
    chance = dice.random()
    return 0 if chance < 0.05 else dice.randrange(1, 5) if chance < 0.15 else dice.randrange(6, 80)


def _ean(number: int) -> str:
    """A number of the range that GS1 leaves to shops for themselves (20 to 29)."""
    body = f"20{number:010d}"
    return body + ean_number.calc_check_digit(body)


def _pictures(
    line: Line, material: Material, colours: list[str], serial: int, index: int, plain: bool, dice: Random
) -> Iterator[ProductPicture]:
    seed = serial % 12 if plain else serial * 31 + len(line.kind)
    tone, accent, finish = dice.choice(_TONES), dice.choice(ACCENTS), dice.choice(material.finishes)
    if plain:
        tone, accent, finish = _TONES[seed], ACCENTS[seed % len(ACCENTS)], material.finishes[0]
        shades = sorted(PALETTES[material.palette or line.palette])
        colours = [shades[seed % len(shades)]]
    for colour in colours:
        spec = PictureSpec(line.kind, COLOURS[colour].swatch, accent, finish, seed, 0, tone)
        yield ProductPicture(spec, _alts(line, colour), {} if plain else {"colour": colour})
    if not plain:
        first = PictureSpec(line.kind, COLOURS[colours[0]].swatch, accent, finish, seed, 2, tone)
        yield ProductPicture(first, _alts(line, colours[0]), {})


def _alts(line: Line, colour: str) -> Text:
    return {lang: f"{line.noun[lang].capitalize()}, {COLOURS[colour].labels[lang]}" for lang in LANGUAGES}
