"""What counts as a visit, a page, a robot. Values only."""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

REST: Final = timedelta(minutes=30)
"""Who does nothing for this long begins a new visit: what every web statistics tool counts by."""
KEEP_ID: Final = timedelta(days=390)
"""How long a visitor is known again: 13 months at most, and not renewed by coming back (CNIL, 2020-091)."""
KEEP_CHOICE: Final = timedelta(days=182)
"""How long a choice stands before it is asked again, a refusal as well: six months (CNIL, 2020-092)."""

PAGES: Final = ("home", "category", "product", "search", "cart", "checkout", "other")
DEVICES: Final = ("desktop", "phone", "tablet")
REFERRERS: Final = ("direct", "search", "social", "campaign", "site")
STEPS: Final = ("visit", "product", "cart", "checkout", "order")

WORDING: Final = "2"
"""Version of the question that people answer; it is the first letter of the cookie and stands beside each visit."""

MOST_A_MINUTE: Final = 60
MOST_A_VISIT: Final = 1_500
"""More pages than these in a minute, or in one visit, are no person's."""

_SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{0,199}$")
_PREFIX = re.compile(r"^/(?:fr|nl|de|es)(?=/|$)")
_ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|lighthouse|pagespeed|preview|monitor|uptime|pingdom|scan|archiver"
    r"|facebookexternalhit|whatsapp|embedly|curl/|wget/|python|java/|go-http|okhttp|axios|node-fetch|libwww"
    r"|phantomjs|puppeteer|playwright|selenium|webdriver|httpclient|feedfetcher|mediapartners|bingpreview",
    re.IGNORECASE,
)
_SEARCH = re.compile(
    r"(^|\.)(google|bing|duckduckgo|ecosia|qwant|yahoo|startpage|yandex|baidu|brave|lilo)\.[a-z.]+$"
)
_SOCIAL = re.compile(
    r"(^|\.)(facebook\.com|instagram\.com|t\.co|x\.com|twitter\.com|pinterest\.[a-z.]+|linkedin\.com|lnkd\.in"
    r"|reddit\.com|tiktok\.com|youtube\.com|threads\.net|bsky\.app)$"
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What somebody agreed to: that visits are counted, and that they may shape suggestions."""

    counted: bool = False
    profiled: bool = False

    def __post_init__(self) -> None:
        if self.profiled and not self.counted:
            object.__setattr__(self, "profiled", False)

    @property
    def text(self) -> str:
        """How the cookie says it: the version of the question, then a letter for each yes."""
        return WORDING + ("a" if self.counted else "") + ("p" if self.profiled else "")


REFUSED: Final = Agreement()


def read_agreement(text: str) -> Agreement | None:
    """What a cookie says; None while nobody has chosen, or the question was another one."""
    if text[:1] != WORDING or text[1:] not in ("", "a", "ap"):
        return None
    return Agreement(counted="a" in text, profiled="p" in text)


def is_robot(agent: str) -> bool:
    """True for programs by what they call themselves, and for who says nothing.

    A list of our own instead of a library of a thousand patterns: page views come by a script, so only robots
    with a whole browser ever arrive here, and those name themselves by these words. The rest is found by its pace.
    """
    return len(agent) < 20 or bool(_ROBOT.search(agent))


def device_of(agent: str) -> str:
    """Desktop, phone or tablet."""
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    return "phone" if "Mobi" in agent or "iPhone" in agent else "desktop"


def page_of(path: str) -> tuple[str, str]:
    """The kind of a page by its path without language prefix, and the slug where it is a product."""
    plain = _PREFIX.sub("", path.split("?", 1)[0]) or "/"
    if plain == "/":
        return "home", ""
    head, _, rest = plain[1:].partition("/")
    if head == "p" and _SLUG.match(rest):
        return "product", rest
    kinds = {"c": "category", "search": "search", "cart": "cart", "checkout": "checkout"}
    if head == "checkout" and rest:
        return "other", ""
    return kinds.get(head, "other"), ""


def is_slug(text: str) -> bool:
    """True for the address of a product as this shop makes them."""
    return bool(_SLUG.match(text))


def referrer_of(address: str, query: str, own_host: str) -> str:
    """Where a visit came from; "" for a step inside the shop. Only the kind is ever kept."""
    asked = parse_qs(query[:2_000].lstrip("?"), max_num_fields=50)
    if any(
        name in asked for name in ("utm_source", "utm_campaign", "utm_medium", "gclid", "fbclid", "msclkid")
    ):
        return "campaign"
    if not address:
        return "direct"
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:
        return "direct"
    if not host or host == own_host:
        return ""
    if _SEARCH.search(host):
        return "search"
    return "social" if _SOCIAL.search(host) else "site"


def read_id(text: str) -> uuid.UUID | None:
    """An id of ours out of a cookie; None for anything else."""
    return uuid.UUID(text) if re.fullmatch(r"[0-9a-f]{32}", text) else None


def new_id() -> uuid.UUID:
    """A random id that says nothing about anybody."""
    return uuid.UUID(bytes=secrets.token_bytes(16))


def visit_text(visit: uuid.UUID, at: datetime) -> str:
    """A visit as its cookie holds it: which one, and when it was last heard of."""
    return f"{visit.hex}.{int(at.timestamp())}"


def same_visit(text: str, now: datetime) -> uuid.UUID | None:
    """The visit a cookie names while it lasts; None after half an hour's rest, or for a forged one."""
    name, _, seconds = text.partition(".")
    visit = read_id(name)
    if visit is None or not re.fullmatch(r"[0-9]{1,12}", seconds):
        return None
    rested = now.timestamp() - int(seconds)
    return visit if rested + 1 >= 0 and rested < REST.total_seconds() else None
