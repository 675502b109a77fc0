"""Articles out of a Rasa project: each response that an intent leads to directly, with the intent's examples as its
questions. What does not become an article is named with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from knowledge_base.drafting import (
    MAX_BODY,
    MAX_QUESTION,
    MAX_QUESTIONS,
    MAX_TITLE,
    check_language,
    draft_of,
    one_line,
    slug,
)
from knowledge_base.intake import Fault, Item
from knowledge_base.rasa_project import LeftOut, Project, Wording, read_project, refusal
from runtime.errors import AppError, BadInput

_SLOT = re.compile(r"\{[A-Za-z_][\w.]*\}")
_INTENT_PAYLOAD = re.compile(r"/(?P<intent>[\w/.-]+?)(?:\{.*\})?\s*", re.DOTALL)
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>()\"]+")
_IMAGE = re.compile(r"(?:https?://|/)[^\s<>()\"]+")
LONGEST_PAYLOAD = 2_000
_BRACKETS = str.maketrans("[]", "()")
# Rasa's own: what was not understood, or came from the program.
_NO_QUESTIONS = re.compile(r"nlu_fallback|out_of_scope|EXTERNAL.*|restart|back|session_start")


@dataclass(frozen=True, slots=True)
class RasaReading:
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(slots=True)
class _Pair:
    """A response and the intents that lead to it."""

    response: str
    intents: list[str] = field(default_factory=list)


def read_rasa(
    folder: Path,
    language: str | None = None,
    is_small_talk: Callable[[str], bool] = lambda text: False,
    max_body: int = MAX_BODY,
) -> RasaReading:
    """The articles of a project, all of them or none: ImportRefused with file and line of what is broken.

    `language`: that of the project, where config.yml does not say it or says another. `is_small_talk` tells examples
    that the assistant answers without an article. BadInput without a language that we have.
    """
    project = read_project(folder)
    spoken = language or project.language
    if not spoken:
        raise BadInput("The project does not say its language. Name it with --language, such as --language da.")
    check_language(spoken)
    left = project.left_out
    pairs = _pairs(project, left, is_small_talk)
    ids = _ids(pairs)
    answers = {response: _usable(project.responses[response], response, left) for response in pairs}
    targets = {
        intent: ids[pair.response] for pair in pairs.values() if answers[pair.response] for intent in pair.intents
    }
    items, faults = [], []
    for response, pair in pairs.items():
        wording = answers[response]
        if wording is None:
            continue
        try:
            items.append(_item(project, pair, wording, ids[response], spoken, targets, left, max_body))
        except AppError as error:
            faults.append(Fault(wording.where, f"{response}: {error.message}"))
    if faults:
        raise refusal(faults)
    _unused(project, pairs, left)
    return RasaReading(tuple(items), tuple(left))


# -- which response answers which intent -------------------------------------------------------------------


def _pairs(project: Project, left: list[LeftOut], is_small_talk: Callable[[str], bool]) -> dict[str, _Pair]:
    """By response, in the order of the intents. `faq/hours` is answered by `utter_faq/hours`; any other intent by the
    response that a rule of these two steps names."""
    groups = {name.partition("/")[0] for name in project.intents if "/" in name}
    pairs: dict[str, _Pair] = {}
    for name, examples in project.intents.items():
        if _NO_QUESTIONS.fullmatch(name):
            continue
        responses = [f"utter_{name}"] if "/" in name else list(project.rules.get(name, ()))
        why = ""
        if not examples.texts:
            why = "it has no examples"
        elif 2 * sum(map(is_small_talk, examples.texts)) > len(examples.texts):
            why = "it is small talk, which the assistant answers by itself"
        elif not responses:
            why = "no rule of two steps answers it"
        elif len(responses) > 1:
            why = f"rules answer it with both {responses[0]} and {responses[1]}"
        elif responses[0] not in project.responses:
            why = f"there is no response {responses[0]}"
        if why:
            left.append(LeftOut(examples.where, f"intent {name}", why))
        else:
            pairs.setdefault(responses[0], _Pair(responses[0])).intents.append(name)
    for intent, answered in project.rules.items():
        if intent not in project.intents and intent not in groups and not _NO_QUESTIONS.fullmatch(intent):
            left.append(LeftOut(next(iter(answered.values())), f"intent {intent}", "it has no examples"))
    return pairs


def _ids(pairs: dict[str, _Pair]) -> dict[str, str]:
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for response in pairs:
        name = article = slug(response.removeprefix("utter_").replace("_", " "))
        number = 1
        while article in taken:
            number += 1
            article = f"{name}-{number}"
        ids[response] = article
        taken.add(article)
    return ids


def _usable(wordings: list[Wording], response: str, left: list[LeftOut]) -> Wording | None:
    """The first wording that stands for itself; the others are named."""
    chosen: Wording | None = None
    for wording in wordings:
        slots = _SLOT.findall(wording.text)
        if wording.conditional:
            why = "it is said on a condition only"
        elif wording.channel:
            why = f"it is for the channel {wording.channel} only"
        elif slots:
            why = f"it is filled in from the slot {slots[0]}"
        elif not wording.text and not wording.image:
            why = "it has no text"
        elif chosen is not None:
            why = "an article has one text, and another wording came first"
        else:
            chosen = wording
            if wording.custom:
                left.append(
                    LeftOut(wording.where, f"custom parts of {response}", "only text, buttons and images are kept")
                )
            continue
        left.append(LeftOut(wording.where, f"wording of {response}", why))
    return chosen


def _unused(project: Project, pairs: dict[str, _Pair], left: list[LeftOut]) -> None:
    """Responses that nothing else of the report speaks of."""
    meant = {*pairs, *(f"utter_{intent}" for intent in project.intents if "/" in intent)}
    meant |= {response for intent in project.intents for response in project.rules.get(intent, ())}
    for response, wordings in project.responses.items():
        if response not in meant:
            left.append(LeftOut(wordings[0].where, f"response {response}", "no intent leads to it directly"))


# -- the article -------------------------------------------------------------------------------------------


def _item(
    project: Project,
    pair: _Pair,
    wording: Wording,
    article: str,
    language: str,
    targets: dict[str, str],
    left: list[LeftOut],
    max_body: int,
) -> Item:
    texts = [one_line(text) for intent in pair.intents for text in project.intents[intent].texts]
    single = {text.casefold(): text for text in reversed(texts) if text}
    fitting = [text for text in reversed(single.values()) if len(text) <= MAX_QUESTION]
    heads = [text for text in fitting if len(text) <= MAX_TITLE]
    title = next((text for text in heads if text.endswith("?")), heads[0] if heads else "")
    title = title[:1].upper() + title[1:]
    questions = [text for text in fitting if text.casefold() != title.casefold()]
    surplus = len(single) - len(fitting) + max(0, len(questions) - MAX_QUESTIONS)
    if surplus:
        why = f"an article has at most {MAX_QUESTIONS} questions of at most {MAX_QUESTION} characters"
        where = project.intents[pair.intents[0]].where
        left.append(LeftOut(where, f"{surplus} examples of {', '.join(pair.intents)}", why))
    draft = draft_of(title, questions[:MAX_QUESTIONS], _body(wording, title, targets, left), max_body=max_body)
    if not draft.title:
        raise BadInput(f"none of the examples of {pair.intents[0]} can be a title: at most {MAX_TITLE} characters fit")
    return Item(article, language, draft, None, None, wording.where)


def _body(wording: Wording, title: str, targets: dict[str, str], left: list[LeftOut]) -> str:
    """Rasa's text breaks a line where it is broken; Markdown wants two blanks before that."""
    text = re.sub(r"[ \t]*\n(?=[^\n])", "  \n", wording.text).replace("\n  \n", "\n\n")
    parts = [text] if text else []
    if wording.image:
        if _IMAGE.fullmatch(wording.image):
            parts.append(f"![{title.translate(_BRACKETS)}]({wording.image})")
        else:
            left.append(LeftOut(wording.where, "an image", "its address is neither a link nor a path"))
    lines = []
    for said, payload in wording.buttons:
        label = one_line(said).translate(_BRACKETS)
        intent = _INTENT_PAYLOAD.fullmatch(payload[:LONGEST_PAYLOAD])
        if intent and intent["intent"] in targets:
            lines.append(f"- [{label}](/help/{targets[intent['intent']]})")
        elif _LINK.fullmatch(payload.strip()):
            lines.append(f"- [{label}]({payload.strip()})")
        else:
            lines.append(f"- {label}")
            left.append(LeftOut(wording.where, f"what the button “{label[:60]}” does", "there is no article behind it"))
    if lines:
        parts.append("\n".join(lines))
    return "\n\n".join(parts)
