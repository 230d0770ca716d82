"""A made-up log of visitors, and a counter that knows nothing of the shop: plain Python over the log."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

START = datetime(2026, 10, 1, 6, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
AGENTS = {
    "desktop": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0",
    "phone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Mobile/15E148 Safari/604.1",
    "tablet": "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1",
    "robot": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
}
FROM = {
    "direct": "",
    "search": "https://www.bing.com",
    "social": "https://l.instagram.com",
    "site": "https://blog.example",
}


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the log."""

    who: int
    at: datetime
    what: str
    """"page", "add", "checkout" or "order"."""
    path: str = "/"
    came_by: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Whose lines they are: agreed or not, with which program, how fast."""

    who: int
    agrees: bool
    agent: str
    is_fast: bool = False

    @property
    def counts(self) -> bool:
        """A person who agreed."""
        return self.agrees and self.agent != "robot" and not self.is_fast


def made_up(people: int, seed: int = 7) -> tuple[list[Person], list[Act]]:
    """So many visitors over two weeks, each coming once to three times; lines in order of time."""
    dice = random.Random(seed)
    persons, acts = [], []
    for who in range(people):
        agent = dice.choices(list(AGENTS), (50, 35, 8, 7))[0]
        person = Person(who, dice.random() < 0.7, agent, dice.random() < 0.003)
        persons.append(person)
        at = START + timedelta(seconds=dice.randrange(14 * 86_400))
        for _visit in range(dice.choices((1, 2, 3), (75, 18, 7))[0]):
            acts += _visit_of(person, at, dice)
            at += timedelta(minutes=dice.choice((31, 45, 600, 3_000)) + 25)
    return persons, sorted(acts, key=lambda act: act.at)


def _visit_of(person: Person, at: datetime, dice: random.Random) -> list[Act]:
    who, lines = person.who, []

    def then(what: str, path: str = "/", came_by: str = "") -> None:
        nonlocal at
        lines.append(Act(who, at, what, path, came_by))
        at += timedelta(seconds=0 if person.is_fast else dice.randrange(5, 240))

    then("page", dice.choice(("/", "/c/home/lamps", "/search")), dice.choice(list(FROM)))
    if person.is_fast:
        for _ in range(61):
            then("page", "/c/home/lamps")
        return lines
    if dice.random() < 0.55:
        for _ in range(dice.randrange(1, 3)):
            then("page", f"/p/lamp-{dice.randrange(1, 31):02d}")
        if dice.random() < 0.3:
            then("add", f"LAMP-{dice.randrange(1, 31):02d}")
            if dice.random() < 0.45:
                then("checkout")
                if dice.random() < 0.5:
                    then("order")
    return lines


def counted(persons: list[Person], acts: list[Act]) -> tuple[dict[str, int], Counter[str], Counter[str]]:
    """The funnel, visits by day and by way in, from the log alone: a visit ends where half an hour is silent."""
    by_person: dict[int, list[Act]] = {}
    for act in acts:
        by_person.setdefault(act.who, []).append(act)
    visits: list[list[Act]] = []
    for person in persons:
        if not person.counts:
            continue
        last = None
        for act in by_person[person.who]:
            if last is None or act.at - last >= timedelta(minutes=30):
                visits.append([])
            visits[-1].append(act)
            last = act.at
    kinds = [{"product" if act.path.startswith("/p/") else act.what for act in visit} for visit in visits]
    order = [k for k in kinds if "order" in k]
    checkout = [k for k in kinds if {"order", "checkout"} & k]
    cart = [k for k in kinds if {"order", "checkout", "add"} & k]
    product = [k for k in kinds if {"order", "checkout", "add", "product"} & k]
    pages = [act for visit in visits for act in visit if act.what == "page"]
    sums = {
        "visit": len(visits), "product": len(product), "cart": len(cart), "checkout": len(checkout), "order": len(order),
        "visitors": len({visit[0].who for visit in visits}), "page_views": len(pages),
        "product_views": sum(act.path.startswith("/p/") for act in pages),
        "with_addition": sum("add" in k for k in kinds), "with_checkout": sum("checkout" in k for k in kinds),
    }  # fmt: skip
    days = Counter(visit[0].at.astimezone(BRUSSELS).date().isoformat() for visit in visits)
    return sums, days, Counter(visit[0].came_by or "direct" for visit in visits)
