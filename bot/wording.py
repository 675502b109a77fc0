"""Every sentence the assistant says, by language."""

from __future__ import annotations

from string import Formatter

SENTENCES: dict[str, dict[str, str]] = {
    "unsure_choices": {
        "en": "I am not sure, so I will not guess. Is it one of these?",
        "da": "Det ved jeg ikke sikkert, så jeg gætter ikke. Er det en af disse?",
        "sv": "Det vet jag inte säkert, så jag gissar inte. Är det något av det här?",
        "nb": "Det vet jeg ikke sikkert, så jeg gjetter ikke. Er det en av disse?",
        "nn": "Det veit eg ikkje sikkert, så eg gjettar ikkje. Er det ein av desse?",
    },
    "unsure_choice": {
        "en": "I am not sure, so I will not guess. Is this what you are looking for?",
        "da": "Det ved jeg ikke sikkert, så jeg gætter ikke. Er det den her, du leder efter?",
        "sv": "Det vet jag inte säkert, så jag gissar inte. Är det den här du letar efter?",
        "nb": "Det vet jeg ikke sikkert, så jeg gjetter ikke. Er det denne du leter etter?",
        "nn": "Det veit eg ikkje sikkert, så eg gjettar ikkje. Er det denne du leitar etter?",
    },
    "unsure": {
        "en": "I am not sure, so I will not guess. How would you like to go on?",
        "da": "Det ved jeg ikke sikkert, så jeg gætter ikke. Hvordan vil du videre?",
        "sv": "Det vet jag inte säkert, så jag gissar inte. Hur vill du gå vidare?",
        "nb": "Det vet jeg ikke sikkert, så jeg gjetter ikke. Hvordan vil du gå videre?",
        "nn": "Det veit eg ikkje sikkert, så eg gjettar ikkje. Korleis vil du gå vidare?",
    },
    "greeting": {
        "en": "Hi! What would you like to know?",
        "da": "Hej! Hvad vil du gerne vide?",
        "sv": "Hej! Vad vill du veta?",
        "nb": "Hei! Hva vil du vite?",
        "nn": "Hei! Kva vil du vite?",
    },
    "thanks": {
        "en": "You are welcome. Write again if there is anything else.",
        "da": "Det var så lidt. Skriv igen, hvis der er andet.",
        "sv": "Varsågod. Skriv igen om det är något mer.",
        "nb": "Bare hyggelig. Skriv igjen hvis det er noe mer.",
        "nn": "Berre hyggeleg. Skriv igjen om det er noko meir.",
    },
    "open_until": {
        "en": "You can chat with a person now, until {time}.",
        "da": "Du kan chatte med et menneske nu, indtil kl. {time}.",
        "sv": "Du kan chatta med en människa nu, fram till kl. {time}.",
        "nb": "Du kan chatte med et menneske nå, fram til kl. {time}.",
        "nn": "Du kan chatte med eit menneske no, fram til kl. {time}.",
    },
    "opens_at": {
        "en": "Nobody is at the chat right now. We open {day} at {time}.",
        "da": "Der er ingen ved chatten lige nu. Vi åbner {day} kl. {time}.",
        "sv": "Det är ingen vid chatten just nu. Vi öppnar {day} kl. {time}.",
        "nb": "Det er ingen ved chatten akkurat nå. Vi åpner {day} kl. {time}.",
        "nn": "Det er ingen ved chatten akkurat no. Vi opnar {day} kl. {time}.",
    },
    "always_open": {
        "en": "You can chat with a person at any time.",
        "da": "Du kan chatte med et menneske når som helst.",
        "sv": "Du kan chatta med en människa när som helst.",
        "nb": "Du kan chatte med et menneske når som helst.",
        "nn": "Du kan chatte med eit menneske når som helst.",
    },
    "never_open": {
        "en": "Nobody is at the chat these days. Leave your e-mail address and a person answers you there.",
        "da": "Der er ingen ved chatten i denne tid. Skriv din mailadresse, så svarer et menneske dig dér.",
        "sv": "Det är ingen vid chatten just de här dagarna. Lämna din mejladress så svarar en människa dig där.",
        "nb": "Det er ingen ved chatten i disse dager. Legg igjen e-postadressen din, så svarer et menneske deg der.",
        "nn": "Det er ingen ved chatten i desse dagar. Legg att e-postadressa di, så svarar eit menneske deg der.",
    },
    "today": {"en": "today", "da": "i dag", "sv": "i dag", "nb": "i dag", "nn": "i dag"},
    "tomorrow": {"en": "tomorrow", "da": "i morgen", "sv": "i morgon", "nb": "i morgen", "nn": "i morgon"},
}

WEEKDAYS: dict[str, tuple[str, ...]] = {
    "en": ("on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday", "on Sunday"),
    "da": ("på mandag", "på tirsdag", "på onsdag", "på torsdag", "på fredag", "på lørdag", "på søndag"),
    "sv": ("på måndag", "på tisdag", "på onsdag", "på torsdag", "på fredag", "på lördag", "på söndag"),
    "nb": ("på mandag", "på tirsdag", "på onsdag", "på torsdag", "på fredag", "på lørdag", "på søndag"),
    "nn": ("på måndag", "på tysdag", "på onsdag", "på torsdag", "på fredag", "på laurdag", "på sundag"),
}


def say(name: str, language: str, **values: str) -> str:
    """The sentence in that language; English for a language that we do not have."""
    sentence = SENTENCES[name]
    return sentence.get(language, sentence["en"]).format(**values)


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def weekday(number: int, language: str) -> str:
    """0 is Monday."""
    return WEEKDAYS.get(language, WEEKDAYS["en"])[number]


def clock_time(hour: int, minute: int, language: str) -> str:
    """`14:06` in English and Swedish, `14.06` in Danish and Norwegian."""
    return f"{hour:02d}{'.' if language in ('da', 'nb', 'nn') else ':'}{minute:02d}"
