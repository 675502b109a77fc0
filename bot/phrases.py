"""Short messages that are no question to the knowledge base: asking for a person, greeting, thanks. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# All patterns are matched against folded text: small letters without marks (å is a, ø is o, æ is ae), one space between
# words. Whole words only, so that "personlig", "personal" or "agentur" do not count.


_WORDS = re.compile(r"[^\W_]+")


def _any(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


# Words that can only mean somebody who works there, when somebody is asked for.
_HUMAN = (
    r"(?:humans?|human being|(?:service |support |chat )?agents?|representative|operator|customer (?:service|support)|"
    r"employee|colleague|adviso?er|supervisor|manager|live chat|livechat|staff member|member of staff|real one|"
    r"mennesker?|mennesk|menneskelig \w+|kundeservicen?|kundetjenesten?|kundesupport(?:en)?|medarbejdere?|ansatt?e?|"
    r"ekspedient|sagsbehandler|radgiver|konsulent|kollega|leder|chef|"
    r"mannisk(?:an?|or)?|manska|mansklig \w+|kundtjanst(?:en)?|kundservice|medarbetare|handlaggare|radgivare|anstalld|"
    r"kundesenteret?|kundeservise|kundebehandler|kunderadgiver|saksbehandler|medarbeider|sjefe?n?|butikkmedarbeider|"
    r"medarbeidar|saksbehandlar|kundebehandlar|radgjevar|leiar|tilsett|support(?:en)?|persons?|personer)"
)
# Words that mean so only after "talk to" and the like.
_SOMEBODY = (
    r"(?:someone|somebody|anyone|anybody|people|nogen|nogle|nogn|en eller anden|nagon|nan|noen|nokon|nokre|folk)"
    r"(?! (?:else|andre|anden|annan|annen|annet|andra))"
)
_TO = _any("to with at med til till hos fra av av")
_A = _any("a an the your one any some another en et ett ei ein eit din dit di ditt jeres deres dykkar nogen noget")
_REAL = (
    r"(?:real|live|living|actual|proper|human|rigtigt?|riktigt?|aegte|ekte|akta|levende|levande|anden|annen|annan|"
    r"fysisk|verkligt?|vaskeaegte|menneskeligt?|menneskelig|mansklig|menneskeleg)"
)
_WHOM = rf"(?:(?:{_A}|{_REAL}|{_TO}) )*"
_TALK = _any(
    "talk talking speak speaking chat chatting chatte chatta "
    "tale tal taler snakke snak snakker snakk snakka prate prat prata pratar prater tala snacka"
)
_FILL = r"(?:\w+ ){0,2}?"
_ME = _any("me us mig meg os oss this chat chatten samtalen samtalet")
_CONNECT = _any(
    "connect transfer put pass hand switch escalate forward get give bring send "
    "stil stille saet saette viderestil viderestille send sende giv overfor omstil gi gje "
    "sett sette set setje koble kople kobl koppla kopla skicka ge flytt flytte flytta hent hente hamta"
)
_WANT = (
    r"(?:want|need|have|prefer|like|get|give me|have to have|request|require|vil|vil have|vil gerne have|vil ha|vill|"
    r"vill ha|ville ha|onsker|onskar|ynskjer|onske|foretraekker|foretrekker|foredrar|behover|trenger|treng|far|fa|"
    r"ha|have|giv mig|ge mig|gi meg|gje meg|bruge|bruke)"
)
_AFTER = (
    r"(?: (?:please|now|instead|thanks|thank you|asap|here|tak|nu|lige nu|i stedet|i stedet for|tack|istallet|snarast|"
    r"genast|takk|na|no|i staden|her|har|der|dar|sa fort som mulig|venligst|vaer sa venlig|er du snill|ver snill|"
    r"snalla|vanligen|straks|med en gang|med det same|med det samme))*"
)
_DO = (
    r"(?:help|answer|call|contact|reply|look|take|assist|respond|step|join|hjaelpe|svare|ringe|kontakte|se|tage|overtage|"
    r"hjalpa|svara|ringa|kontakta|titta|ta|hjelpe|hjelpa|overta|kikke|sja)"
)
_BOT = _any("bot bots bott botten robot robots roboten chatbot chatbots chatbotten machine machines maskine maskin ai")
_NOT = r"(?:not|dont|don t|never|no|ikke|ikk|inte|ikkje|ej)"

_ASKS = re.compile(
    # "talk to a real person", "prata med någon", "er der nogen, jeg kan tale med"
    rf"\b{_TALK} {_FILL}{_WHOM}{_HUMAN}\b"
    rf"|\b{_TALK} (?:\w+ )?{_TO} {_WHOM}{_SOMEBODY}\b"
    rf"|\b(?:{_HUMAN}|{_SOMEBODY}) (?:\w+ ){{0,4}}?(?:{_TALK}|skrive|skriva) {_TO}\b"
    rf"|\b(?:write|skrive|skriv|skriva) {_TO} {_WHOM}{_HUMAN}\b"
    # "connect me to an agent", "sett meg over"
    rf"|\b{_CONNECT} {_ME} {_FILL}{_WHOM}{_HUMAN}\b"
    rf"|\b{_CONNECT} {_ME} {_FILL}{_TO} {_SOMEBODY}\b"
    r"|\b(?:kopplad|kopplas|koblet|kobla|satt over|sett over|stillet om|viderestillet|omstillet|transferred|connected)"
    rf" {_FILL}{_WHOM}(?:{_HUMAN}|{_SOMEBODY})\b"
    r"|\b(?:put|patch) me through\b|\b(?:stil|stille|viderestil|omstil) (?:mig|meg)(?: (?:om|videre))?$"
    r"|\b(?:saet|saette|sett|sette|set|setje) (?:mig|meg) over\b|\bkoppla mig vidare\b"
    # "I want a human", "kan jeg få et menneske"
    rf"|\b{_WANT} {_WHOM}{_HUMAN}{_AFTER}(?:$| (?:to|who|som|der|til|till) (?:\w+ )?{_DO}\b)"
    rf"|\b(?:can|could|may|kan|kunne|kunna|will|vil) {_WHOM}{_HUMAN} (?:please )?{_DO}\b"
    rf"|\b(?:is|are|er|ar|finns|finnes|finst) (?:there|der|det)(?: some| noen| nogen| nagon| nokon)? {_WHOM}{_HUMAN}\b"
    r"|\b(?:help|assistance|answer|hjaelp|hjalp|hjelp|svar|kontakt|contact|touch|reach|hold|tag|tak|fat)"
    rf" (?:from|by|with|of|fra|af|av|fran|med|til|i|pa) {_WHOM}{_HUMAN}\b"
    rf"|\b(?:reach|contact|kontakte|kontakta|na|(?:hur|hvordan|korleis) nar (?:jag|jeg|eg|man)|treffe|fange)"
    rf" {_WHOM}{_HUMAN}\b"
    rf"|\b(?:can|could|please|have|kan|kunne|kunde|skulle) {_SOMEBODY} (?:please )?"
    rf"(?:call|ring|ringe|ringa|contact|kontakte|kontakta) (?:til |till |op )?{_ME}\b"
    rf"|\b(?:help|hjaelp|hjalp|hjelp) (?:from|fra|fran|av|af) {_WHOM}{_SOMEBODY}\b"
    # "I do not want to talk to a robot"
    rf"|\b{_NOT} (?:\w+ ){{0,3}}?{_TALK} (?:\w+ ){{0,3}}?{_BOT}\b"
    rf"|\b(?:instead of|rather than|i stedet for|i stallet for|istallet for|heller enn|i staden for) {_WHOM}{_BOT}\b"
)
_ALONE = re.compile(rf"(?:{_WHOM}{_HUMAN}|(?:no|not|ikke|inte|ikkje|ingen) {_WHOM}{_BOT}){_AFTER}")
# "I do not want to talk to a person", "uden at tale med nogen", and questions about the assistant itself.
_ASKS_NOT = re.compile(
    rf"\b(?:not|dont|don t|without|vil ikke|vill inte|vil ikkje|uden at|uten a|utan att|utan a|slippe a|slippa)"
    rf" (?:\w+ ){{0,3}}?{_TALK} (?:\w+ ){{0,3}}?(?:{_HUMAN}|{_SOMEBODY})\b"
    rf"|\b(?:are you|er du|ar du|e du) (?:\w+ ){{0,3}}?(?:{_BOT}|{_HUMAN})\b"
    rf"|\b(?:am i|er det|snakker jeg|taler jeg|pratar jag|chatter jeg|snakkar eg)(?: \w+)? (?:{_TALK} )?{_TO} {_WHOM}"
    rf"(?:{_BOT}|{_HUMAN}|{_SOMEBODY})\b(?! (?:jeg|eg|jag|i) )"
    # questions about when: "can I get hold of somebody on Sunday?" is about the opening hours
    r"|^(?:(?:hi|hej|hei) )?(?:can|when|what|is|are|kan|hvornar|hva|hvad|nar|er|ar|finns)\b.*"
    r"\b(?:klokken|klokka|klockan|kl|"
    r"\d+ ?(?:am|pm)|opening hours|abningstid|apningstid|oppettid|opningstid|weekend|helg|lordag|laurdag|sondag|sundag|"
    r"saturday|sunday)"
)

# How a word of every wish above begins: most messages hold none, and need no look through the long pattern.
_MARK_WORDS = (
    "human agent service support chat live represent operator customer employee colleague advis supervisor manager "
    "staff member real menneske mennesk mann mansk manska kund medarbe ansat ekspedient sagsbehandler saksbehandl "
    "handlaggare radgiver radgivare radgjevar konsulent kolleg leder leiar chef sjef butikk anstalld tilsett person "
    "some any people nogen nogle nogn en nagon nan noen nokon nokre folk bot robot machine maskin ai "
    "through om over vidare stil viderestil omstil"
)
_MARKS = tuple(_MARK_WORDS.split())

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


@lru_cache(maxsize=256)  # each message is folded by each of the questions below
def _fold(text: str) -> str:
    """Small letters without marks, words only, one space between them."""
    text = text.casefold().replace("ø", "o").replace("æ", "ae")
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(_WORDS.findall(text))


def asks_for_person(text: str) -> bool:
    folded = _fold(text)
    if not any(word.startswith(_MARKS) for word in folded.split()):
        return False
    if _ALONE.fullmatch(folded):
        return True
    return bool(_ASKS.search(folded)) and not _ASKS_NOT.search(folded)


def is_greeting(text: str) -> bool:
    return bool(_GREETING.fullmatch(_fold(text)))


def is_thanks(text: str) -> bool:
    return bool(_THANKS.fullmatch(_fold(text)))
