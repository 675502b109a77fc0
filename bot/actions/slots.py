"""What a message holds for a form: order number, e-mail, phone, address, words. Pure."""

from __future__ import annotations

import re
import unicodedata

from bot.folding import fold
from conversation.texts import clean_comment, clean_email
from runtime.errors import BadInput

MAX_WORDS = 2_000  # characters of a description; an address has less
MAX_ADDRESS = 200
BESIDE = 6  # words around a value ("my order number is ...") with which a message is still just that value

# Begins where a word does, and no part is without an end: 4,000 characters of "a@a@" would take minutes otherwise.
_MAIL = re.compile(
    r"(?<![^@\s<>\",;:()\[\]\\])[^@\s<>\",;:()\[\]\\]{1,64}@"
    r"[^@\s<>\"',;:()\[\]\\]{1,190}\.[^@\s.<>\"',;:()\[\]\\]{2,63}"
)
# Not a part of a date, an amount or a longer number; at most four letters in front, as in LF-10042.
_ORDER = re.compile(r"(?<![\w.,/-])#?(?:([A-Za-zÆØÅÄÖæøåäö]{1,4})-?)?([0-9]{4,12})(?![\w]|[-.,/][0-9])")
_NOT_A_PREFIX = frozenset({"nr", "no", "num", "ord", "kr", "dkk", "sek", "nok", "eur"})
_PHONE = re.compile(r"(?<![\w+])(?:\+|00)?[0-9][0-9 ()./-]{5,22}[0-9](?!\w)")
_POSTCODE = re.compile(r"(?<![0-9])(?:[0-9]{4}|[0-9]{3} ?[0-9]{2})(?![0-9])")
_LETTERS = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W_]+")

# As people copy them: a blank that does not break, a dash of another length; the sign that a phone hides, in words.
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_AT = re.compile(r"\s?(?:[(\[]at[)\]]|\bsnabel-?a\b|\bkrøllalfa\b|\balfakrøll\b)\s?", re.IGNORECASE)
_DIGITS_APART = re.compile(r"#?[0-9](?: ?[0-9]){3,11}[.!]?")
_NOT = re.compile(
    r"\b(?:not|instead of|rather than|ikke|i ?stedet for|i ?stedenfor|inte|i ?stallet for|ikkje|i staden for)\Z"
)
_TOLD = 40  # characters before a value in which it is said to be the wrong one
# 3. maj 2024 is no order, and 03.05.2024 no phone.
_DATE = re.compile(
    r"\b[0-9]{4}-[01]?[0-9]-[0-3]?[0-9]\b|\b[0-3]?[0-9][./-][01]?[0-9][./-](?:19|20)[0-9]{2}\b|"
    r"\b(?:jan|feb|mar|apr|maj|mai|may|jun|jul|aug|sep|okt|oct|nov|dec|des)[a-zé]{0,6}\.?,? (?:19|20)[0-9]{2}\b",
    re.IGNORECASE,
)
# Digits behind the country's number, without a 0 in front: what has fewer or more reaches nobody.
_NATIONAL = {"45": (8, 8), "46": (7, 10), "47": (8, 8), "354": (7, 9), "358": (5, 12)}


def _even(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def _only(found: dict[str, int], text: str) -> str | None:
    """The one that is meant of values with their places: one that is said not to be it does not count."""
    if len(found) > 1:
        meant = [value for value, place in found.items() if not _NOT.search(fold(text[max(0, place - _TOLD) : place]))]
        return meant[0] if len(meant) == 1 else None
    return next(iter(found), None)


def emails(text: str) -> dict[str, int]:
    """Each address in the text, and where it stands."""
    found: dict[str, int] = {}
    for match in _MAIL.finditer(_AT.sub("@", _even(text))):
        try:
            found.setdefault(clean_email(match.group().strip(".'!?*").lower()), match.start())
        except BadInput:
            continue
    return found


def email(text: str) -> str | None:
    """The only address in the text; None where there is none or more than one."""
    return _only(emails(text), _AT.sub("@", _even(text)))


def order_numbers(text: str, whole: bool = True) -> dict[str, int]:
    """Each number in the text that may be an order's, and where it stands; `whole` as in `order_number`."""
    text = _DATE.sub(_blank, _MAIL.sub(_blank, _even(text)))
    if whole and _DIGITS_APART.fullmatch(text.strip()):
        text = text.replace(" ", "")
    found: dict[str, int] = {}
    for match in _ORDER.finditer(text):
        letters, digits = match[1] or "", match[2]
        if letters.casefold() in _NOT_A_PREFIX:
            letters = ""
        if letters:
            found.setdefault(f"{letters.upper()}-{digits}", match.start())
        elif whole or len(digits) > 4:
            found.setdefault(digits, match.start())
    return found


def order_number(text: str, whole: bool = True) -> str | None:
    """As the back end gets it: capitals, a hyphen after letters. None where there is none or more than one.

    `whole` is false in a text about something else: there, four bare digits are rather a year or a postcode.
    """
    return _only(order_numbers(text, whole), _even(text))


def phones(text: str) -> dict[str, int]:
    """Each phone number in the text, and where it stands."""
    text = _DATE.sub(_blank, _even(text))
    found: dict[str, int] = {}
    for match in _PHONE.finditer(text):
        number = _dialled(match.group())
        if number:
            found.setdefault(number, match.start())
    return found


def phone(text: str) -> str | None:
    """`+4512345678` or digits only; None where there is none or more than one, or one that cannot be of its country."""
    return _only(phones(text), _even(text))


def _dialled(said: str) -> str:
    """What is dialled: without the (0) that only counts at home. "" for what reaches nobody."""
    abroad = said.startswith(("+", "00"))
    if abroad:
        said = said.replace("(0)", "")
    digits = "".join(character for character in said if character.isdigit())
    if not abroad:
        return digits if 7 <= len(digits) <= 15 else ""
    digits = digits.removeprefix("00") if said.startswith("00") else digits
    country = next((code for code in _NATIONAL if digits.startswith(code)), "")
    if country:
        home = digits.removeprefix(country)
        home = home.removeprefix("0") if country in ("46", "358") else home
        least, most = _NATIONAL[country]
        return f"+{country}{home}" if least <= len(home) <= most else ""
    return f"+{digits}" if 7 <= len(digits) <= 15 else ""


def _blank(match: re.Match[str]) -> str:
    """As long as what it takes out: the places of the rest stay."""
    return " " * len(match.group())


def address(text: str) -> str | None:
    """On one line; None where a street, a house number, a postcode or a town is surely missing."""
    line = ", ".join(part for part in (" ".join(piece.split()).strip(" ,") for piece in text.splitlines()) if part)
    line = clean_comment(line, MAX_ADDRESS + 1)
    postcodes = list(_POSTCODE.finditer(line))
    if len(line) > MAX_ADDRESS or not postcodes:
        return None
    last = postcodes[-1]
    street, town = line[: last.start()], line[last.end() :]
    named = len(_LETTERS.findall(street)) >= 3 and any(character.isdigit() for character in street)
    return line if named and len(_LETTERS.findall(town)) >= 2 else None


def words(text: str) -> str | None:
    """Anything said in words; None for signs and numbers alone."""
    said = clean_comment(text, MAX_WORDS)
    return said if len(_LETTERS.findall(said)) >= 3 else None


def is_just(value: str, text: str, beside: int = BESIDE) -> bool:
    """Whether the text says this value and at most so many words beside it."""
    parts = len(_WORD.findall(value))
    return len(_WORD.findall(text)) - parts <= beside
