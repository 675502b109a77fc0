"""Somebody says in so many words what should be done: which form that is, and what of it was said already. Pure."""

from __future__ import annotations

import re

from bot.actions import slots as reading
from bot.actions.besides import asks_how
from bot.folding import any_language, any_of, fold
from bot.lean_words import WONDERS

LONGEST = 60  # words: whoever tells more wants to be read, not to be asked for a number
# What may be behind "?" and still is a wish: "can you change the address?"
_ASKS_FOR_IT = re.compile(
    r"(?:" + any_of("hi hello hey hej hejsa hei please venligst snalla") + r" ){0,2}"
    r"(?:can|could|may|will|would|kan|kunne|vil|where|hvor|var|kvar|kor|hva|what|hvad|vad|kva)\b"
)
_WISH = re.compile(
    r"\b(?:(?:i|we) (?:want|would like|d like|need|wish|have) to|(?:can|could|would|will) you|please|help me|"
    r"(?:jeg|vi) (?:vil|skal|onsker|trenger)|kan (?:i|du)|"
    r"(?:jag|vi) (?:vill|ska|skulle vilja|behover|onskar)|kan (?:ni|dere|de)|"
    r"eg (?:vil|skal|onskjer|onsker|treng))\b"
)
_WHETHER = re.compile(
    r"(?:do|does|did|is|are|am|must|should|shall|has|have|may|er|skal|ska|ma|maste|behover|treng|trenger|ar|far|har)\b"
)
_NOT = re.compile(r"\b(?:not|don t|dont|never|without|ikke|inte|ikkje|aldrig|aldri|uden|utan|uten)\b")
_OTHER = re.compile(r"\b(?:exchange|swap|replace|bytt\w*|byt\w*|ombyt\w*)\b")
_WONDERS = re.compile(rf"\b(?:{any_language(WONDERS)}|explain|forklar\w*|forklara)\b")
# Of a return: it is to be stopped, or is on its way already.
_UNDOES = re.compile(r"\b(?:cancel\w*|annuller\w*|avbryt\w*|avbest\w*|kanseller\w*|refund\w*|waiting|sent my return)\b")
_THINGS = r"(?:\w+ ){0,5}"
_RETURN = re.compile(
    r"\b(?:return|returnere?|returnera|"
    rf"(?:send|give|sende|gi) {_THINGS}(?:back|tilbage|tilbake|retur)|skicka {_THINGS}(?:tillbaka|i retur))\b"
)
_ADDRESS = re.compile(
    r"\b(?:change|update|correct|new|aendre\w*|rette\w*|opdater\w*|nye?|andra\w*|andre|uppdatera\w*|endr\w*|oppdater\w*)"
    rf" {_THINGS}(?:leverings?|leverans|shipping |delivery )?adress\w*|"
    rf"\b(?:change|update|correct) (?:(?!e?mail\b)\w+ ){{0,5}}(?<!mail )address\b"
)
_STATUS = re.compile(
    r"\b(?:where (?:is|s|are)|wheres|status|track|follow|hvor (?:er|bliver|blir)|kor (?:er|blir)|kvar (?:er|blir)|"
    r"var ar|vart tog|spor(?:e|a)?|folge|folja|(?:when|hvornar|nar) (?:does|do|will|kommer|kjem))\b"
)
_CALL = re.compile(
    r"\b(?:call|ring|phone|ringe|ringa|ringje|kontakt\w*|contact)(?: (?!you\b|jer\b|er\b|dere\b|de\b|dykk\b)\w+)?"
    r" (?:me|mig|meg|mej|us|os|oss|pa|tilbage|tillbaka|tilbake|back)\b"
)
_FAULT = re.compile(
    r"\b(?:complain\w*|complaint|reklam\w*|klage|klaga|faulty|broken|broke|defekt\w*|i stykker|gar i stykker|"
    r"sonder|trasig\w*|odelagt\w*|oydelagt\w*|i sund|gatt sund)\b"
)


def wanted(text: str) -> str:
    """The form that does what the message asks for, "" where it is not said plainly, or said not to be wanted.

    It takes a wish, or the number that the form needs: a question about returns in general is for the articles.
    """
    said = fold(text)
    if len(said.split()) > LONGEST or _NOT.search(said) or _OTHER.search(said):
        return ""
    if "?" in text.strip().rstrip("?") or ("?" in text and not _ASKS_FOR_IT.match(said)):
        return ""
    order = reading.order_number(text, whole=False) is not None
    where = bool(_STATUS.search(said))
    if (asks_how(said) or _WHETHER.match(said)) and not where:
        return ""
    if _WONDERS.search(said) and not order:  # "tell me how to return something"
        return ""
    wish = order or bool(_WISH.search(said))
    found = [
        name
        for name, fits in (
            ("return_form", wish and _RETURN.search(said) and not _UNDOES.search(said)),
            ("address_form", wish and _ADDRESS.search(said)),
            ("order_status_form", order and where),
            ("call_back_form", reading.phone(text) is not None and _CALL.search(said)),
            ("complaint_form", order and _FAULT.search(said)),
        )
        if fits
    ]
    return found[0] if len(found) == 1 else ""


# -- what was said with it ---------------------------------------------------------------------------------------

_CLAUSE = re.compile(r"[.;!?\n]+(?:\s|\Z)|,\s+|\s+(?:and|og|och) (?=my |min |mitt |mit )")
# "om 10 minutter", "since Friday": when, and neither about what nor why.
_TIME = (
    r"\s+(?:(?:\d+|en|ein|ett?|eit|i|last|sist|förra|forrige|førre) )*"
    r"(?:minut\w*|tim\w+|dag\w*|uker?|veker?|uger?|veck\w+|week|\w+day|\w+dag|går)\b"
)
_BECAUSE = re.compile(
    rf"\b(?:because(?: of)?|(?:since|sidan)(?!{_TIME})|fordi|på grund a[fv]|eftersom|därför att|för att|ettersom|"
    r"av di)\s+(.+)",
    re.IGNORECASE | re.DOTALL,
)
_IT_IS = re.compile(
    r"\s*(?:it|they|den|det|de|dei|han|ho|the \w+)\s+(?:is|are|was|were|does|do|did|has|er|är|var|har|"
    r"passer|passar|virker|fungerar|fungerer|verkar|blev|ble|vart|too|alt|for|för)\b",
    re.IGNORECASE,
)
_IT_S = re.compile(r"\s*(?:it|they)['’](?:s|re)\s", re.IGNORECASE)
_TO = re.compile(r"\b(?:to|til|till):?\s+(?=\S)", re.IGNORECASE)
_COURTEOUS = frozenset(["please", "thanks", "thank", "you", "tak", "takk", "tack", "venligst", "vennligst", "snälla"])
_SIGNS = " .,!?\n"
_ABOUT = re.compile(
    rf"\b(?:about|regarding|concerning|om(?!{_TIME})|angående|vedrørende|vedr\.?|gällande|"
    r"angåande)\s+(.+)",
    re.IGNORECASE | re.DOTALL,
)


def reason_in(text: str) -> str | None:
    """Why something goes back, in a message about more than that."""
    for clause in _CLAUSE.split(text):
        found = _BECAUSE.search(clause or "")
        said = found[1] if found else clause if clause and (_IT_IS.match(clause) or _IT_S.match(clause)) else ""
        if said and "@" not in said and reading.order_number(said, whole=False) is None and len(said.split()) > 1:
            return reading.words(said.strip())
    return None


def address_in(text: str) -> str | None:
    """The address behind "to"."""
    for found in _TO.finditer(text[: 10 * reading.MAX_ADDRESS]):
        parts = [part for part in text[found.end() :].splitlines() if "@" not in part]
        clause = re.split(r"[.;?!]\s|,\s*(?:my|min|mit|mitt)\b", "\n".join(parts))[0]
        line = reading.address(_without_thanks(clause))
        if line is not None:
            return line
    return None


def _without_thanks(clause: str) -> str:
    said = clause.strip(_SIGNS)
    while said and said.split()[-1].casefold() in _COURTEOUS:
        said = said[: -len(said.split()[-1])].rstrip(_SIGNS)
    return said


def topic_in(text: str) -> str | None:
    found = _ABOUT.search(text)
    return reading.words(found[1]) if found and len(found[1].split()) > 1 else None
