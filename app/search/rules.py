"""Words, codes, spelling and tsquery texts: pure functions.

Index and query pass through the same functions, so that "Téléphone", "telephone" and "TELEPHONE" are
one word. PostgreSQL only stems what comes out of here: letters and digits, nothing it could parse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

LANGUAGE_CONFIGS: dict[str, str] = {
    "en": "english",
    "fr": "french",
    "nl": "dutch",
    "de": "german",
    "es": "spanish",
}
LONGEST_QUERY = 200
LONGEST_FACET = 120
MOST_TERMS = 10
LONGEST_WORD = 40
PREFIX = 7
"""Spelling looks at this many first letters of a word; the rest is compared afterwards."""
_WORD = re.compile(r"[^\W_]+")
_COMPOUND = re.compile(r"[^\W_]+(?:[-./'’+][^\W_]+)+")
_NUMBER_AND_UNIT = re.compile(r"\b(\d{1,6}) ([a-z]{1,3})\b")
_DECIMAL = re.compile(r"(?<=\d)[.,](?=\d)")
_BROKEN = re.compile("[\ud800-\udfff\x00-\x1f\x7f]")
_TAGS = re.compile(r"<[^<>]{0,500}>")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "®": " ", "™": " "})


def clean(text: object, longest: int = LONGEST_QUERY) -> str:
    """Typed text as it can be stored and shown: no NUL, no half surrogates, one space, a bounded length."""
    raw = text if isinstance(text, str) else ""
    return " ".join(_BROKEN.sub(" ", raw[: longest * 4]).split())[:longest].strip()


def facet_token(code: str, value: object) -> str:
    """ "code=value", as the index holds one property that a list can be narrowed by."""
    plain = str(value).lower() if isinstance(value, bool) else clean(str(value), LONGEST_FACET)
    return f"{code}={plain}"


def unaccent(text: str) -> str:
    """Small letters without accents."""
    text = text.casefold() if text.isascii() else text.lower().translate(_LETTERS)
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def plain_text(html: str) -> str:
    """A description without its tags."""
    return _TAGS.sub(" ", html) if "<" in html else html


def words_of(text: str) -> list[str]:
    """The words of a text in order, without accents; of "Wi-Fi" also "wifi", of "16 GB" also "16gb"."""
    low = _DECIMAL.sub("", unaccent(text))
    found = [word[:LONGEST_WORD] for word in _WORD.findall(low)]
    for compound in _COMPOUND.findall(low):
        joined = "".join(_WORD.findall(compound))
        if len(joined) <= LONGEST_WORD:
            found.append(joined)
    found += [number + unit for number, unit in _NUMBER_AND_UNIT.findall(low)]
    return found


def code_of(text: str) -> str:
    """An article number without punctuation, in capitals; "" for what cannot be one."""
    code = "".join(_WORD.findall(unaccent(text))).upper()
    return code if 3 <= len(code) <= 64 else ""


def codes_of(texts: Iterable[str | None]) -> list[str]:
    """Codes as they are indexed; EAN and UPC with and without their leading zeros."""
    found: dict[str, None] = {}
    for text in texts:
        code = code_of(text) if text else ""
        if code:
            found[code] = None
            if code.isdigit() and code[0] == "0" and len(code.lstrip("0")) >= 6:
                found[code.lstrip("0")] = None
    return list(found)


def name_key(name: str) -> str:
    """What a name is sorted by; numbers in it count by their value."""
    return re.sub(r"\d+", lambda m: m.group().zfill(8)[:20], unaccent(name))[:80]


def terms_of(query: str) -> list[str]:
    """The words of a query, each once, at most ten."""
    low = _DECIMAL.sub("", unaccent(clean(query)))
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(low)))[:MOST_TERMS]


def _alternatives(term: str, others: Sequence[str], prefix: bool) -> str:
    forms = [f"'{term}'"]
    if prefix and len(term) > 1:
        forms.append(f"'{term}':*")
    for other in others:
        parts = _WORD.findall(unaccent(other))
        if parts:
            forms.append("(" + " <-> ".join(f"'{part}'" for part in parts) + ")")
    return forms[0] if len(forms) == 1 else "(" + " | ".join(forms) + ")"


def query_text(
    terms: Sequence[str], synonyms: Mapping[str, Sequence[str]], joined_by: str = "&", prefix: bool = True
) -> str:
    """A tsquery from words: the last one also as the beginning of a word, each with its synonyms.

    Two neighbours written apart ("wi fi") are also looked for as one word.
    """
    parts = []
    for place, term in enumerate(terms):
        forms = _alternatives(term, synonyms.get(term, ()), prefix=prefix and place == len(terms) - 1)
        for a, b in ((place - 1, place), (place, place + 1)):
            if a >= 0 and b < len(terms) and len(terms[a] + terms[b]) <= 12:
                forms = f"({forms} | '{terms[a]}{terms[b]}')"
        parts.append(forms)
    return f" {joined_by} ".join(parts)


def most_of(terms: Sequence[str], synonyms: Mapping[str, Sequence[str]]) -> str:
    """A tsquery for all but one of the words."""
    if len(terms) < 3:
        return query_text(terms, synonyms, "|")
    lists = combinations(terms, len(terms) - 1)
    return " | ".join(f"({query_text(some, synonyms)})" for some in lists)


def synonym_table(rows: Iterable[tuple[str, bool]]) -> dict[str, list[str]]:
    """{word: what it also means} from lines of words separated by commas."""
    table: dict[str, list[str]] = {}
    for line, one_way in rows:
        words = [" ".join(_WORD.findall(unaccent(part))) for part in line.split(",")]
        words = [word for word in words if word]
        for word in words[:1] if one_way else words:
            table.setdefault(word, []).extend(other for other in words if other != word)
    return table


def is_spelled(word: str) -> bool:
    """True for what spelling is about: four letters or more, no digits."""
    return 4 <= len(word) <= LONGEST_WORD and word.isalpha()


def deletions(word: str) -> list[str]:
    """The word's beginning with up to two letters left out (one in short words)."""
    start = word[:PREFIX]
    most = 1 if len(word) < 6 else 2
    found = {start}
    for count in range(1, most + 1):
        for places in combinations(range(len(start)), count):
            found.add("".join(letter for i, letter in enumerate(start) if i not in places))
    return sorted(found)


def distance(a: str, b: str, most: int = 2) -> int:
    """Letters changed, added, dropped or swapped between two words; `most` + 1 when it is more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def best_spelling(word: str, candidates: Iterable[tuple[str, int]]) -> str | None:
    """The likeliest word that was meant: the closest, then the most frequent."""
    most = 1 if len(word) < 6 else 2
    ranked = [
        (distance(word, other, most), word[:1] != other[:1], -frequency, other)
        for other, frequency in candidates
        if other != word
    ]
    near = [item for item in ranked if item[0] <= most]
    return min(near)[3] if near else None


def may_be_kept(query: str) -> bool:
    """False for queries that could tell who somebody is: addresses, long numbers."""
    return "@" not in query and not re.search(r"\d[\d .+/-]{6,}\d", query) and 2 <= len(query) <= 80
