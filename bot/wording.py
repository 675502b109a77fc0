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
    "unsure_again": {
        "en": "The answer above is the nearest that I have. How would you like to go on?",
        "da": "Svaret ovenfor er det nærmeste, jeg har. Hvordan vil du videre?",
        "sv": "Svaret ovanför är det närmaste jag har. Hur vill du gå vidare?",
        "nb": "Svaret over er det nærmeste jeg har. Hvordan vil du gå videre?",
        "nn": "Svaret over er det næraste eg har. Korleis vil du gå vidare?",
    },
    "unsure_again_choices": {
        "en": "The answer above is the nearest that I have. Is it one of these instead?",
        "da": "Svaret ovenfor er det nærmeste, jeg har. Er det en af disse i stedet?",
        "sv": "Svaret ovanför är det närmaste jag har. Är det något av det här i stället?",
        "nb": "Svaret over er det nærmeste jeg har. Er det en av disse i stedet?",
        "nn": "Svaret over er det næraste eg har. Er det ein av desse i staden?",
    },
    "unsure_again_says": {
        "en": "The answer above comes nearest: “{sentence}” How would you like to go on?",
        "da": "Svaret ovenfor kommer nærmest: ”{sentence}” Hvordan vil du videre?",
        "sv": "Svaret ovanför kommer närmast: ”{sentence}” Hur vill du gå vidare?",
        "nb": "Svaret over kommer nærmest: «{sentence}» Hvordan vil du gå videre?",
        "nn": "Svaret over kjem nærast: «{sentence}» Korleis vil du gå vidare?",
    },
    "unsure_again_says_choices": {
        "en": "The answer above comes nearest: “{sentence}” Or is it one of these?",
        "da": "Svaret ovenfor kommer nærmest: ”{sentence}” Eller er det en af disse?",
        "sv": "Svaret ovanför kommer närmast: ”{sentence}” Eller är det något av det här?",
        "nb": "Svaret over kommer nærmest: «{sentence}» Eller er det en av disse?",
        "nn": "Svaret over kjem nærast: «{sentence}» Eller er det ein av desse?",
    },
    "no_help": {
        "en": "I am sorry that my answer did not help. How would you like to go on?",
        "da": "Jeg er ked af, at mit svar ikke hjalp. Hvordan vil du videre?",
        "sv": "Jag är ledsen att mitt svar inte hjälpte. Hur vill du gå vidare?",
        "nb": "Jeg beklager at svaret mitt ikke hjalp. Hvordan vil du gå videre?",
        "nn": "Orsak at svaret mitt ikkje hjelpte. Korleis vil du gå vidare?",
    },
    "no_help_choices": {
        "en": "I am sorry that my answer did not help. Is it one of these, or shall a person look at it?",
        "da": "Jeg er ked af, at mit svar ikke hjalp. Er det en af disse, eller skal et menneske se på det?",
        "sv": "Jag är ledsen att mitt svar inte hjälpte. Är det något av det här, eller ska en människa titta på det?",
        "nb": "Jeg beklager at svaret mitt ikke hjalp. Er det en av disse, eller skal et menneske se på det?",
        "nn": "Orsak at svaret mitt ikkje hjelpte. Er det ein av desse, eller skal eit menneske sjå på det?",
    },
    "still_open": {
        "en": "You asked more than one thing. Still open: {questions} Ask that once more, and I look for it.",
        "da": "Du spurgte om flere ting. Jeg mangler at svare på: {questions} Spørg om det igen, så leder jeg.",
        "sv": "Du frågade om flera saker. Kvar att svara på: {questions} Fråga om det igen, så letar jag.",
        "nb": "Du spurte om flere ting. Ikke besvart ennå: {questions} Spør om det igjen, så leter jeg.",
        "nn": "Du spurde om fleire ting. Ikkje svart på enno: {questions} Spør om det igjen, så leitar eg.",
    },
    "hand_over": {
        "en": "A person takes over. They see what you have written, so you need not repeat it.",
        "da": "Et menneske tager over og kan se, hvad du har skrevet, så du slipper for at gentage dig.",
        "sv": "En människa tar över och ser vad du har skrivit, så du slipper upprepa dig.",
        "nb": "Et menneske tar over og ser hva du har skrevet, så du slipper å gjenta deg.",
        "nn": "Eit menneske tek over og ser kva du har skrive, så du slepp å ta det opp att.",
    },
    "hand_over_unsure": {
        "en": "I have no sure answer to this, so a person takes over. They see what you have written.",
        "da": "Det har jeg ikke noget sikkert svar på, så et menneske tager over og kan se, hvad du har skrevet.",
        "sv": "Det har jag inget säkert svar på, så en människa tar över och ser vad du har skrivit.",
        "nb": "Det har jeg ikke noe sikkert svar på, så et menneske tar over og ser hva du har skrevet.",
        "nn": "Det har eg ikkje noko sikkert svar på, så eit menneske tek over og ser kva du har skrive.",
    },
    "hand_over_stuck": {
        "en": "I am sorry that I could not help. A person takes over and sees what you have written.",
        "da": "Jeg er ked af, at jeg ikke kunne hjælpe. Et menneske tager over og kan se, hvad du har skrevet.",
        "sv": "Jag är ledsen att jag inte kunde hjälpa dig. En människa tar över och ser vad du har skrivit.",
        "nb": "Jeg beklager at jeg ikke kunne hjelpe. Et menneske tar over og ser hva du har skrevet.",
        "nn": "Orsak at eg ikkje kunne hjelpe. Eit menneske tek over og ser kva du har skrive.",
    },
    "hand_over_complaint": {
        "en": "A person should look at this. They take over here and see what you have written.",
        "da": "Det skal et menneske se på. En medarbejder tager over her og kan se, hvad du har skrevet.",
        "sv": "Det här ska en människa titta på. En medarbetare tar över här och ser vad du har skrivit.",
        "nb": "Dette skal et menneske se på. En medarbeider tar over her og ser hva du har skrevet.",
        "nn": "Dette skal eit menneske sjå på. Ein medarbeidar tek over her og ser kva du har skrive.",
    },
    "hand_over_broken": {
        "en": "Something does not work at our end, so a person takes over. They see what you have written.",
        "da": "Noget virker ikke hos os, så et menneske tager over og kan se, hvad du har skrevet.",
        "sv": "Något fungerar inte hos oss, så en människa tar över och ser vad du har skrivit.",
        "nb": "Noe virker ikke hos oss, så et menneske tar over og ser hva du har skrevet.",
        "nn": "Noko verkar ikkje hos oss, så eit menneske tek over og ser kva du har skrive.",
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
    "robot": {
        "en": "I am a computer program. I answer from our help articles, and a person takes over whenever you "
        "ask for one.",
        "da": "Jeg er et computerprogram. Jeg svarer ud fra vores hjælpeartikler, og et menneske tager over, når "
        "du beder om det.",
        "sv": "Jag är ett datorprogram. Jag svarar utifrån våra hjälpartiklar, och en människa tar över när du "
        "ber om det.",
        "nb": "Jeg er et dataprogram. Jeg svarer ut fra hjelpeartiklene våre, og et menneske tar over når du ber "
        "om det.",
        "nn": "Eg er eit dataprogram. Eg svarar ut frå hjelpeartiklane våre, og eit menneske tek over når du ber "
        "om det.",
    },
    "name": {
        "en": "I have no name: I am the automatic assistant here. What would you like to know?",
        "da": "Jeg har ikke noget navn: Jeg er den automatiske assistent her. Hvad vil du gerne vide?",
        "sv": "Jag har inget namn: jag är den automatiska assistenten här. Vad vill du veta?",
        "nb": "Jeg har ikke noe navn: Jeg er den automatiske assistenten her. Hva vil du vite?",
        "nn": "Eg har ikkje noko namn: Eg er den automatiske assistenten her. Kva vil du vite?",
    },
    "how": {
        "en": "I am a program, so I am always fine. What would you like to know?",
        "da": "Jeg er et program, så jeg har det altid fint. Hvad vil du gerne vide?",
        "sv": "Jag är ett program, så jag mår alltid bra. Vad vill du veta?",
        "nb": "Jeg er et program, så jeg har det alltid bra. Hva vil du vite?",
        "nn": "Eg er eit program, så eg har det alltid bra. Kva vil du vite?",
    },
    "able": {
        "en": "I answer questions from our help articles. Write what it is about; if I do not know, a person can "
        "take over.",
        "da": "Jeg svarer på spørgsmål ud fra vores hjælpeartikler. Skriv, hvad det drejer sig om; ved jeg det ikke, "
        "kan et menneske tage over.",
        "sv": "Jag svarar på frågor utifrån våra hjälpartiklar. Skriv vad det gäller; vet jag inte, kan en "
        "människa ta över.",
        "nb": "Jeg svarer på spørsmål ut fra hjelpeartiklene våre. Skriv hva det gjelder; vet jeg det ikke, kan et "
        "menneske ta over.",
        "nn": "Eg svarar på spørsmål ut frå hjelpeartiklane våre. Skriv kva det gjeld; veit eg det ikkje, kan eit "
        "menneske ta over.",
    },
    "help": {
        "en": "Of course. What is it about?",
        "da": "Selvfølgelig. Hvad drejer det sig om?",
        "sv": "Självklart. Vad gäller det?",
        "nb": "Selvfølgelig. Hva gjelder det?",
        "nn": "Sjølvsagt. Kva gjeld det?",
    },
    "value": {
        "en": "Thank you. What is it about?",
        "da": "Tak. Hvad drejer det sig om?",
        "sv": "Tack. Vad gäller det?",
        "nb": "Takk. Hva gjelder det?",
        "nn": "Takk. Kva gjeld det?",
    },
    "language": {
        "en": "Of course, in English from now on. What would you like to know?",
        "da": "Selvfølgelig, på dansk fra nu af. Hvad vil du vide?",
        "sv": "Självklart, på svenska från och med nu. Vad vill du veta?",
        "nb": "Selvfølgelig, på norsk fra nå av. Hva vil du vite?",
        "nn": "Sjølvsagt, på nynorsk frå no av. Kva vil du vite?",
    },
    "no_language": {
        "en": "I do not speak that here, only this and the languages in the menu above. What would you like to know?",
        "da": "Det sprog taler jeg ikke her, kun dette og dem i menuen ovenfor. Hvad vil du vide?",
        "sv": "Det språket kan jag inte här, bara det här och de i menyn ovanför. Vad vill du veta?",
        "nb": "Det språket kan jeg ikke her, bare dette og dem i menyen over. Hva vil du vite?",
        "nn": "Det språket kan eg ikkje her, berre dette og dei i menyen over. Kva vil du vite?",
    },
    "ok": {
        "en": "Good. Write again if there is anything else.",
        "da": "Godt. Skriv igen, hvis der er andet.",
        "sv": "Bra. Skriv igen om det är något mer.",
        "nb": "Fint. Skriv igjen hvis det er noe mer.",
        "nn": "Fint. Skriv igjen om det er noko meir.",
    },
    "bye": {
        "en": "Goodbye, and have a nice day!",
        "da": "Farvel, og hav en god dag!",
        "sv": "Hej då, och ha en fin dag!",
        "nb": "Ha det, og god dag videre!",
        "nn": "Ha det, og god dag vidare!",
    },
    "praise": {
        "en": "That is kind of you. Is there anything else?",
        "da": "Det er sødt af dig. Er der andet?",
        "sv": "Vad snällt av dig. Är det något mer?",
        "nb": "Så hyggelig sagt. Er det noe mer?",
        "nn": "Så hyggeleg sagt. Er det noko meir?",
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

# What a customer reads when people take over. Nothing here says what we think of them: "angry" stays with the staff.
HAND_OVER: dict[str, str] = {
    "low_confidence": "hand_over_unsure",
    "ambiguous": "hand_over_unsure",
    "missing_knowledge": "hand_over_unsure",
    "negative_sentiment": "hand_over_stuck",
    "max_turns": "hand_over_stuck",
    "complaint": "hand_over_complaint",
    "action_failure": "hand_over_broken",
    "bot_error": "hand_over_broken",
}

WEEKDAYS: dict[str, tuple[str, ...]] = {
    "en": ("on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday", "on Sunday"),
    "da": ("på mandag", "på tirsdag", "på onsdag", "på torsdag", "på fredag", "på lørdag", "på søndag"),
    "sv": ("på måndag", "på tisdag", "på onsdag", "på torsdag", "på fredag", "på lördag", "på söndag"),
    "nb": ("på mandag", "på tirsdag", "på onsdag", "på torsdag", "på fredag", "på lørdag", "på søndag"),
    "nn": ("på måndag", "på tysdag", "på onsdag", "på torsdag", "på fredag", "på laurdag", "på sundag"),
}

QUOTATION_MARKS: dict[str, str] = {"en": "“”", "da": "””", "sv": "””", "nb": "«»", "nn": "«»"}


def say(name: str, language: str, **values: str) -> str:
    """The sentence in that language; English for a language that we do not have."""
    sentence = SENTENCES[name]
    return sentence.get(language, sentence["en"]).format(**values)


def quoted(text: str, language: str) -> str:
    """In the quotation marks of that language."""
    marks = QUOTATION_MARKS.get(language, QUOTATION_MARKS["en"])
    return f"{marks[0]}{text}{marks[1]}"


def hand_over(reason: str, language: str) -> str:
    """What happens next, calmly, for a reason of `conversation.events.Reason`."""
    return say(HAND_OVER.get(reason, "hand_over"), language)


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def weekday(number: int, language: str) -> str:
    """0 is Monday."""
    return WEEKDAYS.get(language, WEEKDAYS["en"])[number]


def clock_time(hour: int, minute: int, language: str) -> str:
    """`14.06` in Danish, `14:06` in the others, as the browser writes it (Intl), so that chat and pages agree."""
    return f"{hour:02d}{'.' if language == 'da' else ':'}{minute:02d}"
