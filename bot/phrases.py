"""Short messages that are no question to the knowledge base: greetings, thanks, small talk. Pure."""

from __future__ import annotations

import re
from typing import Literal

from bot import courtesy_words as words
from bot.folding import any_language, any_of, fold, literals
from bot.wishes import asks_for_person

__all__ = ["asks_for_person", "is_greeting", "is_no", "is_thanks", "is_yes", "small_talk", "wished_language"]

Purpose = Literal[
    "greeting", "thanks", "robot", "name", "how", "able", "help", "ok", "bye", "praise", "language", "value"
]

# All patterns are matched against folded text.
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|heya|hiya|greetings|good (?:morning|afternoon|evening|day)|hej|hejsa|hejsan|hejhej|hei|"
    r"heisann|heihei|heia|halla|hallo|halloj|hallojsa|tja|tjaba|tjabba|tjena|tjenare|tjo|"
    r"god ?(?:dag|morgen|morgon|kveld|kvall|aften|formiddag|eftermiddag|ettermiddag)|"
    r"goddag|mojn|dav|davs|dagen|morn|morna|morgen|moin|yo)(?: |$))+"
    r"(?:(?:there|igen|igjen|igjen|alle|alla|alle sammen|allihopa|du|der|dar|pa dig|pa deg|again|everyone|all|team) ?)*"
    r"|(?:(?:hi|hello|hey|hej|hei|hallo|halla) )*(?:is (?:anyone|anybody|someone) (?:there|here|home)|"
    r"er der nogen(?: her| hjemme| der)?|"
    r"er det noen (?:her|der|hjemme)|er det nokon (?:her|der|heime)|(?:ar|e|finns) (?:det|de) (?:nagon|nan) (?:dar|har|"
    r"hemma)|nogen hjemme|noen hjemme|nagon hemma|nokon heime)"
)
_THANKS = re.compile(
    r"(?:(?:ok|okay|oki|okej|super|supert|perfect|perfekt|fint|fine|great|good|lovely|excellent|awesome|toppen|topp|bra|"
    r"jattebra|fedt|fett|kjempebra|kjempefint|kjempeflott|flott|ja|jo|yes|nej|nei|no|alt i orden|dejligt|herligt|"
    r"harligt|kanon|cool|greit|godt|that helped|det hjalp|det var alt|that s all|that is all|men|but|and|og|och) )*"
    r"(?:thanks|thank you|thank u|thx|ty|cheers|tak|tack|takk|mange tak|mange takk|tusen takk|tusen takk|tusind tak|"
    r"tusen tack|tack tack|tackar|takker|takkar|stort tack|stor tak|hjertelig takk|many thanks|tak tak|takk takk|"
    r"much appreciated|appreciate it)"
    r"(?: (?:so much|a lot|a million|very much|much|again|for hjaelpen|for hjalpen|for hjelpen|for hjelpa|for svar|"
    r"for svaret|for the help|for your help|for helping|for it|for det|for den|for hjalpa|for now|sa mycket|sa meget|"
    r"sa mye|sa mykje|skal du ha|skal du have|ska du ha|igen|igjen|snalla|snille du|det var alt|det hjalp|"
    r"that helped|that s all|that is all|det var snilt|det var hjaelpsomt|du))*"
    r"(?: (?:bye|bye bye|goodbye|hej hej|hej|ha det|ha det bra|ha det godt|hej da|farvel|fortsatt god dag|god dag|"
    r"ha en (?:fin|god|bra) dag|have a (?:nice|good|great) day))*"
)


def is_greeting(text: str) -> bool:
    return bool(_GREETING.fullmatch(fold(text)))


def is_thanks(text: str) -> bool:
    return bool(_THANKS.fullmatch(fold(text)))


def _whole(lists: dict[str, str]) -> re.Pattern[str]:
    return re.compile(
        rf"(?:{any_of(words.BEFORE)} ){{0,2}}{any_language(lists)}(?: {any_language(lists)})?"
        rf"(?: {any_of(words.BEHIND)}){{0,2}}"
    )


# An order number, a phone number or an e-mail address, and nothing that says what is wanted.
_VALUE = re.compile(r"(?:[^\s@]{1,64}@[^\s@]{1,190}|(?:[a-z]{1,4}-?|[#+(])?[0-9][0-9 ()./-]{2,24})[.!]?", re.IGNORECASE)
_LONGEST = 12  # words: whoever says more says something else as well
_THUMBS = frozenset("👍👌🙏😊🙂😀😃❤💯🎉👏✅")
_TALK: tuple[tuple[Purpose, re.Pattern[str]], ...] = (
    ("robot", _whole(words.ROBOT)),
    ("name", _whole(words.NAME)),
    ("how", _whole(words.HOW)),
    ("able", _whole(words.ABLE)),
    ("help", _whole(words.HELP)),
    ("bye", _whole(words.BYE)),
    ("praise", _whole(words.PRAISE)),
    ("ok", _whole(words.OK)),
)
_YES, _NO = _whole(words.YES), _whole(words.NO)
_TONGUES = {name: language for language, names in words.TONGUES.items() for name in names.split()}
_AROUND_TONGUES = frozenset(literals(words.AROUND_TONGUES, words.BEFORE, words.BEHIND))


def small_talk(text: str) -> Purpose | None:
    """What a message is about that asks the knowledge base nothing; None for everything else."""
    folded = fold(text)
    if not folded:
        return "ok" if not _THUMBS.isdisjoint(text) else None
    if _VALUE.fullmatch(text.strip()):
        return "value"
    if folded.count(" ") >= _LONGEST:
        return "thanks" if is_thanks(text) else "greeting" if is_greeting(text) else None
    if is_greeting(text) or is_thanks(text):
        return "greeting" if is_greeting(text) else "thanks"
    for purpose, pattern in _TALK:
        if pattern.fullmatch(folded):
            return purpose
    return "language" if wished_language(text) else None


def wished_language(text: str) -> str | None:
    """The language in which somebody wants to go on; None where they say anything else as well."""
    said = fold(text).split()
    named = {_TONGUES[word] for word in said if word in _TONGUES}
    if len(named) != 1 or len(said) > _LONGEST:
        return None
    return named.pop() if all(word in _TONGUES or word in _AROUND_TONGUES for word in said) else None


def is_yes(text: str) -> bool:
    return bool(_YES.fullmatch(fold(text)))


def is_no(text: str) -> bool:
    return bool(_NO.fullmatch(fold(text)))
