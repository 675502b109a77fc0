"""Whether a message asks for a person, in any of our languages. Pure; the words are in `bot/wish_words.py`."""

from __future__ import annotations

import re

from bot import wish_words as words
from bot.folding import any_language, any_of, fold, literals

# Whole words only, so that "personlig", "personal" or "agentur" do not count.
_HUMAN = any_language(words.HUMAN)
_SOMEBODY = rf"{any_language(words.SOMEBODY)}(?! {any_of(words.OTHERS)}\b)"
_TO = any_language(words.TO)
_A = any_language(words.A)
_REAL = any_language(words.REAL)
# No run without an end: one that may begin at each word is quadratic, and a long message would hold up everybody.
_WHOM = rf"(?:(?:{_A}|{_REAL}|{_TO}) ){{0,4}}"
_TALK = any_language(words.TALK)
_WRITE = any_language(words.WRITE)
_FILL = r"(?:\w+ ){0,2}?"
_ME = any_language(words.ME)
_CONNECT = any_language(words.CONNECT)
_CONNECTED = any_language(words.CONNECTED)
_WANT = any_language(words.WANT)
_AFTER = rf"(?: {any_language(words.AFTER)}){{0,4}}"
_DO = any_language(words.DO)
_CALL = any_language(words.CALL)
_BOT = any_language(words.BOT)
_NOT = any_language(words.NOT)
_YOU = any_of("you du i dere de ni")
_I = any_of("jeg eg jag i man")
_END = rf"{_AFTER}$"
# "somebody" and not "some shoes": nothing of a thing comes behind it.
_SOMEBODY_ALONE = rf"{_SOMEBODY}(?={_END}| (?:som|der|who|that|hos|pa|fra|fran|om|about|from|at|to|till?) )"

_ASKS = re.compile(
    # "talk to a real person", "prata med någon", "er der nogen, jeg kan tale med"
    rf"\b{_TALK} {_FILL}{_WHOM}(?:me )?{_WHOM}{_HUMAN}\b"
    rf"|\b{_TALK} {_TO} {_WHOM}{any_language(words.IN_CHARGE)}\b"
    rf"|\b{_TALK} (?:\w+ )?(?:{_TO}|me) {_WHOM}{_SOMEBODY}\b"
    rf"|\b(?:{_HUMAN}|{_SOMEBODY}|ingen) (?:\w+ ){{0,4}}?(?:{_TALK}|{_WRITE}) {_TO}\b"
    rf"|\b{_WRITE} {_TO} {_WHOM}{_HUMAN}\b"
    # "connect me to an agent", "sett meg over"
    rf"|\b{_CONNECT} {_ME} {_FILL}{_WHOM}{_HUMAN}\b"
    rf"|\b{_CONNECT} {_ME} {_FILL}{_TO} {_WHOM}{_SOMEBODY}\b"
    rf"|\b(?:get|give|giv|ge|gi|gje) {_ME} {_SOMEBODY}\b"
    rf"|\b{any_language(words.FETCH)} {_WHOM}(?:{_HUMAN}|{_SOMEBODY_ALONE}){_END}"
    rf"|\b{_I} (?:\w+ )?(?:be|bli|blive) {_CONNECTED}(?:{_END}| {_FILL}{_WHOM}(?:{_HUMAN}|{_SOMEBODY})\b)"
    rf"|\bomstilling {_TO} {_WHOM}{_HUMAN}\b"
    r"|\b(?:put|patch) me through\b"
    rf"|\b(?:stil|stille|viderestil|omstil) (?:mig|meg)(?: (?:om|videre|igennem))?{_END}"
    r"|\b(?:saet|saette|sett|sette|set|setje) (?:mig|meg) over\b|\bkoppla mig vidare\b"
    # "I want a human", "kan jeg få et menneske"
    rf"|\b{_WANT} {_WHOM}{_HUMAN}{_AFTER}(?:$| (?:to|who|som|der|til|till) (?:\w+ )?{_DO}\b)"
    rf"|\b(?:can|could|may|kan|kunne|kunna|will|vil) {_WHOM}{_HUMAN} (?:please )?{_DO}\b"
    rf"|\b(?:is|are|er|ar|finns|finnes|finst|findes) (?:there|der|det) (?:(?:some|no|ikke|inte|ikkje|ingen) )?"
    rf"{_WHOM}{_HUMAN}\b(?! (?:pa|for|on|i)\b)"
    rf"|\bany {_WHOM}{_HUMAN} (?:there|here)\b"
    rf"|\b(?:is|are|er|ar) {_WHOM}{_HUMAN} (?:available|ledig|til stede|tilgjengelig|tillganglig|tilgaengelig)\b"
    r"|\b(?:help|assistance|answer|hjaelp|hjalp|hjelp|svar|kontakt|contact|touch|reach|hold|tag|tak|fat)"
    rf" (?:from|by|with|of|fra|af|av|fran|med|til|i|pa) {_WHOM}{_HUMAN}\b"
    rf"|\b(?:kontakt|contact|touch|hold|tag|tak|fat) (?:with|of|med|i|pa) {_SOMEBODY_ALONE}"
    rf"|\b(?:{any_language(words.REACH)}|(?:hur|hvordan|korleis) nar {_I})(?: {_I})? {_WHOM}{_HUMAN}\b"
    rf"|\b(?:help|hjaelp|hjalp|hjelp) (?:from|fra|fran|av|af) {_WHOM}{_SOMEBODY}\b"
    rf"|^(?:please |bare |just )?{any_of(words.ASK)} {_WHOM}{_HUMAN}{_END}"
    # "can somebody call me", "ring meg"
    rf"|\b(?!people|folk){_SOMEBODY} (?:\w+ )?(?:{_CALL}|contact|kontakte|kontakta) (?:til |till |op |opp |upp )?"
    rf"{_ME}\b"
    rf"|^(?:please |(?:can|could|kan|kunne|vil) {_YOU} )?(?:please )?{_CALL} (?:til |till |op |opp |upp )?{_ME}"
    rf"(?: (?:back|up|op|opp|upp|tilbage|tillbaka|tilbake))?{_END}"
    rf"|\b{any_of(words.CALLED)}{_END}"
    # "I do not want to talk to a robot"
    rf"|\b{_NOT} (?:\w+ ){{0,3}}?(?:{_TALK}|{_WRITE}|hjaelpes|hjalpas|hjelpes) (?:\w+ ){{0,3}}?{_BOT}\b"
    rf"|\b{_NOT} (?:\w+ )?(?:want|have|ha) {_WHOM}{_BOT}{_END}"
    rf"|\b{any_of(words.BEAR)} {_NOT} {_WHOM}{_BOT}{_END}"
    rf"|\b(?:instead of|rather than|i stedet for|isteden for|istedenfor|i stallet for|istallet for|heller enn|"
    rf"i staden for) {_WHOM}{_BOT}\b"
    rf"|\b{_HUMAN} (?:(?:and|og|och) )?{_NOT} {_WHOM}{_BOT}\b|\b(?:who|som|der) (?:is|er|ar) {_NOT} {_WHOM}{_BOT}\b"
)
_RATHER = any_language(words.RATHER)
_ALONE = re.compile(
    rf"(?:{_RATHER} )?{_WHOM}{_HUMAN}{_AFTER}|{any_of(words.NO_MORE)} {_WHOM}{_BOT}{_AFTER}|koppla mig{_AFTER}"
)
# What looks like it and is not: "I do not want to talk to a person", what was talked about yesterday, questions about
# the assistant itself, and about when and whether one must.
_TALKED = any_of("talked spoke spoken chatted talte talt snakkede snakket pratade pratat talade talat pratet chattet")
_ASKS_NOT = re.compile(
    rf"\b(?:not|dont|don t|without|vil ikke|vill inte|vil ikkje|uden at|uten a|utan att|utan a|slippe a|slippa)"
    rf" (?:(?!(?:can|could|may|kan)\b)\w+ ){{0,3}}?{_TALK} (?:\w+ ){{0,3}}?(?:{_HUMAN}|{_SOMEBODY})\b"
    rf"|\b(?:are you|er du|ar du|e du) (?:\w+ ){{0,3}}?(?:{_BOT}|{_HUMAN})\b"
    rf"|\b(?:am i|er det|(?<!hvordan )(?<!hur )(?<!korleis )(?:snakker jeg|taler jeg|pratar jag|chatter jeg|"
    rf"snakkar eg))(?: \w+)? (?:{_TALK} )?{_TO} {_WHOM}(?:{_BOT}|{_HUMAN}|{_SOMEBODY})\b(?! {_I} )"
    rf"|(?<!far )(?<!hvordan )\b(?:i|jeg|jag|eg|vi|har|have|had|ve) (?:har |have |just |allerede |redan |alt )?"
    rf"{_TALKED} {_TO} {_WHOM}(?:{_HUMAN}|{_SOMEBODY})\b"
    rf"|(?:^|\b(?:og|men) )eg (?:snakka|prata) med {_WHOM}(?:{_HUMAN}|{_SOMEBODY})\b"
    rf"|\b(?:do i (?:have|need) to|must i|(?:skal|ma|maste|trenger|treng) (?:jeg|jag|eg)(?: a)?) {_TALK} {_TO} {_WHOM}"
    rf"(?:{_HUMAN}|{_SOMEBODY}) (?:to|for a|for at|for att)\b"
    r"|^(?:(?:hi|hej|hei) )?(?:can|when|what|is|are|kan|hvornar|hva|hvad|nar|er|ar|finns)\b.*"
    r"\b(?:klokken|klokka|klockan|kl|"
    r"\d+ ?(?:am|pm)|opening hours|abningstid|apningstid|oppettid|opningstid|weekend|helg|lordag|laurdag|sondag|sundag|"
    r"saturday|sunday)\w*"
)


def _marks() -> frozenset[str]:
    """Words of which every wish holds one: most messages hold none, and need no look through the long patterns."""
    who = (words.HUMAN, words.SOMEBODY, words.BOT, words.IN_CHARGE, words.CALL)
    phrases = [phrase for lists in who for phrase in literals(*lists.values())] + literals(words.CALLED)
    common = set(words.COMMON.split())
    longest = {max((word for word in phrase.split() if word not in common), key=len) for phrase in phrases}
    return frozenset(longest.union(words.MARKS.split()))


_MARKS = _marks()
_SENTENCES = re.compile(r"(?<=\w{4})[.!?\n]+")  # not after "pr." and the like


def _misspellings() -> dict[str, str]:
    """One letter missing or doubled, or two next to each other changed, in a word that people ask for."""
    right = words.OFTEN_MISSPELT.split()
    wrong: dict[str, str] = {}
    for word in right:
        for at in range(1, len(word)):  # the first letter is hardly ever wrong
            wrong[word[:at] + word[at + 1 :]] = word
            wrong[word[:at] + word[at] + word[at:]] = word
            wrong[word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]] = word
    known = {*right, *(word for lists in (words.TALK, words.REAL, words.HUMAN) for word in literals(*lists.values()))}
    return {word: meant for word, meant in wrong.items() if word not in known} | words.MISSPELT


_MISSPELT = _misspellings()


def _asks(folded: str) -> bool:
    """As `_ASKS.search`, which would try each letter instead of each word's first."""
    start = 0
    while not _ASKS.match(folded, start):
        start = folded.find(" ", start) + 1
        if not start:
            return False
    return True


def asks_for_person(text: str) -> bool:
    spelt = [_MISSPELT.get(word, word) for word in fold(text).split()]
    if _MARKS.isdisjoint(spelt):
        return False
    folded = " ".join(spelt)
    if _ALONE.fullmatch(folded):
        return True
    if _asks(folded) and _asks(_ASKS_NOT.sub(" | ", folded)):
        return True
    sentences = [one for one in map(fold, _SENTENCES.split(text)) if one]
    return len(sentences) > 1 and bool(_ALONE.fullmatch(sentences[-1]))
