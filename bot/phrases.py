"""Short messages that are no question to the knowledge base: asking for a person, greeting, thanks. Pure."""

from __future__ import annotations

import re

from bot.folding import fold
from bot.wishes import asks_for_person

__all__ = ["asks_for_person", "is_greeting", "is_thanks"]

# All patterns are matched against folded text.
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|heya|hiya|greetings|good (?:morning|afternoon|evening|day)|hej|hejsa|hejsan|hejhej|hei|"
    r"heisann|heihei|heia|halla|hallo|halloj|hallojsa|tja|tjaba|tjabba|tjena|tjenare|tjo|"
    r"god ?(?:dag|morgen|morgon|kveld|kvall|aften|formiddag|eftermiddag|ettermiddag)|"
    r"goddag|mojn|dav|davs|dagen|morn|morna|morgen|moin|yo)(?: |$))+"
    r"(?:(?:there|igen|igjen|igjen|alle|alla|alle sammen|allihopa|du|der|dar|pa dig|pa deg|again|everyone|all|team) ?)*"
    r"|(?:(?:hi|hello|hey|hej|hei|hallo|halla) )*(?:is (?:anyone|anybody|someone) (?:there|here)|er der nogen(?: her)?|"
    r"er det noen (?:her|der)|er det nokon (?:her|der)|ar det nagon dar|finns det nagon dar|nogen hjemme|nokon heime)"
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
