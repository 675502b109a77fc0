"""The words of people who are upset or complain, by language: data of `bot/moods.py`.

Folded as by `folding.fold`. Blanks divide the words, `_` stands for a blank inside one.
"""

from __future__ import annotations

# A ceiling fan and a bloody good tent are no reason to be handed over: only what cannot be meant well.
SWEARING = {
    "en": "fuck fucking fucked fck shit shitty bullshit crap damn_it dammit god_damn goddamn asshole idiots idiot "
    "idiotic moron morons wtf ffs piss_off pissed_off screw_you what_the_hell bloody_useless",
    "da": "for_fanden fandeme hvad_fanden for_satan satans kraftedeme for_helvede helvede lort lorte lortet "
    "lortefirma pis_mig til_rotterne idioter idiot idiotisk skodfirma roven_fuld mogfirma fuck fucking "
    "fandens",
    "sv": "for_fan vad_fan va_fan hur_fan fan_ocksa ger_fan javla javlar jakla skiten skitforetag for_helvete "
    "helvete idioter idiot idiotiskt forbannat forbannad fy_fan",
    "nb": "faen fy_faen for_faen hva_faen for_helvete helvete jaevla javla dritt drittfirma dritfirma idioter idiot "
    "idiotisk forbanna forbannet i_svarte",
    "nn": "faen for_helvete helvete jaevla javla dritt idiotar idiot forbanna",
}
# What is said of the assistant, of the help or of the whole company.
FED_UP = {
    "en": "this_is_useless you_are_useless you_re_useless useless_bot useless_robot so_useless this_does_not_help "
    "this_doesn_t_help that_does_not_help that_doesn_t_help that_did_not_help that_didn_t_help "
    "it_does_not_help it_doesn_t_help this_is_not_helping this_isn_t_helping you_are_not_helping "
    "you_re_not_helping not_helpful unhelpful waste_of_time wasting_my_time you_do_not_understand "
    "you_don_t_understand you_dont_understand you_don_t_get_it this_is_ridiculous absolutely_ridiculous "
    "fed_up i_am_angry i_m_angry so_angry i_am_furious i_m_furious i_am_frustrated so_frustrating "
    "i_m_frustrated terrible_service worst_service awful_service horrible_service bad_service poor_service "
    "worst_company unacceptable pathetic i_give_up stupid_bot dumb_bot "
    "you_suck this_sucks you_are_scammers you_re_scammers you_scammers just_answer_my_question "
    "are_you_stupid never_shopping_here_again "
    "never_buying_from_you_again sick_of_this sick_and_tired this_is_a_joke this_is_a_scam",
    "da": "det_hjaelper_ikke det_hjalp_ikke hjaelper_mig_ikke du_hjaelper_ikke det_her_hjaelper_ikke ubrugelig "
    "ubrugeligt du_forstar_ikke du_forstar_ingenting forstar_du_ikke du_fatter_ikke til_grin spild_af_tid "
    "spilder_min_tid jeg_er_vred jeg_er_rasende jeg_er_frustreret jeg_er_sa_traet_af jeg_er_traet_af "
    "elendig_service darlig_service ringe_service elendigt_firma uacceptabelt latterligt dumme_robot "
    "dum_robot jeg_giver_op handler_aldrig_her_igen svar_pa_mit_sporgsmal "
    "er_du_dum det_er_svindel i_er_svindlere i_er_nogle_svindlere det_er_en_joke hold_nu_op",
    "sv": "det_hjalper_inte det_hjalpte_inte hjalper_mig_inte du_hjalper_inte det_har_hjalper_inte vardelos "
    "vardelost oduglig du_forstar_inte du_fattar_inte forstar_du_inte fattar_du_inte sloseri_med_tid "
    "slosar_min_tid jag_ar_arg jag_ar_rasande jag_ar_frustrerad jag_ar_sa_trott_pa jag_ar_trott_pa "
    "usel_service dalig_service kass_service samsta_foretaget oacceptabelt lojligt dumma_robot dum_robot "
    "korkade_bot jag_ger_upp handlar_aldrig_har_igen svara_pa_min_fraga "
    "ar_du_dum det_ar_bluff ni_ar_bedragare ni_ar_bluffmakare ni_suger du_suger det_ar_ett_skamt "
    "fruktansvart_dalig skarpning",
    "nb": "det_hjelper_ikke det_hjalp_ikke hjelper_meg_ikke du_hjelper_ikke dette_hjelper_ikke ubrukelig ubrukelige "
    "du_forstar_ikke du_skjonner_ikke forstar_du_ikke skjonner_du_ikke bortkastet_tid sloser_tiden_min "
    "jeg_er_sint jeg_er_forbanna jeg_er_rasende jeg_er_frustrert jeg_er_sa_lei jeg_er_drittlei drittlei "
    "elendig_service darlig_service verste_firmaet uakseptabelt latterlig dumme_robot dum_robot jeg_gir_opp "
    "handler_aldri_her_igjen svar_pa_sporsmalet_mitt svar_pa_sporsmalet "
    "er_du_dum det_er_svindel dere_er_svindlere dere_suger du_suger for_en_vits gidder_ikke_mer",
    "nn": "det_hjelper_ikkje det_hjelpte_ikkje det_hjalp_ikkje hjelper_meg_ikkje du_hjelper_ikkje "
    "dette_hjelper_ikkje ubrukeleg du_forstar_ikkje du_skjonar_ikkje forstar_du_ikkje skjonar_du_ikkje "
    "bortkasta_tid eg_er_sint eg_er_rasande eg_er_frustrert eg_er_sa_lei elendig_service darleg_service "
    "uakseptabelt latterleg dumme_robot dum_robot eg_gjev_opp eg_gir_opp svar_pa_sporsmalet "
    "er_du_dum det_er_svindel de_er_svindlarar dykk_er_svindlarar",
}
# What is said by somebody who complains, and not by somebody who asks how one does.
COMPLAINING = {
    "en": "i_want_to_complain i_would_like_to_complain i_d_like_to_complain i_wish_to_complain "
    "i_want_to_make_a_complaint i_would_like_to_make_a_complaint i_d_like_to_make_a_complaint "
    "i_want_to_file_a_complaint i_would_like_to_file_a_complaint i_am_filing_a_complaint "
    "i_need_to_make_a_complaint formal_complaint official_complaint this_is_a_complaint i_have_a_complaint "
    "my_complaint i_am_complaining i_demand i_want_compensation i_expect_compensation "
    "i_want_to_be_compensated i_expect_to_be_compensated make_a_complaint_against",
    "da": "jeg_vil_klage jeg_vil_gerne_klage jeg_onsker_at_klage jeg_skal_klage jeg_klager jeg_vil_indgive_en_klage "
    "indgiver_en_klage jeg_vil_gerne_indgive_en_klage det_er_en_klage dette_er_en_klage jeg_har_en_klage "
    "min_klage officiel_klage formel_klage jeg_kraever jeg_vil_have_erstatning jeg_vil_gerne_have_erstatning "
    "jeg_forlanger jeg_forventer_erstatning jeg_vil_have_kompensation",
    "sv": "jag_vill_klaga jag_onskar_klaga jag_maste_klaga jag_klagar jag_vill_lamna_ett_klagomal "
    "jag_vill_framfora_ett_klagomal jag_vill_gora_en_anmalan jag_har_ett_klagomal mitt_klagomal "
    "detta_ar_ett_klagomal det_har_ar_ett_klagomal det_ar_ett_klagomal formellt_klagomal jag_kraver "
    "jag_vill_ha_ersattning jag_vill_ha_kompensation jag_forvantar_mig_ersattning",
    "nb": "jeg_vil_klage jeg_vil_gjerne_klage jeg_onsker_a_klage jeg_skal_klage jeg_klager "
    "jeg_vil_sende_inn_en_klage jeg_vil_levere_en_klage jeg_har_en_klage klagen_min min_klage "
    "dette_er_en_klage det_er_en_klage formell_klage jeg_krever jeg_vil_ha_erstatning jeg_vil_ha_kompensasjon "
    "jeg_forventer_erstatning jeg_forlanger",
    "nn": "eg_vil_klage eg_vil_klaga eg_vil_gjerne_klage eg_onskjer_a_klage eg_ynskjer_a_klage eg_klagar "
    "eg_vil_sende_inn_ein_klage eg_har_ein_klage klagen_min dette_er_ein_klage det_er_ein_klage eg_krev "
    "eg_vil_ha_erstatning eg_vil_ha_kompensasjon",
}
# Somebody is hurt, or worse: that is for people, whatever was asked before.
HARM = {
    "en": "got_burned got_burnt burned_myself burnt_myself i_was_burned i_was_burnt i_was_injured was_injured "
    "got_injured injured_myself i_got_hurt i_was_hurt got_hurt hurt_myself in_hospital in_the_hospital "
    "went_to_hospital taken_to_hospital emergency_room ambulance suicide suicidal kill_myself i_want_to_die "
    "end_my_life don_t_want_to_live do_not_want_to_live dont_want_to_live caught_fire exploded",
    "da": "ikke_leve_mere "
    "braendte_mig braendt_mig jeg_blev_braendt kom_til_skade kommet_til_skade kom_slemt_til_skade jeg_er_skadet "
    "jeg_blev_skadet pa_skadestuen skadestuen pa_hospitalet pa_sygehuset ambulance selvmord jeg_vil_do "
    "ikke_leve_laengere gik_i_brand brod_i_brand eksploderede",
    "sv": "brande_mig brant_mig brannskadad brannskadade jag_blev_skadad jag_ar_skadad skadade_mig skadat_mig "
    "pa_sjukhus pa_sjukhuset till_sjukhus pa_akuten till_akuten ambulans sjalvmord jag_vill_do "
    "inte_leva_langre borjade_brinna fattade_eld tog_eld exploderade",
    "nb": "brente_meg brent_meg jeg_ble_brent brannskade brannskadet jeg_ble_skadet jeg_er_skadet kom_til_skade "
    "kommet_til_skade skadet_meg pa_sykehuset pa_sykehus pa_legevakten legevakten legevakta ambulanse selvmord "
    "jeg_vil_do ikke_leve_lenger tok_fyr begynte_a_brenne eksploderte",
    "nn": "ikkje_leve_meir "
    "brende_meg brent_meg eg_vart_brend brannskada eg_vart_skadd eg_er_skadd kom_til_skade kome_til_skade "
    "skada_meg pa_sjukehuset pa_sjukehus pa_legevakta legevakta ambulanse sjolvmord eg_vil_doy "
    "ikkje_leve_lenger tok_fyr byrja_a_brenne eksploderte",
}
# Whoever names these is past questions and answers.
LEGAL = {
    "en": "my_lawyer our_lawyer a_lawyer the_lawyer lawyers my_solicitor solicitor my_attorney an_attorney "
    "legal_action sue_you take_you_to_court small_claims "
    "trading_standards consumer_ombudsman consumer_council consumer_rights_board report_you_to_the_police "
    "going_to_the_police press_charges see_you_in_court take_this_to_court legal_team ombudsman",
    "da": "min_advokat en_advokat advokaten advokat min_jurist ses_i_retten klagenaevnet ankenaevnet anmelde_jer "
    "melder_jer melde_jer retssag sagsoge sagsoger stevne stevner politianmelde politianmelder "
    "forbrugerombudsmanden forbrugerradet forbrugerklagenaevnet forbrugerklage naevnenes_hus smasagsproces "
    "anmelder_jer",
    "sv": "min_advokat en_advokat advokaten advokat min_jurist en_jurist till_arn hos_arn via_arn arn_anmalan "
    "ses_i_ratten anmala_foretaget anmaler_foretaget stamma_er stammer_er rattegang polisanmala polisanmaler "
    "konsumentverket konsumentombudsmannen allmanna_reklamationsnamnden reklamationsnamnden anmaler_er "
    "anmala_er",
    "nb": "min_advokat advokaten_min en_advokat advokat rettssak saksoke saksoker stevne_dere stevner_dere "
    "politianmelde politianmelder forbrukerradet forbrukertilsynet forbrukerklageutvalget forliksradet "
    "anmelder_dere anmelde_dere melder_dere melde_dere ses_i_retten",
    "nn": "advokaten_min ein_advokat advokat rettssak saksoke saksoker politimelde politimelder politianmelde "
    "forbrukarradet forbrukartilsynet forbrukarklageutvalet forliksradet melder_dykk melde_dykk "
    "sjast_i_retten",
}
# What a complaint is about. An article may answer how one complains; where none does, people should.
ABOUT = {
    "en": "complaint complaints complain compensation",
    "da": "klage klager klagen reklamation reklamationen reklamere reklamerer erstatning kompensation",
    "sv": "klagomal klaga reklamation reklamationen reklamera reklamerar ersattning kompensation",
    "nb": "klage klager klagen reklamasjon reklamasjonen reklamere reklamerer erstatning kompensasjon",
    "nn": "klage klaga klagar klagen reklamasjon reklamere reklamerer erstatning kompensasjon",
}
# "How do I complain" is a question, not a complaint.
ASKING = {
    "en": "how where when what can_i may_i could_i do_i is_there who which",
    "da": "hvordan hvor hvornar hvad kan_jeg ma_jeg kan_man er_der hvem hvilke",
    "sv": "hur var nar vad kan_jag far_jag kan_man finns_det vem vilka",
    "nb": "hvordan hvor nar hva kan_jeg far_jeg kan_man er_det hvem hvilke",
    "nn": "korleis kvar nar kva kan_eg far_eg kan_ein er_det kven kva_for",
}
