"""Short messages that are no question to the knowledge base: asking for a person, greeting, thanks. Pure."""

from __future__ import annotations

import re
import unicodedata

# A wish for a person, wherever it stands in the message: a verb of talking (or wanting) and a word for a human, or a
# set phrase. Whole words only, so that "personlig" or "agentur" do not count.
_HUMAN = (
    r"(?:human|person|people|someone|somebody|agent|representative|operator|"
    r"menneske|mennesker|person|nogen|medarbejder|kundeservice|"
    r"människa|människor|någon|nån|medarbetare|kundtjänst|handläggare|"
    r"noen|nokon|folk|kundeservice|kundesenter|kundeservise|medarbeidar|medarbeider|kundebehandler|kunderådgiver)"
)
_TALK = (
    r"(?:talk|speak|chat|write|connect|transfer|reach|"
    r"tale|tal|snakke|snak|snakk|skrive|chatte|"
    r"prata|tala|snacka|skriva|chatta|kopplas|koppla|"
    r"prate|prat|snakka|skrive med|settast|settes)"
)
_WANT = r"(?:want|need|get|give me|give|vil|vill|ønsker|önskar|ynskjer|gi mig|giv mig|ge mig|gi meg|få|fa|gje meg)"
_REAL = (
    r"(?:a |an |to |with |en |et |ett |ei |ein |eit |med |til |till |real |live |actual |rigtigt |rigtig |riktig |"
    r"riktigt |ekte |levende |annan |anden |annen )*"
)
_NOW = r"(?: please| now| tak| nu| tack| takk| nå| no)?"
_ASKS = re.compile(
    rf"\b{_TALK}\b(?: \w+){{0,2}}? {_REAL}{_HUMAN}\b"
    rf"|\b{_WANT} {_REAL}{_HUMAN}{_NOW}$"
)
_ALONE = re.compile(
    rf"{_REAL}(?:human|agent|representative|operator|menneske|människa|medarbejder|medarbetare|medarbeider|"
    rf"kundeservice|kundtjänst|a person|real person|ekte person|riktig person|rigtig person|riktig människa){_NOW}"
)
_GREETING = re.compile(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|hej|hejsa|hei|heisann|halla|hallo|hallå|tja|tjena|tjenare|"
    r"god ?(?:dag|morgen|morgon|kveld|kväll|aften|eftermiddag|ettermiddag)|goddag|mojn|dav|morn|moin|yo)"
    r"(?: (?:there|igen|igjen|alle|du|der|på dig|på deg|sann))?"
)
_THANKS = re.compile(
    r"(?:ok |okay |super |perfect |perfekt |fint |great |toppen |bra |jättebra |fedt |kjempebra |ja )?"
    r"(?:thanks|thank you|thx|cheers|tak|tack|takk|mange tak|tusen takk|tusind tak|tusen tack|tack tack|takker|"
    r"tak for hjælpen|tack för hjälpen|takk for hjelpen|takk for hjelpa|thanks for the help|tack så mycket|"
    r"takk skal du ha|many thanks|thank you so much|thanks a lot)"
    r"(?: (?:so much|a lot|very much|for hjælpen|för hjälpen|for hjelpen|for hjelpa|for the help|for it|for det|"
    r"så mycket|skal du ha|igen))?"
    r"(?: (?:bye|hej hej|ha det|hej då))?"
)


def _fold(text: str) -> str:
    """Small letters, words only, one space between them."""
    text = unicodedata.normalize("NFC", text).casefold()
    return " ".join(re.findall(r"[^\W_]+", text))


def asks_for_person(text: str) -> bool:
    folded = _fold(text)
    return bool(_ALONE.fullmatch(folded) or _ASKS.search(folded))


def is_greeting(text: str) -> bool:
    return bool(_GREETING.fullmatch(_fold(text)))


def is_thanks(text: str) -> bool:
    return bool(_THANKS.fullmatch(_fold(text)))
