"""Every sentence of the guided actions, by language. Pure."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    # -- questions --------------------------------------------------------------------------------------------
    "ask_order_number": {
        "en": "What is your order number? It is in the confirmation that we sent you.",
        "da": "Hvad er dit ordrenummer? Det står i bekræftelsen, som vi har sendt dig.",
        "sv": "Vilket ordernummer har du? Det står i bekräftelsen som vi har skickat.",
        "nb": "Hva er ordrenummeret ditt? Det står i bekreftelsen vi har sendt deg.",
        "nn": "Kva er ordrenummeret ditt? Det står i stadfestinga vi har sendt deg.",
    },
    "ask_email": {
        "en": "And which e-mail address did you use for the order?",
        "da": "Og hvilken mailadresse brugte du til ordren?",
        "sv": "Och vilken mejladress använde du när du beställde?",
        "nb": "Og hvilken e-postadresse brukte du da du bestilte?",
        "nn": "Og kva e-postadresse brukte du då du bestilte?",
    },
    "ask_phone": {
        "en": "Which number may we call you on?",
        "da": "Hvilket nummer må vi ringe til dig på?",
        "sv": "Vilket nummer får vi ringa dig på?",
        "nb": "Hvilket nummer kan vi ringe deg på?",
        "nn": "Kva nummer kan vi ringje deg på?",
    },
    "ask_call_topic": {
        "en": "What is it about? A sentence is enough, so that the right person calls.",
        "da": "Hvad drejer det sig om? En sætning er nok, så den rette ringer til dig.",
        "sv": "Vad gäller det? En mening räcker, så att rätt person ringer.",
        "nb": "Hva gjelder det? Én setning er nok, så den rette ringer deg.",
        "nn": "Kva gjeld det? Éi setning er nok, så den rette ringjer deg.",
    },
    "ask_return_reason": {
        "en": "Why are you sending it back? A few words are enough.",
        "da": "Hvorfor sender du det tilbage? Et par ord er nok.",
        "sv": "Varför skickar du tillbaka det? Några ord räcker.",
        "nb": "Hvorfor sender du det tilbake? Noen få ord er nok.",
        "nn": "Kvifor sender du det tilbake? Nokre få ord er nok.",
    },
    "ask_complaint": {
        "en": "I am sorry to hear that. What is wrong with it, and when did you notice?",
        "da": "Det er jeg ked af at høre. Hvad er der galt, og hvornår opdagede du det?",
        "sv": "Det var tråkigt att höra. Vad är det för fel, och när märkte du det?",
        "nb": "Det var leit å høre. Hva er galt, og når oppdaget du det?",
        "nn": "Det var leitt å høyre. Kva er gale, og når oppdaga du det?",
    },
    "ask_new_address": {
        "en": "What is the new address? Street and number, postcode and town, please.",
        "da": "Hvad er den nye adresse? Skriv vej og nummer, postnummer og by.",
        "sv": "Vilken är den nya adressen? Skriv gata och nummer, postnummer och ort.",
        "nb": "Hva er den nye adressen? Skriv gate og nummer, postnummer og sted.",
        "nn": "Kva er den nye adressa? Skriv gate og nummer, postnummer og stad.",
    },
    # -- answers that do not fit -----------------------------------------------------------------------------
    "bad_order_number": {
        "en": "I could not find an order number in that. It reads like 10042 or LF-10042.",
        "da": "Jeg kunne ikke finde et ordrenummer i det. Det ser ud som 10042 eller LF-10042.",
        "sv": "Jag hittade inget ordernummer i det. Det ser ut som 10042 eller LF-10042.",
        "nb": "Jeg fant ikke noe ordrenummer i det. Det ser ut som 10042 eller LF-10042.",
        "nn": "Eg fann ikkje noko ordrenummer i det. Det ser ut som 10042 eller LF-10042.",
    },
    "bad_email": {
        "en": "That does not look like an e-mail address. It should read like name@example.com.",
        "da": "Det ligner ikke en mailadresse. Den skal se ud som navn@eksempel.dk.",
        "sv": "Det ser inte ut som en mejladress. Den ska se ut som namn@exempel.se.",
        "nb": "Det ser ikke ut som en e-postadresse. Den skal se ut som navn@eksempel.no.",
        "nn": "Det ser ikkje ut som ei e-postadresse. Ho skal sjå ut som namn@eksempel.no.",
    },
    "bad_phone": {
        "en": "I could not read a phone number in that. Please write all its digits.",
        "da": "Jeg kunne ikke læse et telefonnummer i det. Skriv alle cifrene.",
        "sv": "Jag kunde inte läsa något telefonnummer i det. Skriv alla siffror.",
        "nb": "Jeg kunne ikke lese noe telefonnummer i det. Skriv alle sifrene.",
        "nn": "Eg kunne ikkje lese noko telefonnummer i det. Skriv alle siffera.",
    },
    "bad_new_address": {
        "en": "Something is missing. It should read like Main Street 5, 1234 Town.",
        "da": "Der mangler noget. Den skal se ud som Hovedgaden 5, 1234 By.",
        "sv": "Något saknas. Den ska se ut som Storgatan 5, 123 45 Ort.",
        "nb": "Det mangler noe. Den skal se ut som Storgata 5, 1234 Sted.",
        "nn": "Det manglar noko. Ho skal sjå ut som Storgata 5, 1234 Stad.",
    },
    "bad_words": {
        "en": "Please say it in a few words.",
        "da": "Skriv det med et par ord.",
        "sv": "Skriv det med några ord.",
        "nb": "Skriv det med noen få ord.",
        "nn": "Skriv det med nokre få ord.",
    },
    "noted_order_number": {
        "en": "Noted: the order number is {value}.",
        "da": "Noteret: Ordrenummeret er {value}.",
        "sv": "Noterat: ordernumret är {value}.",
        "nb": "Notert: Ordrenummeret er {value}.",
        "nn": "Notert: Ordrenummeret er {value}.",
    },
    "noted_email": {
        "en": "Noted: the e-mail address is {value}.",
        "da": "Noteret: Mailadressen er {value}.",
        "sv": "Noterat: mejladressen är {value}.",
        "nb": "Notert: E-postadressen er {value}.",
        "nn": "Notert: E-postadressa er {value}.",
    },
    "noted_phone": {
        "en": "Noted: the phone number is {value}.",
        "da": "Noteret: Telefonnummeret er {value}.",
        "sv": "Noterat: telefonnumret är {value}.",
        "nb": "Notert: Telefonnummeret er {value}.",
        "nn": "Notert: Telefonnummeret er {value}.",
    },
    # -- along the way ---------------------------------------------------------------------------------------
    "begin_order_status_form": {
        "en": "I can look up your order for you.",
        "da": "Jeg kan slå din ordre op for dig.",
        "sv": "Jag kan slå upp din order åt dig.",
        "nb": "Jeg kan slå opp ordren din for deg.",
        "nn": "Eg kan slå opp ordren din for deg.",
    },
    "begin_return_form": {
        "en": "I can set up the return for you.",
        "da": "Jeg kan oprette returneringen for dig.",
        "sv": "Jag kan lägga upp returen åt dig.",
        "nb": "Jeg kan opprette returen for deg.",
        "nn": "Eg kan opprette returen for deg.",
    },
    "begin_complaint_form": {
        "en": "I can report it for you right here.",
        "da": "Jeg kan oprette en reklamation for dig lige her.",
        "sv": "Jag kan lägga upp en reklamation åt dig här.",
        "nb": "Jeg kan opprette en reklamasjon for deg her.",
        "nn": "Eg kan opprette ein reklamasjon for deg her.",
    },
    "begin_call_back_form": {
        "en": "We will gladly call you.",
        "da": "Vi ringer gerne til dig.",
        "sv": "Vi ringer dig gärna.",
        "nb": "Vi ringer deg gjerne.",
        "nn": "Vi ringjer deg gjerne.",
    },
    "begin_address_form": {
        "en": "I can change the address for you, as long as the order is not packed.",
        "da": "Jeg kan ændre adressen for dig, så længe ordren ikke er pakket.",
        "sv": "Jag kan ändra adressen åt dig så länge ordern inte är packad.",
        "nb": "Jeg kan endre adressen for deg så lenge ordren ikke er pakket.",
        "nn": "Eg kan endre adressa for deg så lenge ordren ikkje er pakka.",
    },
    "can_stop": {
        "en": "(Write “cancel” to stop.)",
        "da": "(Skriv ”afbryd” for at stoppe.)",
        "sv": "(Skriv ”avbryt” för att sluta.)",
        "nb": "(Skriv «avbryt» for å stoppe.)",
        "nn": "(Skriv «avbryt» for å stoppe.)",
    },
    "stopped": {
        "en": "All right, I have stopped. Nothing was sent. What else can I do for you?",
        "da": "Helt i orden, jeg er stoppet. Der er ikke sendt noget. Hvad kan jeg ellers gøre for dig?",
        "sv": "Okej, jag har avbrutit. Inget har skickats. Vad kan jag annars göra för dig?",
        "nb": "Greit, jeg har stoppet. Ingenting er sendt. Hva kan jeg ellers gjøre for deg?",
        "nn": "Greitt, eg har stoppa. Ingenting er sendt. Kva kan eg elles gjere for deg?",
    },
    "without_it": {
        "en": "That is all right: we can find it together without.",
        "da": "Det er helt i orden: Vi finder det sammen uden.",
        "sv": "Det gör inget: vi hittar det tillsammans ändå.",
        "nb": "Det er helt i orden: Vi finner det sammen uten.",
        "nn": "Det er heilt i orden: Vi finn det saman utan.",
    },
    "still_not": {
        "en": "I still cannot do that here. How would you like to go on?",
        "da": "Det kan jeg stadig ikke klare her. Hvordan vil du videre?",
        "sv": "Det kan jag fortfarande inte ordna här. Hur vill du gå vidare?",
        "nb": "Det kan jeg fortsatt ikke ordne her. Hvordan vil du gå videre?",
        "nn": "Det kan eg framleis ikkje ordne her. Korleis vil du gå vidare?",
    },
    "back_to_it": {
        "en": "Back to where we were:",
        "da": "Tilbage til det, vi var i gang med:",
        "sv": "Tillbaka till där vi var:",
        "nb": "Tilbake til der vi var:",
        "nn": "Tilbake til der vi var:",
    },
    # -- results ---------------------------------------------------------------------------------------------
    "no_such_order": {
        "en": "I find no order with that number and that e-mail address. Let us try once more.",
        "da": "Jeg kan ikke finde en ordre med det nummer og den mailadresse. Lad os prøve en gang til.",
        "sv": "Jag hittar ingen order med det numret och den mejladressen. Vi försöker en gång till.",
        "nb": "Jeg finner ingen ordre med det nummeret og den e-postadressen. La oss prøve en gang til.",
        "nn": "Eg finn ingen ordre med det nummeret og den e-postadressa. Lat oss prøve ein gong til.",
    },
    "status_received": {
        "en": "We have received order {number} and are about to pack it.",
        "da": "Vi har modtaget ordre {number} og skal til at pakke den.",
        "sv": "Vi har tagit emot order {number} och ska packa den.",
        "nb": "Vi har mottatt ordre {number} og skal pakke den.",
        "nn": "Vi har motteke ordre {number} og skal pakke han.",
    },
    "status_packed": {
        "en": "Order {number} is packed and waits for the carrier.",
        "da": "Ordre {number} er pakket og venter på fragtmanden.",
        "sv": "Order {number} är packad och väntar på transportören.",
        "nb": "Ordre {number} er pakket og venter på transportøren.",
        "nn": "Ordre {number} er pakka og ventar på transportøren.",
    },
    "status_sent": {
        "en": "Order {number} is on its way.",
        "da": "Ordre {number} er på vej.",
        "sv": "Order {number} är på väg.",
        "nb": "Ordre {number} er på vei.",
        "nn": "Ordre {number} er på veg.",
    },
    "status_ready": {
        "en": "Order {number} is ready to be picked up.",
        "da": "Ordre {number} ligger klar til afhentning.",
        "sv": "Order {number} är klar att hämta.",
        "nb": "Ordre {number} er klar til henting.",
        "nn": "Ordre {number} er klar til henting.",
    },
    "status_delivered": {
        "en": "Order {number} has been delivered.",
        "da": "Ordre {number} er leveret.",
        "sv": "Order {number} är levererad.",
        "nb": "Ordre {number} er levert.",
        "nn": "Ordre {number} er levert.",
    },
    "status_cancelled": {
        "en": "Order {number} has been cancelled.",
        "da": "Ordre {number} er annulleret.",
        "sv": "Order {number} är avbeställd.",
        "nb": "Ordre {number} er kansellert.",
        "nn": "Ordre {number} er kansellert.",
    },
    "status_returned": {
        "en": "Order {number} has come back to us.",
        "da": "Ordre {number} er kommet tilbage til os.",
        "sv": "Order {number} har kommit tillbaka till oss.",
        "nb": "Ordre {number} har kommet tilbake til oss.",
        "nn": "Ordre {number} har kome tilbake til oss.",
    },
    "expected": {
        "en": "We expect it to arrive on {day}.",
        "da": "Vi regner med, at den er fremme {day}.",
        "sv": "Vi räknar med att den är framme {day}.",
        "nb": "Vi regner med at den er framme {day}.",
        "nn": "Vi reknar med at han er framme {day}.",
    },
    "tracking": {
        "en": "You can follow it here: {url}",
        "da": "Du kan følge den her: {url}",
        "sv": "Du kan följa den här: {url}",
        "nb": "Du kan følge den her: {url}",
        "nn": "Du kan følgje han her: {url}",
    },
    "return_made": {
        "en": "The return is set up with number {case}. We have sent the label to your e-mail address.",
        "da": "Returneringen er oprettet med nummer {case}. Vi har sendt returlabelen til din mailadresse.",
        "sv": "Returen är upplagd med nummer {case}. Vi har skickat returetiketten till din mejladress.",
        "nb": "Returen er opprettet med nummer {case}. Vi har sendt returlappen til e-postadressen din.",
        "nn": "Returen er oppretta med nummer {case}. Vi har sendt returlappen til e-postadressa di.",
    },
    "complaint_made": {
        "en": "Thank you. Your complaint has number {case}, and a person answers you by e-mail.",
        "da": "Tak. Din reklamation har nummer {case}, og et menneske svarer dig på mail.",
        "sv": "Tack. Din reklamation har nummer {case}, och en människa svarar dig på mejl.",
        "nb": "Takk. Reklamasjonen din har nummer {case}, og et menneske svarer deg på e-post.",
        "nn": "Takk. Reklamasjonen din har nummer {case}, og eit menneske svarar deg på e-post.",
    },
    "call_back_made": {
        "en": "Noted: we call you on {phone}. Your number for this is {case}.",
        "da": "Noteret: vi ringer til dig på {phone}. Dit sagsnummer er {case}.",
        "sv": "Noterat: vi ringer dig på {phone}. Ditt ärendenummer är {case}.",
        "nb": "Notert: vi ringer deg på {phone}. Saksnummeret ditt er {case}.",
        "nn": "Notert: vi ringjer deg på {phone}. Saksnummeret ditt er {case}.",
    },
    "address_made": {
        "en": "Done. Order {number} now goes to {address}.",
        "da": "Så er det klaret. Ordre {number} sendes nu til {address}.",
        "sv": "Klart. Order {number} skickas nu till {address}.",
        "nb": "Det er gjort. Ordre {number} sendes nå til {address}.",
        "nn": "Det er gjort. Ordre {number} blir no send til {address}.",
    },
    "refused_too_late": {
        "en": "The time for returning order {number} is over. A person looks at it with you.",
        "da": "Fristen for at returnere ordre {number} er udløbet. Et menneske ser på det sammen med dig.",
        "sv": "Tiden för att returnera order {number} har gått ut. En människa tittar på det med dig.",
        "nb": "Fristen for å returnere ordre {number} har gått ut. Et menneske ser på det sammen med deg.",
        "nn": "Fristen for å returnere ordre {number} har gått ut. Eit menneske ser på det saman med deg.",
    },
    "refused_not_delivered": {
        "en": "Order {number} has not been delivered yet. A person looks at it with you.",
        "da": "Ordre {number} er ikke leveret endnu. Et menneske ser på det sammen med dig.",
        "sv": "Order {number} är inte levererad än. En människa tittar på det med dig.",
        "nb": "Ordre {number} er ikke levert ennå. Et menneske ser på det sammen med deg.",
        "nn": "Ordre {number} er ikkje levert enno. Eit menneske ser på det saman med deg.",
    },
    "refused_already_packed": {
        "en": "Order {number} is packed already, so the address can no longer be changed. "
        "When it arrives you can send it back.",
        "da": "Ordre {number} er allerede pakket, så adressen ligger fast. Du kan returnere den, når den kommer.",
        "sv": "Order {number} är redan packad, så adressen går inte att ändra. När den kommer kan du returnera den.",
        "nb": "Ordre {number} er allerede pakket, så adressen ligger fast. Når den kommer, kan du returnere den.",
        "nn": "Ordre {number} er alt pakka, så adressa kan ikkje endrast meir. Når han kjem, kan du returnere han.",
    },
}

MONTHS: dict[str, str] = {
    "en": "January February March April May June July August September October November December",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "nn": "januar februar mars april mai juni juli august september oktober november desember",
}


def say(name: str, language: object, **values: str) -> str:
    """The sentence in that language; English for one that we do not have. Values are put in as they are."""
    sentence = WORDS[name]
    return sentence.get(str(language), sentence["en"]).format(**values)


def date(year: int, month: int, day: int, language: object) -> str:
    """`25 November`, `den 25. november`, as it stands in a sentence."""
    name = MONTHS.get(str(language), MONTHS["en"]).split()[month - 1]
    pattern = {"da": "den {} {}", "sv": "den {} {}", "nb": "{} {}", "nn": "{} {}"}.get(str(language), "{} {}")
    return pattern.format(f"{day}." if language in ("da", "nb", "nn") else day, name)
