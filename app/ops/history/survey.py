"""A first look at the whole file: what articles, customers and invoices there are. Keeps no lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from app.ops.history.lines import BadLine, Kind, Line


@dataclass(slots=True)
class Article:
    """What the file says of one code. Sold lines count before lines of corrections, whose texts are remarks."""

    sold: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    prices: Counter[Decimal] = field(default_factory=Counter)
    is_goods: bool = True

    @property
    def name(self) -> str:
        """The most frequent description, the first one of equals; "" when there is none."""
        for found in (self.sold, self.said):
            if found:
                return found.most_common(1)[0][0]
        return ""

    @property
    def price(self) -> Decimal:
        """The most frequent price, the higher one of equals; 0 when it was never sold."""
        return max(self.prices, key=lambda price: (self.prices[price], price), default=Decimal(0))


@dataclass(slots=True)
class Customer:
    """When a customer was first seen, and where."""

    since: datetime
    country: str


@dataclass(slots=True)
class Survey:
    """What a file holds: grows with articles, customers and invoices, not with lines."""

    rows: int = 0
    articles: dict[str, Article] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    invoices: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None

    @classmethod
    def of(cls, lines: Iterable[Line | BadLine]) -> Survey:
        """Look through all lines."""
        found = cls()
        for line in lines:
            found.rows += 1
            if isinstance(line, Line):
                found.note(line)
        return found

    def note(self, line: Line) -> None:
        """Learn from one line."""
        self.invoices[line.invoice] += 1
        self.first = line.at if self.first is None else min(self.first, line.at)
        article = self.articles.setdefault(line.code, Article(is_goods=line.is_goods))
        if line.text:
            article.said[line.text] += 1
        if line.kind in (Kind.SALE, Kind.SHIPPING, Kind.SERVICE):
            article.prices[line.price] += 1
            if line.text:
                article.sold[line.text] += 1
        if line.customer:
            seen = self.customers.get(line.customer)
            if seen is None or line.at < seen.since:
                self.customers[line.customer] = Customer(line.at, line.country)
