"""What people say to a form's question instead of an answer: questions, reproaches, that they have none. Pure."""

from __future__ import annotations

import re

from bot.folding import any_language, fold, literals

# What may stand before a question.
_BEFORE = frozenset(
    literals(
        "hi hello hey and but so also ok okay please sorry",
        "hej hejsa og men sa ogsa lige undskyld forresten",
        "och ocksa ursakta forlat",
        "hei unnskyld orsak ogso forresten",
    )
)
# Only questions begin with these. "Is broken", "Kan ikke lynes", "Når jeg ..." are statements: they need the mark.
_ASKING = frozenset(
    literals(
        "what why how which",
        "hvad hvornar hvor hvem hvorfor hvordan hvilken hvilket hvilke hvodan hvorn",
        "vad vem varfor hur vilken vilket vilka hurdan vafor",
        "hva kva kor kven kvifor korleis kvar korsen kordan kossen koss koffer korfor koffor kafor kem hossen assen",
    )
)
# These begin statements too, which nobody takes for a number or an address.
_MAY_ASK = _ASKING | frozenset(
    literals(
        "when where who can could do does did is are will would should may",
        "er kan ka ma skal vil har koster tager far findes gaelder",
        "ar ska vill finns kostar tar galler va var",
        "tar koster finnes gjelder fins blir ke nar",
        "finst kostar tek gjeld",
    )
)
_WHY = frozenset(literals("why hvorfor varfor kvifor koffer korfor koffor vafor kafor"))
_HOW = frozenset(literals("how hvordan hur korleis hvor kordan korsen"))
_CAN = frozenset(literals("can could kan ka kunne"))
_ME = frozenset(literals("i we one you jeg vi man du jag eg ein en ni de dere"))

_HAS_NONE = {
    "en": "don_t_know dont_know do_not_know no_idea don_t_have dont_have do_not_have haven_t_got have_no "
    "have_not_got can_t_find cant_find cannot_find lost_it lost_the deleted_it deleted_the don_t_remember "
    "dont_remember do_not_remember can_t_remember i_forgot never_got never_received",
    "da": "ved_ikke ved_jeg_ikke ved_det_ikke aner_ikke aner_det_ikke ingen_ide har_ikke_noget "
    "har_ikke_nogen har_ikke_et har_ikke_en har_ikke_den har_ikke_det har_ikke_mit har_ikke_nummeret "
    "har_jeg_ikke har_ingen kan_ikke_finde kan_jeg_ikke_finde har_mistet har_slettet har_glemt husker_ikke "
    "husker_det_ikke husker_den_ikke husker_jeg_ikke har_smidt fik_aldrig har_aldrig_faet",
    "sv": "vet_inte vet_jag_inte vet_ej ingen_aning har_inget har_ingen har_inte_nagot har_inte_nagon "
    "har_inte_det har_inte_den har_inte_kvar har_jag_inte hittar_inte hittar_jag_inte kan_inte_hitta "
    "har_tappat har_raderat har_glomt minns_inte kommer_inte_ihag fick_aldrig har_aldrig_fatt",
    "nb": "vet_ikke vet_jeg_ikke vet_det_ikke aner_ikke ingen_anelse har_ikke_noe har_ikke_noen "
    "har_ikke_det har_ikke_den har_ikke_nummeret har_jeg_ikke har_ingen finner_ikke finner_jeg_ikke "
    "finner_det_ikke finner_den_ikke kan_ikke_finne har_mistet har_slettet har_glemt husker_ikke "
    "husker_det_ikke husker_jeg_ikke fikk_aldri har_aldri_fatt",
    "nn": "veit_ikkje veit_eg_ikkje veit_det_ikkje aner_ikkje inga_aning har_ikkje_noko har_ikkje_nokon "
    "har_ikkje_det har_ikkje_nummeret har_eg_ikkje har_ingen har_inga finn_ikkje finn_eg_ikkje "
    "finn_det_ikkje kan_ikkje_finne har_mista har_sletta har_gloymt hugsar_ikkje hugsar_det_ikkje "
    "hugsar_eg_ikkje fekk_aldri har_aldri_fatt",
}
_NONE = re.compile(rf"\b{any_language(_HAS_NONE)}\b")


def _begins(text: str) -> list[str]:
    """The words of a message from the first that says something."""
    said = fold(text).split()
    at = next((place for place, word in enumerate(said) if word not in _BEFORE), 0)
    return said[at:]


def is_question(text: str) -> bool:
    """Marked as one, or beginning with a word that only questions begin with."""
    if "?" in text:
        return True
    said = _begins(text)
    return len(said) > 2 and said[0] in _ASKING


def may_ask(text: str) -> bool:
    """As `is_question`, and also what may be a statement: for where no sentence is an answer."""
    said = _begins(text)
    return is_question(text) or (len(said) > 1 and said[0] in _MAY_ASK)


def asks_how(said: str) -> bool:
    """Whether folded text begins as only questions do."""
    return next((word for word in said.split() if word not in _BEFORE), "") in _ASKING


def is_reproach(text: str) -> bool:
    """Whether it asks only in form: "why did the sole come off", "how can it tear after a week"."""
    said = _begins(text)
    if not said:
        return False
    how_can = len(said) > 2 and said[0] in _HOW and said[1] in _CAN and said[2] not in _ME
    return said[0] in _WHY or how_can


def has_none(text: str) -> bool:
    """Whether somebody says that they do not know what they were asked for, or have it no more."""
    return bool(_NONE.search(fold(text)))
