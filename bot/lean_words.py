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
# How questions begin, behind "and".
ASKS = {
    "en": "how what when where which who why is are do does did can could may will would should",
    "da": "hvor hvad hvornar hvordan hvilken hvilke hvem hvorfor er kan ma skal vil har far koster tager",
    "sv": "hur vad nar var vilken vilka vem varfor ar kan far ska vill har kostar tar",
    "nb": "hvor hva nar hvordan hvilken hvilke hvem hvorfor er kan far skal vil har koster tar",
    "nn": "kor kva nar korleis kven kvifor er kan far skal vil har kostar tek",
}
AND = "and og och but men also samt"
