"""What people say to a machine out of courtesy or curiosity, by language: data of `bot/phrases.py`.

Folded as by `folding.fold`. Blanks divide the words, `_` stands for a blank inside one.
"""

from __future__ import annotations

# Whether it is a machine, and with whom one talks.
ROBOT = {
    "en": "are_you_a_robot are_you_a_bot are_you_a_human are_you_human are_you_a_real_person are_you_real "
    "are_you_an_ai are_you_a_machine are_you_a_person am_i_talking_to_a_robot am_i_talking_to_a_bot "
    "am_i_talking_to_a_human am_i_talking_to_a_person am_i_talking_to_a_real_person "
    "am_i_chatting_with_a_robot am_i_chatting_with_a_bot am_i_chatting_with_a_human is_this_a_bot "
    "is_this_a_robot is_this_an_ai is_this_a_real_person is_this_a_human",
    "da": "er_du_en_robot er_du_en_bot er_du_et_menneske er_du_et_rigtigt_menneske er_du_en_rigtig_person "
    "er_du_rigtig er_du_en_person er_du_en_maskine er_du_ai er_du_en_ai taler_jeg_med_en_robot "
    "taler_jeg_med_et_menneske taler_jeg_med_en_bot skriver_jeg_med_en_bot skriver_jeg_med_en_robot "
    "skriver_jeg_med_et_menneske er_det_en_robot er_det_her_en_robot er_du_en_robot_eller_et_menneske "
    "er_du_et_menneske_eller_en_robot er_du_en_robot_eller_et_rigtigt_menneske",
    "sv": "ar_du_en_robot ar_du_en_bot ar_du_en_manniska ar_du_en_riktig_manniska ar_du_en_riktig_person "
    "ar_du_riktig ar_du_en_person ar_du_en_maskin ar_du_en_ai ar_du_ai pratar_jag_med_en_robot "
    "pratar_jag_med_en_manniska pratar_jag_med_en_bot skriver_jag_med_en_bot skriver_jag_med_en_robot "
    "ar_det_en_robot ar_det_har_en_robot ar_du_en_robot_eller_en_manniska ar_du_en_manniska_eller_en_robot",
    "nb": "er_du_en_robot er_du_en_bot er_du_et_menneske er_du_et_ekte_menneske er_du_en_ekte_person er_du_ekte "
    "er_du_en_person er_du_en_maskin er_du_ai er_du_en_ai snakker_jeg_med_en_robot "
    "snakker_jeg_med_et_menneske snakker_jeg_med_en_bot skriver_jeg_med_en_bot skriver_jeg_med_en_robot "
    "er_dette_en_robot er_det_en_robot er_du_en_robot_eller_et_menneske er_du_et_menneske_eller_en_robot",
    "nn": "er_du_ein_robot er_du_ein_bot er_du_eit_menneske er_du_eit_ekte_menneske er_du_ein_ekte_person "
    "er_du_ein_person er_du_ei_maskin er_du_ai snakkar_eg_med_ein_robot snakkar_eg_med_eit_menneske "
    "snakkar_eg_med_ein_bot er_dette_ein_robot er_du_ein_robot_eller_eit_menneske "
    "er_du_eit_menneske_eller_ein_robot",
}
NAME = {
    "en": "what_is_your_name what_s_your_name whats_your_name who_are_you do_you_have_a_name what_are_you_called "
    "what_should_i_call_you who_am_i_talking_to",
    "da": "hvad_hedder_du hvem_er_du har_du_et_navn hvad_er_dit_navn hvem_taler_jeg_med hvem_skriver_jeg_med "
    "hvad_skal_jeg_kalde_dig",
    "sv": "vad_heter_du vem_ar_du har_du_ett_namn vad_ar_ditt_namn vem_pratar_jag_med vem_skriver_jag_med",
    "nb": "hva_heter_du hvem_er_du har_du_et_navn hva_er_navnet_ditt hvem_snakker_jeg_med hvem_skriver_jeg_med",
    "nn": "kva_heiter_du kven_er_du har_du_eit_namn kva_er_namnet_ditt kven_snakkar_eg_med",
}
HOW = {
    "en": "how_are_you how_are_you_doing how_are_you_today how_is_it_going how_s_it_going what_s_up whats_up sup",
    "da": "hvordan_gar_det hvordan_har_du_det hvad_sa hvordan_gar_det_med_dig gar_det_godt alt_vel",
    "sv": "hur_mar_du hur_ar_det hur_gar_det hur_star_det_till laget hur_ar_laget allt_bra",
    "nb": "hvordan_gar_det hvordan_har_du_det hvordan_gar_det_med_deg hva_skjer gar_det_bra alt_bra star_til",
    "nn": "korleis_gar_det korleis_har_du_det korleis_gar_det_med_deg gar_det_bra alt_bra kva_skjer",
}
ABLE = {
    "en": "what_can_you_do what_can_you_help_with what_can_you_help_me_with what_do_you_do how_can_you_help "
    "what_can_i_ask_you what_can_i_ask how_does_this_work",
    "da": "hvad_kan_du hvad_kan_du_hjaelpe_med hvad_kan_du_hjaelpe_mig_med hvad_kan_jeg_sporge_om "
    "hvad_kan_jeg_sporge_dig_om hvordan_virker_det_her",
    "sv": "vad_kan_du vad_kan_du_hjalpa_till_med vad_kan_du_hjalpa_mig_med vad_kan_jag_fraga vad_kan_jag_fraga_dig_om",
    "nb": "hva_kan_du hva_kan_du_hjelpe_med hva_kan_du_hjelpe_meg_med hva_kan_jeg_sporre_om hva_kan_jeg_sporre_deg_om",
    "nn": "kva_kan_du kva_kan_du_hjelpe_med kva_kan_du_hjelpe_meg_med kva_kan_eg_sporje_om",
}
HELP = {
    "en": "help help_me can_you_help can_you_help_me could_you_help_me i_need_help i_have_a_question "
    "i_got_a_question can_i_ask_something can_i_ask_you_something i_have_a_problem i_need_some_help "
    "quick_question question um uhm erm eh hm hmm well",
    "da": "hjaelp hjaelp_mig kan_du_hjaelpe kan_du_hjaelpe_mig jeg_har_brug_for_hjaelp jeg_har_et_sporgsmal "
    "ma_jeg_sporge_om_noget kan_i_hjaelpe_mig jeg_har_et_problem jeg_skal_bruge_hjaelp et_sporgsmal "
    "ohm oh_ohm altsa hm hmm ehm",
    "sv": "hjalp hjalp_mig kan_du_hjalpa kan_du_hjalpa_mig jag_behover_hjalp jag_har_en_fraga far_jag_fraga_en_sak "
    "kan_ni_hjalpa_mig jag_har_ett_problem en_fraga alltsa asso oh hm hmm ehm eh",
    "nb": "hjelp hjelp_meg kan_du_hjelpe kan_du_hjelpe_meg jeg_trenger_hjelp jeg_har_et_sporsmal "
    "kan_jeg_sporre_om_noe kan_dere_hjelpe_meg jeg_har_et_problem et_sporsmal altsa hm hmm ehm eh",
    "nn": "hjelp hjelp_meg kan_du_hjelpe kan_du_hjelpe_meg eg_treng_hjelp eg_har_eit_sporsmal kan_eg_sporje_om_noko "
    "eg_har_eit_problem eit_sporsmal altsa hm hmm ehm",
}
OK = {
    "en": "ok okay oki k alright all_right fine i_see got_it good great perfect cool super nice sure right "
    "lol haha hehe lol_ok ok_lol understood ok_good sounds_good that_s_fine makes_sense "
    "good_to_know no_problem never_mind nevermind",
    "da": "okay ok oki okej fint godt fedt super perfekt javel ja_okay forstaet sa_fint det_er_fint "
    "det_er_helt_fint i_orden det_er_i_orden godt_at_vide dejligt kanon glem_det pyt_med_det",
    "sv": "okej ok oki fint bra jattebra toppen super perfekt jaha ja_okej forstar jag_forstar sa_bra det_ar_bra "
    "det_blir_bra bra_att_veta harligt skont glom_det",
    "nb": "ok okei okey oki fint greit bra kjempebra flott supert perfekt ja_ok skjonner jeg_skjonner forstatt "
    "det_er_greit det_er_fint den_er_grei godt_a_vite herlig glem_det",
    "nn": "ok okei oki fint greitt greit bra kjempebra flott supert perfekt skjonar eg_skjonar det_er_greitt "
    "godt_a_vite gloym_det",
}
BYE = {
    "en": "bye bye_bye goodbye good_bye see_you see_ya cya good_night have_a_nice_day have_a_good_day "
    "have_a_great_day have_a_nice_evening have_a_nice_weekend have_a_good_one take_care talk_later that_s_all "
    "that_is_all that_was_all nothing_else no_more_questions",
    "da": "farvel hej_hej ses vi_ses hav_det_godt ha_det hav_en_god_dag ha_en_god_dag hav_en_dejlig_dag "
    "god_dag_videre fortsat_god_dag god_weekend hav_en_god_weekend god_aften_videre godnat det_var_alt "
    "det_var_det ikke_mere",
    "sv": "hej_da hejda adjo vi_ses ses ha_det_bra ha_det ha_det_gott ha_en_bra_dag ha_en_fin_dag ha_en_trevlig_dag "
    "trevlig_helg ha_en_trevlig_helg god_natt det_var_allt det_var_det inget_mer",
    "nb": "ha_det ha_det_bra hade hadet farvel snakkes vi_snakkes ses vi_ses ha_en_fin_dag ha_en_god_dag "
    "ha_en_bra_dag ha_en_flott_dag fortsatt_god_dag fortsatt_fin_dag god_helg ha_en_god_helg god_natt "
    "det_var_alt det_var_det",
    "nn": "ha_det ha_det_bra farvel snakkast vi_snakkast sjast vi_sjast ha_ein_fin_dag ha_ein_god_dag "
    "framleis_god_dag god_helg ha_ei_god_helg god_natt det_var_alt det_var_det",
}
PRAISE = {
    "en": "good_bot nice_bot well_done good_job you_are_great you_re_great you_are_good you_are_helpful "
    "that_was_helpful very_helpful i_love_you",
    "da": "godt_klaret flot_klaret du_er_god du_er_dygtig du_er_sod sod_robot dygtig_robot du_er_sej",
    "sv": "bra_jobbat du_ar_bra du_ar_duktig du_ar_snall snall_robot duktig_robot",
    "nb": "bra_jobba bra_jobbet du_er_flink du_er_god du_er_snill flink_robot snill_robot du_er_kul",
    "nn": "bra_jobba du_er_flink du_er_god du_er_snill flink_robot",
}
YES = {
    "en": "yes yeah yep yup y correct exactly yes_please that_s_it that_is_it yes_that_one that_one the_first_one "
    "right",
    "da": "ja jep japs jo ja_tak praecis netop lige_praecis ja_den den_er_det det_er_det",
    "sv": "ja japp jo jadu ja_tack precis exakt just_det ja_den det_ar_det den_ja",
    "nb": "ja jepp jo ja_takk nettopp akkurat stemmer det_stemmer ja_den det_er_det",
    "nn": "ja jepp jau ja_takk nettopp akkurat stemmer det_stemmer",
}
NO = {
    "en": "no nope nah no_not_that not_that none none_of_these none_of_them none_of_those neither no_none_of_these "
    "not_really no_it_isn_t no_it_is_not something_else no_something_else",
    "da": "nej naeh niks ingen_af_dem ingen_af_delene ingen_af_disse nej_ingen_af_dem nej_det_er_det_ikke "
    "det_er_det_ikke nej_noget_andet noget_andet hverken_eller",
    "sv": "nej nae nepp inget_av_dem ingen_av_dem inget_av_det inget_av_dessa nej_inget_av_dem nej_det_ar_det_inte "
    "det_ar_det_inte nej_nagot_annat nagot_annat",
    "nb": "nei nope niks ingen_av_dem ingen_av_delene ingen_av_disse nei_ingen_av_dem nei_det_er_det_ikke "
    "det_er_det_ikke nei_noe_annet noe_annet",
    "nn": "nei nope ingen_av_dei ingen_av_desse nei_ingen_av_dei nei_det_er_det_ikkje det_er_det_ikkje noko_anna",
}
# Names of our languages in any of them, and what may stand around one in a wish to go on in it.
TONGUES = {
    "en": "english engelsk engelska",
    "da": "danish dansk danska",
    "sv": "swedish svensk svenska",
    "nb": "norwegian norsk norska bokmal bokmaal",
    "nn": "nynorsk",
}
AROUND_TONGUES = (
    "please can could may we you i do does speak speaking talk write answer reply in switch change to the language "
    "instead rather prefer would like possible is it continue go on lets let us only "
    "kan kunne vi du jeg jag eg i dere ni de man det ta tage tal tala tale taler talar snakk snakke snakker snakka "
    "snakkar prat prata pratar skriv skrive skriver skriva svar svare svarer svara svarar bytt bytte byt byta skift "
    "skifte pa til till over sprak spraket sprog sproget vil vill gerne gjerne garna helst hellere heller hellre "
    "foretrekker foretraekker mulig muligt muleg mojligt er ar gar att at a fortsett fortsatt fortsaet fortsatte "
    "fortsette fortsaette kun bare bara berre venligst vennligst snalla stallet istallet "
    "stedet steden staden isteden"
)
# What stands before and behind any of these.
BEFORE = "hi hello hey hej hei hallo men but og och and oh ah nah na aha ok okay okej okei forresten"
BEHIND = (
    "please then now there today here again egentlig egentligen eigentleg tak tack takk thanks da sa du dere "
    "ni i da_du "
    "greit mate smile haha hihi lol bra fint mvh hilsen halsningar med_det_samme"
)
