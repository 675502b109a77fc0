"""Dialect, short messages and Nynorsk in the spelling that articles are mostly written in: data of `spelling.py`.

Between two `;`: the usual spelling, then what stands for it. Lower case; `_` stands for a blank. Left out on purpose is
whatever is an everyday word of its own in the same language ("ti" is ten, "får" is gets), and names of things that
only one dialect has: what a word is mistaken for costs more than what it leaves unread.
"""

from __future__ import annotations

# By family of languages (`stemming.family`); "nn" are those words of "no" that are good Nynorsk.
WORDS: dict[str, str] = {
    "no": """
    hva ka ke kæ kå hvadd ka_for_nokka ka_fer_nåkka; hvor kæ_hen korhen hvr hvorr korr; hvordan kordan kordn korsen
    korsn kossen kossn koss korles kolles koles koless kåles kåssen kossleis åssen åssn åsn hvordn hvorledes høssen
    hessen håssen høss hvodan hordan vordan kordans; hvorfor koffer kofor koffør kiffer kafor kafør korfor
    korfør åffer høffer hvoffer hvfor hvofor koffor; hvem kem kæm hvæm åkken; hvilken ka_slags_ein ka_for_ein
    ka_fer_ein ka_fer_en ka_for_en; hvilket ka_for_eit ka_for_et; hvilke ka_for_nokken; når kati ka_ti ka_tid kotti
    koti korti kortid ke_ti når_ti nårr nårti; jeg æ æg je jæ jei jæi ej jg jeij ae; ikke itj itje ittj ikkj itte
    ente inte ikk ik icce isje ikje ikkji itjj; ikke_noe ittno ittnå itno ikkeno ikkno; har_ikke hakke harkke;
    er_ikke ekje ekkje erkke; er_det erre ede; meg mæ mæg mei mej; deg dæ dæg dej; seg sæ sæg sej; dere dokker
    dåkker dåkk dokk døkk dåkke dokke døkke dikke dikkan dåkkår dokkar dykke dåkkå; deres dokkers dokkes dåkkes
    dåkkers dokkas dåkkas demmes dæmmes; de døm; dem dæm dæmm demm; hun hu; noe nokka nåkka nåkke nokke någe någå
    nåko noke nogge nåkkå nokko nåe nåka noka nåkko; noen nokken nåkken nåken nåen noken någen nokkon nåkkon nokkår;
    mye møkje mykj mytji møtji mykji myttji møye mykkje; mer meire mær; bare bærre berre bær bærr berr barre; til
    tel te; fra ifrå; for fær førr forr fårr; også óg åg au; er e ær r; det d dæt; har he; hadde hadd; kan kainn
    kannj kainj kanj; kunne kunn konn kunna kujn; skal ska; skulle sku skull skulla; vil vell vill; ville villa;
    måtte måtta; fikk fækk; gjøre jøre jørr gjørra gjørr; gjør jør; være vera vårre værra vårrå værr ver; var va;
    vært vorre vørre vøri værri vårri vorri; blir bir blie; blitt vorte vørti blidd vorti; kommer kjæm kjemm
    kjømme kjæmme kommar kjømm; komme komma kåmmå kåmma kåmm; kom kåm; tar tæk tækk; gi gji; gir gjir jir; si sæi;
    sier sir; vet vait; gikk jikk; hjem hæm; hjemme hjemma; her hær; der dær derr; denne denna dennan dennje; dette
    detta dettan ditta; disse dissan dessan dessa; en æin ejn; et æit ejt; mitt mett; vår våres vårs våras; sånn
    sånnj sånt; i_dag idag i_da idæg; i_morgen imårra i_mårra imorra i_morra imårgå i_mårgo imorgen i_mårgå i_mårå;
    i_kveld ikveill i_kveill ikveld; i_går igår igjår i_gjår; klokka klåkka klokkå klokko; første førrste; neste
    næste; etter ætter; alle aille allj aill; alt ailt; annen annan ainnan; annet ainna; mange mang mainge maang;
    penger pæng pænga; pengene pengan pængan; sende senn sænd sænde sænn; koster koste kåste kåsta kåstar; hjelp
    hjælp jelp; finnes finns; kanskje kansje kansj; sammen ilag i_lag; tilbake telbake tebake tebage tebakers; igjen
    igjæn ijæn igjenn; fordi førdi; derfor dærfør; hvis vess hess hvess hviss; eller eille ælle eiller; siden sia;
    mulig mulli; egentlig egentli eigentli; vanlig vanli; ferdig færdi ferdi; gjennom gjønna gjønnå; snakke_med
    prate_me snakk_me; altså asså; i_alle_fall iaf iallfall; telefonnummer tlf_nr tlfnr tlf.nr tlf._nr telefon_nr
    telefonnr tlfnummer; telefon tlf tlfn; nummer nr; størrelse str; adresse adr; angående ang; måneder mnd;
    leveringstid lev_tid levtid lev.tid; lørdag lør; søndag søn; vær_så_snill plis pls plz
    """,
    "nn": """
    hva kva; hvor kor; hvordan korleis; hvorfor kvifor; hvem kven; hvilken kva_for_ein kva_for_ei; hvilket
    kva_for_eit; hvilke kva_for_nokre kva_for; når katti; jeg eg; ikke ikkje; dere dykk; deres dykkar deira; de dei;
    hun ho; noe noko; noen nokon nokre; mye mykje; mer meir; fra frå; også òg; fikk fekk; gjøre gjere gjera; gjør
    gjer; være vere; vært vore; ble vart blei; blir vert; kommer kjem; komme kome; tar tek; gi gje; gir gjev; se
    sjå; si seie seia; sier seier; vet veit; gikk gjekk; hjem heim; hjemme heime; disse desse; en ein; et eit;
    i_morgen i_morgon imorgon; uke veke; uka veka; uker veker; ukene vekene; første fyrste; annet anna; penger
    pengar; pengene pengane; koster kostar kosta; finnes finst; sammen saman; tilbake attende; igjen att; derfor
    difor; hvis viss; siden sidan; mulig mogleg; egentlig eigentleg; vanlig vanleg; vanligvis vanlegvis; lørdag
    laurdag; søndag sundag; gang gong; størrelse storleik; størrelsen storleiken; fortsatt framleis; allerede
    allereie; bestilt tinga; bestilling tinging; bestillingen tinginga; ønsker ynskjer ønskjer; bruke nytta; bruker
    nyttar; måned månad; gave gåve; gavekort gåvekort; ødelagt øydelagd øydelagt; glemt gløymt; åpne opne; åpner
    opnar; åpent ope; åpen open; åpningstid opningstid; åpningstider opningstider; stenger stengjer; regning
    rekning; innen innan; mandag måndag; tirsdag tysdag; hverandre kvarandre; selv sjølv; høre høyre; hører høyrer;
    mottar mottek; hel heil; helt heilt; hele heile; hos hjå; lenke lenkje; bytte byte byta; bytter byter; virke
    verke; selger sel; selge selje; leie leige; leier leiger; mulighet moglegheit
    """,
    "da": """
    hvad hvd hva hwa; hvor hvr hwor hvo; hvordan hvordn hvodan hvorden hvd_for hvordna hordan vordan hvornd; hvornår
    hvornr hvonår hvorn hvnår hvornaar vornår; hvorfor hvofor hvfor; hvem hvm; kan ka kn; kunne ku; skulle sku; jeg
    jg jeij jæ; ikke ik ikk int; også oss osse ogs åsse; noget nåd nåed noed nogt noet ngt; nogen nåen noen ngn;
    have ha; give gi; tage ta; blive bli; blev ble; med me; til te; siger sir; mig mæ mej; dig dæ daj dej; sig sæ
    saj; er e r; det d; tilbage tilbag tebage; telefonnummer tlf_nr tlfnr tlf.nr tlf._nr telefon_nr telefonnr
    tlf_nummer tlfnummer tel_nr telnr; telefon tlf tlfn tel; nummer nr nmr; størrelse str; adresse adr; måneder mdr;
    måned md; København kbh; leveringstid lev_tid levtid lev.tid; vedrørende vedr; eventuelt evt; for_eksempel fx
    feks; på_grund_af pga; i_dag idag; i_morgen imorgen imorn i_morn; i_går igår; være_så_venlig pls plz; faktisk
    fakt
    """,
    "sv": """
    vad va vaa; var vart; är e ä r; någon nån ngn; något nåt ngt nå't; några nåra ngra; någonting nånting;
    någonstans nånstans; de dom; och å o; också oxå oxo åxå åsså osså ossa oxåå; inte int ente itte inge intä; mig
    mej; dig dej; sig sej; sådan sån; sådant sånt; sådana såna; med mä me; till te; tillbaka tebaka tebax tillbax
    tebaks tbx tbaka; eller lr elr; i_alla_fall iaf iallafall; mycket mkt mycke mö; bara ba; skulle sku; ska skall;
    jag jg jak; det dä de't; telefonnummer tel_nr telnr tfn tfnnr tlf_nr tlfnr telefon_nr telefonnr tfn_nr mobilnr;
    telefon tel tlf; nummer nr nmr; storlek stl str strl; adress adr; angående ang; till_exempel tex t.ex;
    på_grund_av pga; idag i_da; imorgon imorrn i_morrn imorn imorron; hur hurdan hurr; varför varfö vaffö vaför; när
    närr; alltså asså; snälla plz pls; vill vell; kan kn
    """,
    "en": """
    you u ya yall y'all; your ur yr; are r; please pls plz pleas plse; what wat wot wut wht; what_is whats; where_is
    wheres; how_is hows; when_is whens; who_is whos; that_is thats; there_is theres; where wher; when wen; can't
    cant cnt; don't dont dnt; doesn't doesnt; didn't didnt; won't wont; isn't isnt aint; aren't arent; wasn't wasnt;
    haven't havent; hasn't hasnt; couldn't couldnt; I'm im; I've ive; going_to gonna; want_to wanna; have_to gotta;
    give_me gimme; let_me lemme; do_not_know dunno dinnae_ken; because cos coz cuz bc bcos; before b4; tomorrow tmrw
    tmr 2moro tomoz tmw; today 2day tday; week wk; weeks wks; hours hrs; and n; about abt; something summat sth
    smth; nothing nowt; anything owt; through thru; message msg; package pkg pkge; address addr addy;
    telephone_number tel_no tel_nr tel_num tel_number phone_no phone_nr phone_num telno; order_number order_no
    order_nr order_num; number num nr; telephone tel; quantity qty; have hav hve; delivery delivry delvery; received
    recieved rcvd
    """,
}

# Endings of Nynorsk words that are not listed, with what the same word ends in in Bokmål.
ENDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "nn": (
        (r"(\w{3,}[^\Wb])(?<!sv)(?<!dr)ar", "er"),
        (r"(\w{4,})ane", "ene"),
        (r"(\w{3,})leg", "lig"),
        (r"(\w{3,})heit", "het"),
    ),
}
# Words that end so and stay.
STAY: dict[str, str] = {
    "nn": "dollar seminar kalendar februar januar kommentar eksemplar formular inventar mottar deltar overtar foretar "
    "vedtar inntar gjentar ivaretar opptar omtar avtar tiltar"
}
