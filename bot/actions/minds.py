"""Somebody in the middle of a form thinks better of it: stops, or takes back what was said before. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.actions import slots as reading
from bot.folding import any_language, any_of, fold

READ: dict[str, Callable[[str], str | None]] = {
    "order_number": reading.order_number,
    "email": reading.email,
    "phone": reading.phone,
}

# -- stopping --------------------------------------------------------------------------------------------------

_STOP = {
    "en": "cancel cancel_it cancel_this cancel_that stop stop_it stop_this stop_here never_mind nevermind forget_it "
    "forget_that forget_about_it quit exit abort leave_it drop_it skip_it no_thanks no_thank_you let_s_stop lets_stop "
    "i_don_t_want_to i_dont_want_to i_don_t_want_to_do_this i_do_not_want_to "
    "i_don_t_want_to_continue i_d_rather_not i_would_rather_not i_want_to_stop i_want_to_cancel "
    "i_d_like_to_stop i_would_like_to_stop can_we_stop can_i_stop cancel_the_form stop_the_form cancel_the_request "
    "i_give_up",
    "da": "afbryd afbryd_det afbryd_det_her annuller annuller_det glem_det glem_det_igen stop stop_det stop_nu "
    "stop_her stop_det_her lad_vaere lad_det_vaere drop_det det_er_lige_meget lige_meget nej_tak ellers_tak "
    "jeg_vil_ikke jeg_vil_ikke_alligevel jeg_vil_ikke_fortsaette jeg_gider_ikke jeg_gider_ikke_det_her jeg_orker_ikke "
    "jeg_vil_gerne_stoppe jeg_vil_gerne_afbryde jeg_vil_stoppe jeg_vil_afbryde jeg_opgiver "
    "kan_vi_stoppe kan_jeg_afbryde",
    "sv": "avbryt avbryt_det avbryt_det_har avbryta glom_det strunta_i_det skit_i_det sluta stopp stoppa det_kvittar "
    "lagg_ner lat_bli lat_det_vara nej_tack hoppa_over_det jag_vill_inte jag_vill_inte_fortsatta jag_orkar_inte "
    "jag_vill_avbryta jag_vill_sluta jag_ger_upp kan_vi_avbryta kan_jag_avbryta spelar_ingen_roll",
    "nb": "avbryt avbryt_det avbryt_det_her avbryte glem_det stopp stopp_det stopp_her slutt la_det_vaere la_vaere "
    "dropp_det kanseller kanseller_det det_er_det_samme nei_takk ellers_takk jeg_vil_ikke jeg_vil_ikke_likevel "
    "jeg_vil_ikke_fortsette jeg_gidder_ikke jeg_orker_ikke jeg_vil_avbryte jeg_vil_stoppe jeg_gir_opp "
    "kan_vi_avbryte kan_jeg_avbryte",
    "nn": "avbryt avbryt_dette gloym_det stopp slutt lat_det_vere lat_vere dropp_det det_er_det_same nei_takk "
    "eg_vil_ikkje eg_vil_ikkje_likevel eg_vil_ikkje_halde_fram eg_gidd_ikkje eg_orkar_ikkje eg_vil_avbryte "
    "eg_vil_stoppe eg_gir_opp kan_vi_avbryte",
}
# A wish to stop as well, but also the commonest reason for sending something back.
_OTHERWISE = {
    "en": "i_changed_my_mind i_have_changed_my_mind i_ve_changed_my_mind changed_my_mind i_regret_it "
    "i_don_t_want_this i_do_not_want_this not_interested",
    "da": "jeg_har_ombestemt_mig jeg_ombestemte_mig jeg_har_fortrudt jeg_fortryder skal_ikke_bruge_det",
    "sv": "jag_har_angrat_mig jag_angrade_mig jag_angrar_mig jag_har_andrat_mig",
    "nb": "jeg_har_ombestemt_meg jeg_ombestemte_meg jeg_angrer jeg_har_angret",
    "nn": "eg_har_ombestemt_meg eg_ombestemte_meg eg_angrar",
}
_BEFORE = (
    "no nope ok okay please sorry actually hmm oh well then just nej nu sa tak venligst undskyld faktisk men hm ah "
    "nei takk da tack snalla forlat beklager orsak nah ja yes"
)
_BEHIND = (
    "please thanks thank_you now then sorry anymore any_more instead it this here again tak venligst nu alligevel mere "
    "det det_her igen tack nu langre mer detta det_har snalla takk na no lenger mer meir likevel her"
)


def _whole(lists: dict[str, str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(_BEFORE)} ){{0,3}}{any_language(lists)}(?: {any_of(_BEHIND)}){{0,3}}")


_STOPS, _OTHERWISES = _whole(_STOP), _whole(_OTHERWISE)


def wants_to_stop(text: str, asked: str = "") -> bool:
    """Whether that is all they say. `asked`: the slot that they were asked for."""
    said = fold(text)
    if _STOPS.fullmatch(said):
        return True
    return asked != "return_reason" and bool(_OTHERWISES.fullmatch(said))


# -- taking back -----------------------------------------------------------------------------------------------

_CUE = re.compile(
    r"\b(?:"
    + any_of(
        "no nope wait sorry oops actually i_meant i_mean correction mistake wrong typo mistyped instead should_be",
        "nej vent undskyld ups hov jeg_mente mente rettelse fejl forkert tastefejl i_stedet skulle_vaere skal_vaere",
        "vanta forlat ursakta oj hoppsan menade rattelse fel istallet i_stallet ska_vara skulle_vara",
        "nei unnskyld beklager oi ops feil skrivefeil orsak beklagar meinte retting i_staden skal_vere",
    )
    + r")\b"
)
_WRONG = re.compile(
    r"\b(?:"
    + any_of(
        "wrong mistake typo mistyped another other different change correct",
        "forkert fejl andet anden aendre rette tastefejl fel annat andra ratta",
        "feil annet anna andre endre rette skrivefeil",
    )
    + r")\b"
)
_NAMED = {
    "order_number": re.compile(
        r"\b(?:(?:order|ordre|bestillings|bestallnings) ?(?:number|no|nr|nummer|nummeret|numret|id)|"
        r"(?:ordre|order|bestillings|bestallnings)(?:nummer|nummeret|numret|nr)|(?:it is|it s|is) order|order is)\b"
    ),
    "email": re.compile(
        r"\b(?:e ?mails?|mail|mailen|mailadressen?|(?:e ?)?mejl(?:en|adress(?:en)?)?|"
        r"e ?post(?:en|adressen?|adressa)?|mail address)\b"
    ),
    "phone": re.compile(r"\b(?:(?:tele)?phone|mobile|(?:telefon|mobil|tlf)(?:en|nummer|nummeret|numret|nr)?)\b"),
}
_NUMBER = re.compile(r"\b(?:number|nummer|nummeret|numret)\b")
_NUMBERED = ("order_number", "phone")
# Where any sentence may be the answer, "wrong" is mostly said of the goods: it takes a word on what was written.
_OWN_SLIP = re.compile(r"\b(?:i (?:gave|wrote|typed|entered)|that was|(?:jeg|jag) skrev|eg skreiv|det var)\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FEW = 3  # words beside a value that was not asked for: "it is 10042"
_SHORT, _SHORTER = 10, 7  # words of somebody who only says that something was wrong


def takes_back(text: str, held: Mapping[str, str | None], asked: str) -> dict[str, str | None]:
    """What the message makes of slots that are filled: the value that stands instead, the same one for what is only
    said again, or None for what was wrong and must be asked for anew. `asked`: the slot that they were asked for.
    """
    said = fold(text)
    in_words = asked not in READ  # any sentence may be the answer: there it takes a clear word
    if asked in READ and READ[asked](text) is not None and not _CUE.search(said):
        return {}
    if asked == "new_address" and reading.address(text) is not None:
        return {}
    found: dict[str, str | None] = {}
    for slot, read in READ.items():
        before = held.get(slot)
        if before is None or slot == asked:
            continue
        value = read(text) or _other(slot, text, before)
        by_name = bool(_NAMED[slot].search(said))
        named = by_name or (slot in _NUMBERED and bool(_NUMBER.search(said)))
        if value is None:
            continue
        alone = reading.is_just(value, text, 0)  # no sentence, whatever was asked for
        if _YEAR.fullmatch(value) and not (alone or named):  # "it does not work, bought in 2024"
            continue
        just = reading.is_just(value, text)
        cue = just and bool(_CUE.search(said))
        if in_words:
            sure = (just and by_name) or (cue and slot == "email")
        else:
            sure = named or cue or before in text or reading.is_just(value, text, _FEW)
        if alone or sure:
            found[slot] = value
    return found or _taken_back(said, held, asked, in_words)


def _other(slot: str, text: str, before: str) -> str | None:
    """Of two values the one that is new: "10043 was wrong, it is 10042"."""
    every = {"order_number": reading.order_numbers, "email": reading.emails, "phone": reading.phones}[slot](text)
    new = [value for value in every if value != before]
    return new[0] if len(new) == 1 and len(every) == 2 else None


def _taken_back(said: str, held: Mapping[str, str | None], asked: str, in_words: bool) -> dict[str, str | None]:
    """ "That was the wrong order number", without the right one."""
    if not _WRONG.search(said) or len(said.split()) > (_SHORTER if in_words else _SHORT):
        return {}
    if in_words and not _OWN_SLIP.search(said):
        return {}
    named = [slot for slot in READ if held.get(slot) and slot != asked and _NAMED[slot].search(said)]
    if not named and not in_words and _NUMBER.search(said):
        named = [slot for slot in _NUMBERED if held.get(slot) and slot != asked]
    return {named[0]: None} if len(named) == 1 else {}
