"""Words that say little by themselves, by language: data of `bot/leaning.py`.

Folded as by `folding.fold`. Blanks divide the words, `_` stands for a blank inside one.
"""

from __future__ import annotations

# How a message begins that goes on from the one before.
GOES_ON = {
    "en": "and or but then so also what_about how_about and_what_about and_if what_if and_then same_for and_for only",
    "da": "og eller men sa ogsa hvad_med hvad_sa_med og_hvad_med og_hvis hvad_hvis hvad_nar gaelder_det_ogsa "
    "gaelder_det_samme ogsa_til ogsa_for kun",
    "sv": "och eller men sa aven hur_ar_det_med vad_galler_for och_om vad_hander_om galler_det_aven galler_samma bara",
    "nb": "og eller men sa ogsa hva_med og_hva_med hva_hvis og_hvis hva_om gjelder_det_ogsa gjelder_det_samme "
    "ogsa_til ogsa_for bare",
    "nn": "og eller men sa ogso kva_med og_kva_med kva_viss og_viss kva_om gjeld_det_ogsa gjeld_det_same berre",
}
# What points back at something that was named before.
POINTS_BACK = {
    "en": "it that this those these they them one ones there then its their",
    "da": "det den de dem dette denne disse der sa dens deres",
    "sv": "det den de dem detta denna dessa dar da dess deras",
    "nb": "det den de dem dette denne disse der da dens deres",
    "nn": "det den dei desse dette denne der da han ho deira",
}
# Words of questions that name no thing.
EMPTY = {
    "en": "how what when where which who why is are was were do does did can could may might must should would will "
    "have has had be been get got i you we he she my your our a an the to of for in on at by from with as if "
    "not no any anything some something nothing more much many long far fast big soon old time take takes cost "
    "costs apply applies mean "
    "work works happen happens also too and or but so then about just still really again days day hours weeks "
    "long_time possible need needs me us same other",
    "da": "hvor hvad hvornar hvordan hvilken hvilke hvem hvorfor er var bliver blev gor gjorde kan kunne ma matte "
    "skal skulle vil ville har havde jeg du vi i man han hun min din jeres vores mit dit en et til af for pa "
    "med om fra ved hos som hvis ikke nogen noget lidt mere meget mange lang laenge langt hurtigt stor snart "
    "tid tager tage koster koste gaelder betyder virker sker ogsa og eller men sa kun bare stadig igen dage "
    "dag timer uger muligt mig os samme anden andre helt det_tager",
    "sv": "hur vad nar var vilken vilket vilka vem varfor ar blir blev gor gjorde kan kunde far fick maste ska "
    "skulle vill ville har hade jag du vi ni man han hon min din er mitt ditt en ett till av for pa med om "
    "fran vid hos som inte nagon nagot lite mer mycket manga lang lange langt snabbt stor snart tid tar ta "
    "kostar kosta galler betyder fungerar hander ocksa aven och eller men sa bara fortfarande igen dagar dag "
    "timmar veckor mojligt mig oss samma annan andra i",
    "nb": "hvor hva nar hvordan hvilken hvilke hvem hvorfor er var blir ble gjor gjorde kan kunne ma matte far fikk "
    "skal skulle vil ville har hadde jeg du vi dere man han hun min din deres mitt ditt en et til av for pa "
    "med om fra ved hos som hvis ikke noen noe litt mer mye mange lang lenge langt raskt fort stor snart tid "
    "tar ta koster koste gjelder betyr virker skjer ogsa og eller men sa bare fortsatt igjen dager dag timer "
    "uker mulig meg oss samme annen andre i",
    "nn": "kor kva nar korleis kva_for kven kvifor er var blir vart vert gjer gjorde kan kunne ma matte far fekk "
    "skal skulle vil ville har hadde eg du vi de dykk ein man han ho min din mitt ditt ei eit til av for pa "
    "med om fra ved hos som viss ikkje nokon noko litt meir mykje mange lang lenge langt raskt fort stor "
    "snart tid tek tar ta kostar koste gjeld tyder verkar skjer ogsa og eller men sa berre framleis att igjen "
    "dagar dag timar veker mogleg meg oss same annan andre i",
}
# How questions begin, whatever follows; then those that are also "when it came" and "where I bought it", and so need a
# verb behind them; then those that are also "which is broken", and so need something else.
ASKS = {
    "en": "how what who why",
    "da": "hvor hvad hvornar hvordan hvem hvorfor",
    "sv": "hur vad vem varfor",
    "nb": "hvor hva hvordan hvem hvorfor",
    "nn": "kor kva korleis kven kvifor",
}
ASKS_BEFORE_A_VERB = {"en": "when where", "da": "", "sv": "nar var", "nb": "nar", "nn": "nar"}
ASKS_BEFORE_A_THING = {
    "en": "which",
    "da": "hvilken hvilket hvilke",
    "sv": "vilken vilket vilka",
    "nb": "hvilken hvilket hvilke",
    "nn": "kva_for",
}
RELATIVES = frozenset(("hvor", "kor"))  # "hvor jeg købte det": no question where somebody comes behind it
# With what else questions begin, where somebody or something comes behind it: "can I", but not "and can only ...".
ASKING_VERBS = {
    "en": "is are was were do does did can could may might must should will would have has",
    "da": "er var kan kunne ma skal skulle vil ville har havde far gaelder koster tager bliver",
    "sv": "ar var kan kunde far ska skulle vill har hade galler kostar tar blir maste",
    "nb": "er var kan kunne ma skal skulle vil ville har hadde far gjelder koster tar blir",
    "nn": "er var kan kunne ma skal skulle vil ville har hadde far gjeld kostar tek blir",
}
SUBJECTS = {
    "en": "i you we they he she it there this that these those the my our your a an any anyone somebody someone",
    "da": "jeg i du vi man det den de der dette denne min mit mine din dit jeres vores en et nogen",
    "sv": "jag ni du vi man det den de detta denna min mitt mina ert era en ett nagon",
    "nb": "jeg dere du vi man det den de dette denne min mitt mine deres en et noen",
    "nn": "eg de du vi ein det den dei dette denne min mitt mine dykkar ei eit nokon",
}
# What stands before a question that is not asked outright.
WONDERS = {
    "en": "i_want_to_know i_would_like_to_know i_d_like_to_know i_need_to_know i_wonder i_was_wondering "
    "i_am_wondering i_m_wondering tell_me can_you_tell_me could_you_tell_me please_tell_me do_you_know",
    "da": "jeg_vil_gerne_vide jeg_vil_vide jeg_ville_hore jeg_vil_hore jeg_vil_gerne_hore gad_vide jeg_undrer_mig "
    "ma_jeg_sporge kan_du_fortaelle kan_i_fortaelle kan_du_sige kan_i_sige ved_du ved_i",
    "sv": "jag_vill_veta jag_skulle_vilja_veta jag_undrar undrar jag_ville_hora far_jag_fraga kan_du_beratta "
    "kan_ni_beratta kan_du_saga kan_ni_saga vet_du vet_ni",
    "nb": "jeg_vil_vite jeg_vil_gjerne_vite jeg_lurer_pa lurer_pa jeg_ville_hore kan_du_fortelle kan_dere_fortelle "
    "kan_du_si kan_dere_si vet_du vet_dere",
    "nn": "eg_vil_vite eg_vil_gjerne_vite eg_lurer_pa lurer_pa kan_du_fortelje kan_de_fortelje kan_du_seie "
    "veit_du veit_de",
}
# As they are written, not folded: what stands before something more about the same question.
AND = "and og och but men also samt plus"
WHAT_ABOUT = {
    "en": "what_about how_about",
    "da": "hvad_med hvad_så_med",
    "sv": "vad_gäller_för hur_är_det hur_blir_det",
    "nb": "hva_med enn",
    "nn": "kva_med enn",
}
PREPOSITIONS = {
    "en": "to for in on at by with without from after before within outside",
    "da": "til for i på med uden fra om hos efter ved inden udenfor",
    "sv": "till för i på med utan från om hos efter vid inom utanför",
    "nb": "til for i på med uten fra om hos etter ved innen utenfor",
    "nn": "til for i på med utan frå om hos etter ved innan utanfor",
}
ALSO = "too also as_well også ogsa ogso också oxå"
