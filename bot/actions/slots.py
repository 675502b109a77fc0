"""What a message holds for a form: order number, e-mail, phone, address; a wish to stop. Pure."""

from __future__ import annotations

import re

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

_STOP = frozenset(
    """
    cancel|cancel it|cancel this|cancel that|please cancel|cancel please|stop|stop it|stop this|never mind|nevermind
    forget it|forget that|forget about it|quit|abort|leave it|drop it|no forget it|i changed my mind
    afbryd|afbryd det|afbryd det her|afbryd venligst|annuller|annullér|glem det|glem det igen|stop det|stop nu
    stop tak|nej glem det|nej stop|lad det være|lad være|drop det|det er lige meget|jeg har ombestemt mig
    avbryt|avbryt det|avbryt det här|avbryt tack|avbryta|glöm det|nej glöm det|strunta i det|skit i det|sluta|stopp
    stoppa|det kvittar|lägg ner|jag har ångrat mig|jag ångrade mig
    avbryt det her|avbryt takk|glem det nei|nei glem det|la det være|dropp det|stopp det|slutt
    det er det samme|jeg har ombestemt meg|kanseller
    avbryt dette|gløym det|nei gløym det|lat det vere|lat vere|eg har ombestemt meg|det er det same
    """.replace("\n", "|").split("|")
)
STOP = frozenset(" ".join(phrase.split()) for phrase in _STOP if phrase.strip())


def wants_to_stop(text: str) -> bool:
    return " ".join(_WORD.findall(text.casefold())) in STOP


def email(text: str) -> str | None:
    """The only address in the text; None where there is none or more than one."""
    found = {each.strip(".'!?*").lower() for each in _MAIL.findall(text)}
    if len(found) != 1:
        return None
    try:
        return clean_email(found.pop())
    except BadInput:
        return None


def order_number(text: str, whole: bool = True) -> str | None:
    """As the back end gets it: capitals, a hyphen after letters. None where there is none or more than one.

    `whole` is false in a text about something else: there, four bare digits are rather a year or a postcode.
    """
    found: set[str] = set()
    for letters, digits in _ORDER.findall(_MAIL.sub(" ", text)):
        if letters.casefold() in _NOT_A_PREFIX:
            letters = ""
        if letters:
            found.add(f"{letters.upper()}-{digits}")
        elif whole or len(digits) > 4:
            found.add(digits)
    return found.pop() if len(found) == 1 else None


def phone(text: str) -> str | None:
    """`+4512345678` or digits only; None where there is none or more than one. Its country is not looked at."""
    found: set[str] = set()
    for each in _PHONE.findall(text):
        digits = "".join(character for character in each if character.isdigit())
        if each.startswith("00"):
            digits, each = digits[2:], "+"
        if 7 <= len(digits) <= 15:
            found.add(f"+{digits}" if each.startswith("+") else digits)
    return found.pop() if len(found) == 1 else None


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


def is_just(value: str, text: str) -> bool:
    """Whether the text says this value and little else."""
    parts = len(_WORD.findall(value))
    return len(_WORD.findall(text)) - parts <= BESIDE
