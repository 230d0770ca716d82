"""Made-up view models for the template tests: every optional part is filled at least once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.storefront import pages as p


@dataclass(frozen=True)
class Euro:
    """Money for tests."""

    amount: Decimal
    currency: str = "EUR"


@dataclass(frozen=True)
class Picture:
    """An image set for tests."""

    src: str
    webp: str = ""
    avif: str = ""
    width: int = 800
    height: int = 1000
    alt: str = "A thing on a table"


def eur(value: str) -> Euro:
    """Make an amount in euro."""
    return Euro(Decimal(value))


def picture(n: int | str, height: int = 1000) -> Picture:
    """Make a numbered picture in two widths."""
    return Picture(
        f"/img/{n}-640.webp", webp=f"/img/{n}-320.webp 320w, /img/{n}-640.webp 640w", height=height
    )


IN = p.Availability("in", "In stock", 40)
LOW = p.Availability("low", "Only 3 left", 3)
OUT = p.Availability("out", "Sold out", 0)
NAMES = (
    "Halo pendant", "Oslo reading lamp", "Marais side chair", "Atelier stoneware vase", "Dune linen cushion",
    "Brume table lamp with a rather long name", "Cove serving bowl", "Field mug, set of two", "Noor wool throw",
    "Loft bench", "Petit carafe", "Arc floor lamp",
)  # fmt: skip
SWATCHES = (p.Swatch("Moss", "#5c6b50"), p.Swatch("Clay", "#b5532f"), p.Swatch("Chalk", "#ece7dc"))


def meta(title: str) -> p.Meta:
    """Make a head."""
    return p.Meta(title, "A short description of the page.", "https://shop.example/x")


def card(n: int) -> p.Card:
    """Make a card; every third is on sale, every seventh sold out."""
    return p.Card(
        name=NAMES[n % len(NAMES)],
        url=f"/p/piece-{n}",
        image=picture(n % 30),
        price=eur(f"{39 + n * 7}.00"),
        compare_at=eur(f"{59 + n * 7}.00") if n % 3 == 1 else None,
        availability=OUT if n % 7 == 5 else IN,
        rating_average=4.6,
        rating_count=0 if n % 4 == 3 else 12 + n,
        swatches=SWATCHES[: n % 4],
        more_swatches=2 if n % 4 == 3 else 0,
        brand=("Atelier Nord", "Fjord & Fils", "Maison Lumen")[n % 3],
        has_price_range=n % 5 == 0,
        badge="New" if n % 6 == 0 else "",
    )


def cards(count: int, start: int = 0) -> tuple[p.Card, ...]:
    """Make several cards."""
    return tuple(card(n) for n in range(start, start + count))


def shop(language: str = "en") -> p.Shop:
    """Make the shop around the page."""
    leaf = tuple(p.NavCategory(name, "/c/x/y/z") for name in ("Glass", "Linen", "Brass"))
    children = tuple(
        p.NavCategory(name, "/c/x/y", leaf)
        for name in ("Pendants", "Table lamps", "Floor lamps", "Wall lights", "Outdoor", "Bulbs and parts")
    )
    names = ("Lighting", "Furniture", "Tableware", "Textiles", "Objects")
    departments = tuple(
        p.NavCategory(n, "/c/x", children, picture(f"d{i}", 800)) for i, n in enumerate(names)
    )
    return p.Shop(
        name="Maison Lumen",
        here="/c/lighting?page=2",
        language=language,
        tagline="Lamps, furniture and table things from small European makers, chosen one by one.",
        notice="Free delivery in Belgium from €75",
        departments=(*departments, p.NavCategory("Journal", "/blog")),
        languages=tuple(
            p.Choice(code, label, code == language)
            for code, label in (
                ("en", "English"),
                ("fr", "Français"),
                ("nl", "Nederlands"),
                ("de", "Deutsch"),
            )
        ),
        currencies=(p.Choice("EUR", "€ Euro", True), p.Choice("USD", "$ Dollar"), p.Choice("GBP", "£ Pound")),
        footer=tuple(
            p.LinkGroup(title, tuple(p.Link(text, "/pages/x") for text in texts))
            for title, texts in (
                ("Help", ("Delivery", "Returns", "Contact", "Track an order")),
                ("The house", ("Our story", "Makers", "Journal", "Services")),
                ("Account", ("Sign in", "Orders", "Wishlist")),
            )
        ),
        legal=(p.Link("Terms", "/pages/terms"), p.Link("Privacy", "/pages/privacy")),
        email="hello@lumen.example",
        phone="+32 9 000 00 00",
        is_demo=True,
    )


def home() -> p.HomeView:
    """Make the home page."""
    tiles = ("Lighting", "Furniture", "Tableware", "Textiles", "Objects")
    return p.HomeView(
        meta=meta("Maison Lumen"),
        hero=p.Teaser(
            "Light for longer evenings", "/c/lighting", Picture("/img/hero-1280.webp", width=1600, height=1200),
            "New lamps in blown glass and spun brass, made in small series in Ghent and Aarhus.", "See the lamps",
            "Autumn collection",
        ),
        departments=tuple(p.Teaser(t, "/c/x", picture(f"d{i}", 800), "124 pieces") for i, t in enumerate(tiles)),
        new_arrivals=cards(8),
        new_arrivals_url="/search?sort=newest",
        popular=cards(8, 8),
        popular_url="/search?sort=popularity",
        editorial=p.Teaser(
            "A chair is a decision about sitting", "/blog/chair",
            Picture("/img/ed-1280.webp", width=1280, height=960),
            "We spent a week in the workshop where the Marais is bent, glued and oiled by four people.",
            "Read the story", "From the journal",
        ),
        json_ld={"@type": "Organization", "name": "</script>"},
    )  # fmt: skip


def listing(total: int = 128, chips: bool = True) -> p.ListingView:
    """Make a category; `total` 0 for one that filters have emptied."""
    values = ("Brass", "Glass", "Linen", "Oak", "Steel")
    colors = (("Moss", "#5c6b50"), ("Clay", "#b5532f"), ("Chalk", "#ece7dc"), ("Ink", "#26282c"))
    return p.ListingView(
        meta=meta("Lighting"),
        title="Lighting",
        url="/c/lighting",
        total=total,
        cards=cards(min(total, 24)),
        sorts=(p.Choice("popularity", "Popularity", True), p.Choice("price", "Price, low to high")),
        pagination=p.Pagination(
            2, ((1, "?page=1"), (2, "?page=2"), (3, "?page=3"), (0, ""), (6, "?page=6")), "?page=1", "?page=3"
        ),
        crumbs=(p.Crumb("Home", "/"), p.Crumb("Lighting")),
        description="Lamps that give a room its evening: pendants over tables, readers beside chairs.",
        subcategories=tuple(p.SubCategory(n, "/c/x", 18) for n in ("Pendants", "Table lamps", "Floor lamps")),
        facets=(
            p.Facet("material", "Material", tuple(
                p.FacetValue(v, v.lower(), 7 * i, "?material=x", i == 1) for i, v in enumerate(values)
            )),
            p.Facet("color", "Colour", tuple(
                p.FacetValue(label, label.lower(), 12, "?color=x", swatch=c) for label, c in colors
            )),
            p.Facet("brand", "Maker", (p.FacetValue("Fjord & Fils", "fjord", 9, "?brand=fjord"),)),
        ),
        price=p.PriceRange(low="50", floor="9", ceiling="890"),
        chips=(p.Link("Glass", "/c/lighting"), p.Link("From €50", "/c/lighting?material=glass")) if chips else (),
        clear_url="/c/lighting",
        hidden=(("q", "lamp"),),
        json_ld={"@type": "ItemList"},
    )  # fmt: skip


def product(state: p.Availability = LOW, sku: str = "MRS-CH-M") -> p.ProductView:
    """Make a product page with two options, pictures and a table."""
    sizes = (
        ("s", "Small", True, True),
        ("m", "Medium", True, True),
        ("l", "Large", True, False),
        ("xl", "XL", False, True),
    )
    return p.ProductView(
        meta=meta("Halo pendant"),
        product_id=7,
        slug="halo-pendant",
        url="/p/halo-pendant",
        name="Halo pendant in mouth-blown glass",
        sku=sku,
        price=eur("189.00"),
        compare_at=eur("229.00"),
        saving_percent=17,
        tax_note="VAT included",
        availability=state,
        images=tuple(picture(n) for n in (2, 4, 6, 9)),
        brand="Atelier Nord",
        brand_url="/search?brand=atelier-nord",
        summary="A ring of opal glass that lights the table, not the eyes. Dimmable, warm, quiet.",
        description="Blown in one breath and cut by hand.\n\nThe shade hangs on a linen cord you can shorten.",
        crumbs=(p.Crumb("Home", "/"), p.Crumb("Lighting", "/c/lighting"), p.Crumb("Halo pendant")),
        options=(
            p.OptionGroup("color", "Colour", tuple(
                p.OptionValue(s.label.lower(), s.label, f"?color={s.label}", i == 0, is_available=i != 2, swatch=s.color)
                for i, s in enumerate(SWATCHES)
            ), "swatch"),
            p.OptionGroup("size", "Size", tuple(
                p.OptionValue(v, label, f"?size={v}", v == "m", exists, available)
                for v, label, exists, available in sizes
            )),
        ),
        delivery="With you Tuesday 24 – Thursday 26 November",
        delivery_cost="€6.95, free from €75",
        returns="Thirty days to send it back, at our cost",
        specifications=(
            p.SpecificationGroup("Size and weight", (
                p.Specification("Diameter", "38 cm"), p.Specification("Height", "24 cm"), p.Specification("Weight", "1.9 kg"),
            )),
            p.SpecificationGroup("", (p.Specification("Material", "Opal glass, brass"), p.Specification("Socket", "E27"))),
        ),
        rating_average=4.7,
        rating_count=38,
        related=cards(8, 10),
        json_ld={"@context": "https://schema.org", "@type": "Product", "name": "</script><b>"},
        is_preview=True,
    )  # fmt: skip
