"""The words with which people ask for a person, by language: data of `bot/wishes.py`.

Folded as by `folding.fold`. Blanks divide the words, `_` stands for a blank inside one.
"""

from __future__ import annotations

# Somebody who works there, when somebody is asked for.
HUMAN = {
    "en": "humans human human_beings human_being human_help human_assistance human_support human_contact "
    "service_agents service_agent support_agents support_agent chat_agents chat_agent live_agents live_agent "
    "agents agent person representative operator customer_service customer_support customer_care "
    "customerservice employee colleague advisor adviser supervisor manager "
    "live_chat live_support livechat livesupport staff_member member_of_staff someone_real somebody_real "
    "anyone_real anybody_real real_one real_persons real_people support_team someone_who_works "
    "someone_that_works somebody_who_works "
    "somebody_that_works anyone_who_works anyone_that_works "
    "anybody_who_works anybody_that_works",
    "da": "mennesker mennesket menneske mennesk menneskelig_hjaelp menneskelig_kontakt menneskelig_stotte "
    "menneskelig_medarbejder kunde_servicen kunde_service kunde_supporten kunde_support kunde_center "
    "kunde_pleje kundeservicen kundeservice kundesupporten kundesupport kundecenter kundepleje medarbejderen "
    "medarbejdere medarbejder ansatt ansat ekspedient sagsbehandler radgiver konsulent kollega "
    "leder chef operator supporten support live_chat livechat en_af_jer en_af_kundeservice en_fra_jer "
    "en_fra_kundeservice nogen_af_jer nogen_af_kundeservice nogen_fra_jer nogen_fra_kundeservice nogle_af_jer "
    "nogle_fra_jer en_der_arbejder en_som_arbejder "
    "nogen_der_arbejder nogen_som_arbejder rigtige_mennesker rigtige_personer",
    "sv": "manniskan manniska manniskor mannisk manska mansklig_hjalp mansklig_kontakt mansklig_handlaggare "
    "mansklig_medarbetare kund_tjansten kund_tjanst kund_service kund_support kund_center kundtjansten "
    "kundtjanst kundservice kundsupport kundcenter medarbetaren medarbetare handlaggaren handlaggare radgivare "
    "anstalld kollega chef operator supporten support live_chatt live_chat livechatt livechat nagon_av_er "
    "nagon_fran_er nagon_pa_kundtjanst nan_av_er nan_fran_er nan_pa_kundtjanst "
    "en_pa_kundtjanst nagon_som_jobbar nagon_som_arbetar nan_som_jobbar nan_som_arbetar en_som_jobbar "
    "en_som_arbetar riktiga_manniskor riktiga_personer",
    "nb": "mennesker menneske menneskelig_hjelp menneskelig_kontakt kunde_servicen kunde_service kunde_servise "
    "kunde_senteret kunde_senter kunde_stotte kunde_support kunde_behandler kunde_radgiver kunde_konsulent "
    "kundeservicen kundeservice kundesenteret kundesenter kundestotte kundesupport kundebehandler "
    "kunderadgiver kundekonsulent medarbeideren medarbeider ansatt saksbehandleren saksbehandler radgiver "
    "butikkmedarbeider kollega sjef leder operator supporten support live_chat livechat en_av_dere "
    "en_av_kundeservice en_fra_dere en_fra_kundeservice en_hos_dere en_hos_kundeservice noen_av_dere "
    "noen_av_kundeservice noen_fra_dere noen_fra_kundeservice noen_hos_dere noen_hos_kundeservice "
    "en_som_jobber en_som_arbeider noen_som_jobber noen_som_arbeider ekte_mennesker ekte_personer",
    "nn": "menneske menneskeleg_hjelp menneskeleg_kontakt kunde_service kunde_senteret kunde_senter kunde_stotte "
    "kunde_behandlar kunde_radgjevar kundeservice kundesenteret kundesenter kundestotte kundebehandlar "
    "kunderadgjevar medarbeidaren medarbeidar medarbeiar tilsett saksbehandlar radgjevar leiar sjef kollega "
    "ein_av_dykk ein_av_dokker ein_fra_dykk ein_fra_dokker ein_hos_dykk ein_hos_dokker nokon_av_dykk "
    "nokon_av_dokker nokon_fra_dykk nokon_fra_dokker nokon_hos_dykk nokon_hos_dokker ein_som_jobbar "
    "ein_som_arbeider nokon_som_jobbar nokon_som_arbeider",
}
# Whoever is asked for only after "talk to".
IN_CHARGE = {
    "en": "support boss your_managers your_manager managers manager the_shop the_store",
    "da": "chefen lederen butikken",
    "sv": "chefen ledningen butiken",
    "nb": "sjefen lederen butikken",
    "nn": "sjefen leiaren butikken",
}
# Mean somebody who works there only after "talk to" and the like.
SOMEBODY = {
    "en": "someone somebody anyone anybody people",
    "da": "nogen nogle nogn en_eller_anden",
    "sv": "nagon nan",
    "nb": "noen folk",
    "nn": "nokon nokken nokre folk",
}
OTHERS = "else andre anden annan annen annet andra"
TO = {
    "en": "to with at",
    "da": "med til hos fra af",
    "sv": "med till hos fran av",
    "nb": "med til hos fra av",
    "nn": "med",
}
A = {
    "en": "a an the your one any some another",
    "da": "en et din dit jeres nogen noget",
    "sv": "en ett din ert er nagon",
    "nb": "en et din deres noen",
    "nn": "ei ein eit din dykkar nokon",
}
REAL = {
    "en": "real live living actual proper human",
    "da": "rigtigt rigtig ordentligt ordentlig aegte levende anden fysisk vaskeaegte menneskeligt menneskelig",
    "sv": "riktig akta levande annan fysisk verklig mansklig",
    "nb": "riktig ordentlig ekte levende annen fysisk virkelig menneskelig",
    "nn": "riktig ordentleg ordentli ekte levande annan verkeleg menneskeleg",
}
TALK = {
    "en": "talk talking speak speaking chat chatting",
    "da": "tale tal taler talt snakke snak snakker snakket chatte",
    "sv": "tala talar prata pratar snacka chatta",
    "nb": "snakke snakk snakker snakket prate prat prater pratet tale chatte",
    "nn": "snakke snakka snakkar prate prata pratar tale",
}
WRITE = {
    "en": "write",
    "da": "skrive skriv",
    "sv": "skriva skriv",
    "nb": "skrive skriv",
    "nn": "skrive skriva",
}
ME = {
    "en": "me us this_chat",
    "da": "mig os samtalen chatten",
    "sv": "mig oss",
    "nb": "meg oss",
    "nn": "meg oss",
}
# "put me through to": what is done with the customer, and with the person.
CONNECT = {
    "en": "connect transfer put pass hand switch escalate forward get give bring send",
    "da": "stil stille saet saette viderestil viderestille omstil send sende overfor giv",
    "sv": "koppla skicka ge flytta slapp_fram hamta",
    "nb": "sett sette koble kobl flytt flytte send sende gi overfor",
    "nn": "set setje kople kopla flytt send gje gi",
}
FETCH = {
    "en": "get bring fetch",
    "da": "hent hente find finde tilkald",
    "sv": "hamta koppla_in",
    "nb": "hent hente finn finne koble_inn kobl_inn",
    "nn": "hent hente kople_inn finn",
}
CONNECTED = {
    "en": "transferred connected put_through",
    "da": "stillet_om viderestillet omstillet stillet_videre",
    "sv": "kopplad kopplas kopplad_vidare framkopplad",
    "nb": "satt_over koblet viderekoblet",
    "nn": "sett_over kopla vidarekopla",
}
WANT = {
    "en": "want wanna need have prefer like get give_me have_to_have request require",
    "da": "vil vil_have vil_ha vil_gerne_have onsker foretraekker har_brug_for brug_for fa ha have giv_mig bruge "
    "hellere",
    "sv": "vill vill_ha vill_hellre_ha onskar foredrar behover far fa ha ge_mig hellre",
    "nb": "vil vil_ha onsker foretrekker trenger far fa ha gi_meg bruke heller",
    "nn": "vil vil_ha ynskjer onskjer foretrekkjer treng far fa ha gje_meg gi_meg heller",
}
RATHER = {
    "en": "rather preferably just only",
    "da": "hellere helst bare",
    "sv": "hellre helst bara",
    "nb": "heller",
    "nn": "berre",
}
DO = {
    "en": "help answer call contact reply look take assist respond step join",
    "da": "hjaelpe svare ringe kontakte se kigge tage overtage",
    "sv": "hjalpa svara ringa kontakta titta ta",
    "nb": "hjelpe svare kontakte se ta overta kikke",
    "nn": "hjelpe hjelpa svare sja overta",
}
REACH = {
    "en": "reach contact",
    "da": "kontakte kontakter fange traeffe",
    "sv": "na kontakta kontaktar traffa",
    "nb": "kontakte kontakter treffe",
    "nn": "kontakte kontaktar",
}
CALL = {
    "en": "call ring phone",
    "da": "ring ringe",
    "sv": "ring ringa",
    "nb": "ring ringe",
    "nn": "ring ringje ringe",
}
CALLED = (
    "bli_uppringd bli_uppringt bli_oppringd bli_oppringt blive_ringet_op bli_ringt_opp bli_ringd_opp "
    "blive_kontaktet be_called_back"
)
ASK = "ask sporg spor fraga"
AFTER = {
    "en": "please now instead thanks thank_you asap here there",
    "da": "tak nu lige_nu i_stedet i_stedet_for venligst vaer_sa_venlig straks med_det_samme her der i_roret i_tale",
    "sv": "tack nu istallet i_stallet snarast genast snalla vanligen har dar",
    "nb": "takk na isteden i_stedet sa_fort_som_mulig er_du_snill med_en_gang her der",
    "nn": "takk no i_staden ver_snill med_det_same her der",
}
BOT = {
    "en": "bots bot robots robot chatbots chatbot machines machine ai",
    "da": "botten robotten robotter chatbotten maskine",
    "sv": "roboten botten robotar maskin",
    "nb": "boten roboten roboter maskin",
    "nn": "robotar",
}
NOT = {
    "en": "not dont don_t never no refuse_to without",
    "da": "ikke ikk ik ej naegter_at",
    "sv": "inte ej vagrar",
    "nb": "ikke nekter_a",
    "nn": "ikkje nektar_a",
}
NO_MORE = (
    "no not ikke inte ikkje ingen inga stop stopp sluta enough_of enough_with nok vaek_med vekk_med bort_med "
    "no_thanks_to nej_tak_til nei_takk_til nej_tack_till"
)
BEAR = "gider gidder gidd orker orkar pallar"
COMMON = "eller fra fran over"  # too common to be looked for
# What else a wish may hold, without a word for a person or a robot.
MARKS = (
    "through vidare videre igennem stil stille saet saette sett sette set setje viderestil omstil stillet "
    "viderestillet omstillet satt koblet kopla "
    "kopplad kopplas koppla vidarekopla viderekoblet framkopplad transferred connected ingen"
)
# Words that are looked for with one letter too few, doubled, or two letters in the wrong order.
OFTEN_MISSPELT = (
    "human agent person menneske manniska medarbejder medarbeider medarbeidar medarbetare kundeservice kundtjanst "
    "kundservice customer service representative snakke snacka prata robot rigtig riktig ordentlig"
)
MISSPELT = {
    "tlak": "talk", "tlk": "talk", "tallk": "talk", "takl": "talk", "spk": "speak", "speek": "speak",
    "humen": "human", "hooman": "human",
    "reel": "real", "realperson": "person", "costumer": "customer", "reprasentative": "representative",
    "representitive": "representative", "menekse": "menneske", "manska": "manniska", "kundeservise": "kundeservice",
    "medarbejer": "medarbejder", "medarbeier": "medarbeider",
}  # fmt: skip
