"""Words and endings that tell our languages apart, by the languages that have them. Pure."""

from __future__ import annotations

# Closed-class words first, then those that people write to a shop. Left out on purpose: what all the Nordic languages
# share, and what is some other word in a neighbour ("to" is two in Danish, "no" is now in Nynorsk, "set" is seen).
WORDS: dict[tuple[str, ...], str] = {
    ("en",): (
        "the is are was were my your our it its this that these those they you we he she what where when why how "
        "which who whose whether do does did don doesn didn isn wasn cannot couldn would could should will may "
        "might or not of on with from into about than then because but if please thanks thank hello any some much "
        "many more long still yet never always only just already again here need want know get got getting been "
        "being make tell show parcel package delivery delivered refund money back boots sleeping bag stove jacket "
        "password account invoice receipt wrong broken size change cancel buy bought pay paid week weeks day days "
        "today tomorrow"
    ),
    ("da",): (
        "hvad hvornår af jer jeres noget nogle nogen meget bliver blive blevet kun uge ugen uger tilbage gerne "
        "købe køber købt købte køb penge modtage modtaget modtog leveret åbne åbner åben åbent åbningstid "
        "åbningstider forkert forkerte lynlås lynlåsen støvlerne rygsæk rygsækken adgangskode kodeord ændre ændres "
        "ændret spørgsmål hjælp hjælpe hjælper tak venligst gør gøre giver fik fået tage tager taget siger sige "
        "aflevere afleveret afmelde afmeldt afbestille fragt fragten rabat rabatkode sælge sælger dage uden ud ude "
        "udland op stadig rigtig rigtigt vigtig vigtigt desværre måske altid endnu lige mit dit sit vores hende "
        "gælder findes hedder kræver laver lavet vejr vejret vej tøj mod dansk kvittering faktisk bedst væk finde "
        "vælge vælger trække trækkes tjekke eftermiddag aften dårlig dårligt længe længere læse billede fejl opret "
        "oprette afhente afhentning udbetaling bekræftelse bekræftet vask mellem virkelig herhjemme derhjemme "
        "mojn hejsa goddag davs"
    ),
    ("nb",): (
        "hva noe noen mye uke uka uken uker nå dere ble vært gjøre gjør sier fikk gir ga tatt mottatt mottar "
        "mottok åpner åpne åpen åpent åpningstid åpningstider stenger støvlene lenke lenken endret hjelper "
        "vennligst dager ennå fortsatt gjelder krever trenger vær fortelle leverer tilbakebetaling regning "
        "regningen vei veien klær utenfor herfra dårligere selger bekreftelse bekreftet ryggsekk ryggsekken feilen "
        "ettermiddag kveld bestillinga uten bruker brukeren brukt noensinne hjemmefra"
    ),
    ("nn",): (
        "eg ikkje kva kvar kor kvifor korleis kven frå noko nokon nokre nokor meir mykje berre dei dykk dykkar "
        "vere vore vert vart verte gjer gjere gjekk kjem kome komen seie seier sjå fekk gje gjev heim heime saman "
        "veke veka veker vekene gong gonger gongar pengane eit ein storleik storleiken framleis allereie tinga "
        "tinging ynskjer ønskjer nyttar skule skulen dagane månadar gåve gåvekort øydelagd gløymt opne opningstid "
        "opningstider stengjer støvlar støvlane rekning rekninga adressa innan laurdag måndag kvart kvarandre "
        "sjølv sidan difor høyre høyrer mottek motteke heilt heile hjå lenkje lenkja pakka veret òg vêret"
    ),
    ("sv",): (
        "jag inte och är vad hur när varför vilken vilket vilka vem mina dina sina ni era ert från till för också "
        "bara att något någon några mycket vecka veckan veckor tillbaka gärna fick ge ger blivit vara varit gör "
        "göra säga säger köpa köper köpt köpte köp skicka skickar skickat skickade skickas paket paketet beställa "
        "beställt beställde beställning levereras levererat öppet öppnar öppen stänger storlek storleken fel "
        "sönder trasig trasigt kängor kängorna tält tältet sovsäck sovsäcken ryggsäck jacka jackan lösenord "
        "lösenordet ändra ändras saknas saknar fråga frågor hjälp hjälpa hjälper tack vänligen snälla kunna ska "
        "måste hade före upp inga inget redan ännu kanske tyvärr där här hem betala betalar pengarna dagarna "
        "månader lördag söndag rabattkod presentkort byta bytas funkar gäller finns behöver behöva tycker hitta "
        "hittar någonstans klockan imorgon idag väder vädret köket svenska vill öppettider kvitto kvittot "
        "tjena tjenare hejsan oxå nån nåt nånting"
    ),
    ("da", "nb"): (
        "jeg ikke hvor hvem hvordan hvorfor hvis hvilke hvilken hvilket fra hun deres være også pengene bestilt "
        "bestilte bestillingen ordren butikken størrelse størrelsen ødelagt støvler soveposen mangler koster hjem "
        "hjemme virker fungerer kommet allerede lørdag søndag måneder ønsker bare gavekort gavekortet betaler "
        "leveres bestiller jakken vasker hver hvert"
    ),
    ("nb", "nn"): (
        "meg deg seg igjen opp inn etter tilbake feil glidelås sekk sekken passord passordet endre spørsmål hjelp "
        "hjelpe takk gjerne dessverre kanskje aldri kjøpe kjøpt kjøpte kjøp farge fargen rabattkoden blitt betyr "
        "levert leie skjer toll nettside nettsida heisann "
        "kordan korsen koffer åssen dokker dåkker nokka nåkka itj pengan"
    ),
    ("da", "sv"): "mig dig sig nu blev efter igen aldrig butik betyder",
    ("nn", "sv"): "kostar pengar dagar fungerar utan fått",
    ("nb", "nn", "sv"): "av ut alltid blir ta tar gått riktig viktig mot frakt rabatt",
    ("da", "nb", "nn"): "ka og til skal vil dette denne når fordi betale mange mine dine kunne",
}

# Another language's spelling, which people also use who write as they speak; "hva" is Danish as well as Norwegian then.
SPOKEN_WORDS: dict[str, frozenset[str]] = {"da": frozenset(("hva",))}

# How words are spelt that are not listed: the first that fits counts.
SPELLINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(?:gj|fj|hj|mod)erne|allerede", ()),
    (r"\w*[äö]\w*|\w{3,}(?:arna|orna|erna)|\w{4,}ade", ("sv",)),
    (r"\w{3,}(?:erne|ede|hed|heden|heder)|\w*[eø]j\w*|\w*(?:øg|ug)(?:e|er|es|en|te|t)", ("da",)),
    (r"\w{3,}(?:ane|leg|legare)", ("nn",)),
    (r"\w*øy\w*|\w{2,}sjon(?:en|er|ar)?|(?:kj|skj)\w{2,}|\w*(?:øk|uk)(?:e|er|es|en|te|t)", ("nb", "nn")),
    (r"\w{2,}tion(?:en)?", ("en", "da", "sv")),
    (r"hv\w+", ("da", "nb")),
    (r"\w*[æø]\w*", ("da", "nb", "nn")),
    # Danish doubles no consonant at the end of a word.
    (r"\w+(?:ff|gg|kk|ll|mm|nn|pp|ss|tt)", ("en", "nb", "nn", "sv")),
)
