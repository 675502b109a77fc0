"""Messages that only say that the last answer was not understood, or was not what had been asked. Pure."""

from __future__ import annotations

import re

from bot.courtesy_words import BEFORE, BEHIND
from bot.folding import any_language, any_of, fold

# Folded as by `folding.fold`. Blanks divide the words, `_` stands for a blank inside one.
NOT_UNDERSTOOD = {
    "en": "i_do_not_understand i_don_t_understand i_dont_understand i_did_not_understand i_didn_t_understand "
    "i_didnt_understand i_still_do_not_understand i_still_don_t_understand i_still_dont_understand "
    "i_really_don_t_understand i_don_t_really_understand i_don_t_quite_understand do_not_understand "
    "don_t_understand dont_understand didn_t_understand i_do_not_get i_don_t_get i_dont_get i_still_don_t_get "
    "don_t_get dont_get i_do_not_follow i_don_t_follow i_can_t_follow",
    "da": "jeg_forstar_ikke jeg_forstar_stadig_ikke jeg_forstar_slet_ikke jeg_forstod_ikke forstar_ikke forstod_ikke "
    "det_forstar_jeg_ikke det_forstod_jeg_ikke jeg_forstar_det_ikke jeg_forstod_det_ikke jeg_forstar_dig_ikke "
    "jeg_fatter_ikke jeg_fatter_det_ikke det_fatter_jeg_ikke fatter_ikke jeg_kan_ikke_forsta ka_ikke_forsta "
    "kan_ikke_forsta jeg_er_ikke_med",
    "sv": "jag_forstar_inte jag_forstar_fortfarande_inte jag_forstod_inte forstar_inte forstod_inte "
    "det_forstar_jag_inte det_forstod_jag_inte jag_fattar_inte fattar_inte det_fattar_jag_inte jag_fattade_inte "
    "jag_begriper_inte begriper_inte jag_hanger_inte_med hanger_inte_med jag_kan_inte_forsta jag_forstar_ej "
    "forstar_ej fattar_noll jag_fattar_noll",
    "nb": "jeg_forstar_ikke jeg_forstar_fortsatt_ikke jeg_forstod_ikke forstar_ikke forsto_ikke jeg_forsto_ikke "
    "det_forstar_jeg_ikke det_forsto_jeg_ikke jeg_forstar_det_ikke jeg_skjonner_ikke skjonner_ikke "
    "jeg_skjonte_ikke skjonte_ikke det_skjonner_jeg_ikke det_skjonte_jeg_ikke jeg_skjonner_det_ikke "
    "jeg_skjonner_fortsatt_ikke jeg_fatter_ikke fatter_ikke jeg_henger_ikke_med henger_ikke_med e_skjonne_ikke "
    "ae_skjonne_ikke ae_skjonn_itj e_skjonn_itj",
    "nn": "eg_forstar_ikkje eg_forstar_det_ikkje det_forstar_eg_ikkje eg_forstod_ikkje forstar_ikkje eg_skjonar_ikkje "
    "eg_skjonar_det_ikkje det_skjonar_eg_ikkje eg_skjona_ikkje det_skjona_eg_ikkje eg_skjonte_ikkje "
    "det_skjonte_eg_ikkje skjonar_ikkje eg_skjonner_ikkje det_skjonner_eg_ikkje skjonner_ikkje eg_fattar_ikkje "
    "fattar_ikkje eg_heng_ikkje_med eg_skjonar_framleis_ikkje",
}
WHAT = {
    "en": "it that this you at_all anything any_of_it any_of_that any_of_this a_word what_you_mean what_you_re_saying "
    "what_you_are_saying what_that_means what_this_means what_it_means the_answer your_answer",
    "da": "det dig noget helt en_skid det_her det_der et_ord svaret dit_svar hvad_du_mener hvad_du_skriver "
    "hvad_det_betyder hvad_det_handler_om hvad_i_mener noget_af_det",
    "sv": "det dig nagot alls ett_dugg ett_ord det_har det_dar svaret ditt_svar vad_du_menar vad_du_skriver "
    "vad_det_betyder vad_ni_menar nagonting",
    "nb": "det deg noe helt en_dritt et_ord dette det_der svaret svaret_ditt hva_du_mener hva_du_skriver hva_det_betyr "
    "hva_dere_mener noe_av_det",
    "nn": "det deg noko heilt eit_ord dette det_der svaret svaret_ditt kva_du_meiner kva_du_skriv kva_det_tyder "
    "kva_de_meiner",
}
UNCLEAR = {
    "en": "what_do_you_mean what_do_you_mean_by_that what_does_that_mean what_does_this_mean what_does_it_mean huh "
    "what pardon come_again say_again please_explain can_you_explain can_you_explain_that could_you_explain "
    "can_you_explain_it_again explain that_makes_no_sense this_makes_no_sense it_makes_no_sense makes_no_sense "
    "that_does_not_make_sense that_doesn_t_make_sense this_doesn_t_make_sense i_am_confused i_m_confused "
    "im_confused i_m_lost what_are_you_talking_about that_is_unclear that_s_unclear not_clear that_is_not_clear",
    "da": "hvad_mener_du hvad_mener_i hvad_mener_du_med_det hvad_betyder_det hvad_skal_det_betyde hvad hva ka "
    "ka_mener_du hva_mener_du hva_behar hvad_behager hva_for_noget hvad_for_noget det_giver_ikke_mening "
    "det_giver_ingen_mening giver_ingen_mening giver_ikke_mening kan_du_forklare kan_du_forklare_det "
    "kan_du_forklare_det_igen forklar jeg_er_forvirret nu_er_jeg_forvirret hvad_snakker_du_om hvad_taler_du_om "
    "det_er_uklart",
    "sv": "vad_menar_du vad_menar_ni vad_menar_du_med_det vad_betyder_det va va_menar_du vadda va_sa vad_sa_du "
    "hur_menar_du hur_da det_ar_obegripligt obegripligt det_later_konstigt det_ar_oklart oklart kan_du_forklara "
    "kan_du_forklara_det kan_du_forklara_igen forklara jag_ar_forvirrad vad_pratar_du_om vad_snackar_du_om",
    "nb": "hva_mener_du hva_mener_dere hva_mener_du_med_det hva_betyr_det hva hae hva_for_noe hva_sier_du hva_sa_du "
    "det_gir_ikke_mening det_gir_ingen_mening gir_ingen_mening gir_ikke_mening kan_du_forklare "
    "kan_du_forklare_det kan_du_forklare_det_igjen forklar jeg_er_forvirret na_ble_jeg_forvirret "
    "hva_snakker_du_om hva_prater_du_om det_er_uklart ka_meine_du ka_mene_du ka_du_meine",
    "nn": "kva_meiner_du kva_meiner_de kva_meiner_du_med_det kva_tyder_det kva_betyr_det kva hae kva_for_noko "
    "kva_sa_du det_gjev_ikkje_meining det_gir_ikkje_meining det_gjev_inga_meining det_gir_inga_meining kan_du_forklare "
    "kan_du_forklare_det forklar eg_er_forvirra kva_snakkar_du_om det_er_uklart",
}
NOT_THAT = {
    "en": "that_is_not_what_i_asked that_s_not_what_i_asked thats_not_what_i_asked this_is_not_what_i_asked "
    "that_is_not_what_i_asked_for that_s_not_what_i_asked_for that_is_not_what_i_asked_about "
    "that_s_not_what_i_asked_about that_wasn_t_what_i_asked that_was_not_what_i_asked not_what_i_asked "
    "i_did_not_ask_that i_didn_t_ask_that i_asked_something_else that_was_not_it that_wasn_t_it that_is_not_it "
    "that_s_not_it thats_not_it that_was_not_my_question that_is_not_my_question that_s_not_my_question "
    "that_was_not_what_i_meant that_is_not_what_i_meant that_s_not_what_i_meant that_s_not_what_i_mean "
    "not_what_i_meant i_meant_something_else that_does_not_answer_my_question that_doesn_t_answer_my_question "
    "that_didn_t_answer_my_question you_did_not_answer_my_question you_didn_t_answer_my_question "
    "you_didnt_answer_my_question wrong_answer i_did_not_mean_that i_didn_t_mean_that",
    "da": "det_var_ikke_det_jeg_spurgte_om det_var_ikke_det_jeg_spurgte det_er_ikke_det_jeg_sporger_om "
    "det_er_ikke_det_jeg_spurgte_om det_spurgte_jeg_ikke_om jeg_spurgte_om_noget_andet det_var_det_ikke "
    "det_var_ikke_det det_var_ikke_mit_sporgsmal det_er_ikke_mit_sporgsmal det_svarer_ikke_pa_mit_sporgsmal "
    "du_svarer_ikke_pa_mit_sporgsmal du_svarede_ikke_pa_mit_sporgsmal det_var_ikke_det_jeg_mente "
    "det_er_ikke_det_jeg_mener det_mente_jeg_ikke jeg_mente_noget_andet forkert_svar "
    "det_var_ikke_svar_pa_mit_sporgsmal",
    "sv": "det_var_inte_det_jag_fragade det_var_inte_det_jag_fragade_om det_ar_inte_det_jag_fragar_om "
    "det_fragade_jag_inte_om det_fragade_jag_inte jag_fragade_om_nagot_annat det_var_inte_det "
    "det_var_inte_min_fraga det_ar_inte_min_fraga det_svarar_inte_pa_min_fraga du_svarar_inte_pa_min_fraga "
    "du_svarade_inte_pa_min_fraga det_var_inte_det_jag_menade det_ar_inte_det_jag_menar det_menade_jag_inte "
    "jag_menade_nagot_annat fel_svar",
    "nb": "det_var_ikke_det_jeg_spurte_om det_var_ikke_det_jeg_spurte det_er_ikke_det_jeg_spor_om "
    "det_spurte_jeg_ikke_om jeg_spurte_om_noe_annet det_var_ikke_det det_var_ikke_sporsmalet_mitt "
    "det_er_ikke_sporsmalet_mitt det_svarer_ikke_pa_sporsmalet_mitt du_svarer_ikke_pa_sporsmalet_mitt "
    "du_svarte_ikke_pa_sporsmalet_mitt du_svarer_ikke_pa_sporsmalet det_var_ikke_det_jeg_mente "
    "det_er_ikke_det_jeg_mener det_mente_jeg_ikke jeg_mente_noe_annet feil_svar",
    "nn": "det_var_ikkje_det_eg_spurde_om det_var_ikkje_det_eg_spurde det_er_ikkje_det_eg_spor_om "
    "det_spurde_eg_ikkje_om eg_spurde_om_noko_anna det_var_ikkje_det det_var_ikkje_sporsmalet_mitt "
    "det_svarar_ikkje_pa_sporsmalet_mitt du_svarar_ikkje_pa_sporsmalet_mitt du_svarte_ikkje_pa_sporsmalet_mitt "
    "det_var_ikkje_det_eg_meinte det_meinte_eg_ikkje eg_meinte_noko_anna feil_svar",
}
IN_FRONT = (
    "no nope nej nei nja but still sorry well hmm hm eh what hvad hva va kva undskyld beklager unnskyld forlat ursakta "
    "orsak altsa alltsa tyvaerr desverre desvaerre stadig fortsatt fortfarande framleis"
)
AT_THE_END = "sorry undskyld unnskyld beklager ursakta forlat heller i_m_afraid desvaerre desverre tyvarr dessverre"

_ANY = (
    rf"(?:{any_language(NOT_UNDERSTOOD)}(?: {any_language(WHAT)}){{0,2}}"
    rf"|{any_language(UNCLEAR)}|{any_language(NOT_THAT)})"
)
_FRONT = rf"(?:{any_of(BEFORE, IN_FRONT)} ){{0,3}}"
_SAID = re.compile(rf"{_FRONT}{_ANY}(?: {_FRONT}{_ANY})?(?: {any_of(BEHIND, AT_THE_END)}){{0,2}}")
LONGEST = 14  # words: whoever says more says something else as well


def is_unclear(text: str) -> bool:
    """Whether it says no more than that: with anything else in it, it is a question of its own."""
    folded = fold(text)
    if not folded:
        return "?" in text  # "??"
    return folded.count(" ") < LONGEST and bool(_SAID.fullmatch(folded))
