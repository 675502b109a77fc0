"""Reads a Rasa project as data: intents with examples, responses, and the rules that pair them. No code is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from knowledge_base.intake import Fault, ImportRefused
from knowledge_base.yaml_lines import Value, WrongYaml, read_yaml
from runtime.errors import BadInput

MAX_FILES = 2_000
MAX_FILE_BYTES = 8_000_000  # the largest public projects have a tenth of it
MAX_BYTES = 64_000_000
SHOWN_FAULTS = 20
LISTED = 12  # names in one line of the report

# At the top of a project these hold training data; other YAML there is settings, passwords, or not Rasa's.
_AT_TOP = re.compile(r"(?:domain|nlu|responses|rules|stories)[\w.-]*\.ya?ml")
_FOLDERS = ("data", "domain")
# As rasa.shared.nlu.training_data.entities_parser has it: [words](entity), [words]{"entity": ...}, [words][{...}].
_ENTITY = re.compile(r"\[(?P<words>[^\]]+?)\](?:\([^:)]+?(?::[^)]+)?\)|\{[^}]+?\}|\[.*?\])")
_EXAMPLE = re.compile(r"\s*[-*+]\s+(.*\S)\s*")
_LONGEST_EXAMPLE = 2_000  # a longer one is no question, and the pattern above is slow on thousands of brackets
_MARKDOWN_DATA = re.compile(r"^## *(?:intent|synonym|regex|lookup) *:", re.MULTILINE)

NOT_ARTICLES = {
    "forms": "asks for things one by one: Svardesk's own forms (docs/actions.md) do that",
    "slots": "is filled in while a chat goes on",
    "actions": "is code: run it behind /webhooks/actions, or write it anew (docs/actions.md)",
    "entities": "is taken out of the examples, whose words stay",
    "e2e_actions": "is a turn of a story",
}
SKIPPED_NLU = {"synonym": "synonyms", "regex": "regular expressions", "lookup": "lookup tables"}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that does not become an article, and why: a sentence after `what`."""

    where: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.why}"


@dataclass(frozen=True, slots=True)
class Wording:
    """One of the texts of a response. `condition`, `channel`, `custom`: what makes it more than a text."""

    text: str
    buttons: tuple[tuple[str, str], ...]
    image: str
    conditional: bool
    channel: str
    custom: bool
    where: str


@dataclass(slots=True)
class Examples:
    where: str
    texts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Project:
    """`rules`: by intent, the responses that two-step rules answer it with, each with its place."""

    intents: dict[str, Examples] = field(default_factory=dict)
    responses: dict[str, list[Wording]] = field(default_factory=dict)
    rules: dict[str, dict[str, str]] = field(default_factory=dict)
    language: str = ""
    left_out: list[LeftOut] = field(default_factory=list)


def read_project(folder: Path) -> Project:
    """ImportRefused with every fault, each with file and line; BadInput where there is no Rasa project."""
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.")
    project, faults = Project(), list[Fault]()
    count = 0
    for file, shown in _files(folder, project, faults):
        count += 1
        try:
            _Reader(project, shown).read(read_yaml(_text(file)))
        except WrongYaml as wrong:
            faults.append(Fault(f"{shown}, line {wrong.line}" if wrong.line else shown, wrong.message))
    if not count and not faults:
        raise BadInput(f"There is no Rasa project in {folder}: neither domain.yml nor a folder data with YAML files.")
    project.language = _language(folder)
    if faults:
        raise refusal(faults)
    return project


def refusal(faults: list[Fault]) -> ImportRefused:
    lines = [str(fault) for fault in faults]
    more = f"\n… and {len(lines) - SHOWN_FAULTS} more" if len(lines) > SHOWN_FAULTS else ""
    return ImportRefused("Nothing was imported:\n" + "\n".join(lines[:SHOWN_FAULTS]) + more, faults=lines)


# -- files -------------------------------------------------------------------------------------------------


def _files(folder: Path, project: Project, faults: list[Fault]) -> Iterator[tuple[Path, str]]:
    """The files with training data, in a fixed order; what is too much is a fault."""
    top = [file for file in folder.iterdir() if _AT_TOP.fullmatch(file.name)]
    below = [file for name in _FOLDERS if (folder / name).is_dir() for file in (folder / name).rglob("*")]
    total = 0
    inside = folder.resolve()
    found = sorted(file for file in (*top, *below) if file.suffix in (".yml", ".yaml", ".md") and file.is_file())
    if len(found) > MAX_FILES:
        faults.append(Fault(folder.name, f"has {len(found):,} files; at most {MAX_FILES:,} are read"))
        return
    for file in found:
        shown = file.relative_to(folder).as_posix()
        if not file.resolve().is_relative_to(inside):
            project.left_out.append(LeftOut(shown, "a link", "it leads out of the project"))
            continue
        if file.suffix == ".md":
            if _MARKDOWN_DATA.search(_beginning(file)):
                why = "Rasa itself turns it into YAML: `rasa data convert`"
                project.left_out.append(LeftOut(shown, "training data in Rasa 1's Markdown", why))
            continue
        size = file.stat().st_size
        total += size
        if size > MAX_FILE_BYTES or total > MAX_BYTES:
            faults.append(Fault(shown, f"is too much: {size / 1e6:.1f} MB, {total / 1e6:.1f} MB with those before it"))
            return
        yield file, shown


def _beginning(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(100_000).decode("utf-8", "replace")
    except OSError:
        return ""


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise WrongYaml(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise WrongYaml("is not UTF-8", content[: error.start].count(b"\n") + 1) from None


def _language(folder: Path) -> str:
    """What config.yml says; "" where it says nothing, or nothing that can be read."""
    for name in ("config.yml", "config.yaml"):
        file = folder / name
        if file.is_file() and file.resolve().is_relative_to(folder.resolve()) and file.stat().st_size < MAX_FILE_BYTES:
            try:
                said = read_yaml(_text(file)).fields.get("language")
            except WrongYaml:
                continue
            language = (said.text or "" if said else "").lower().split("-")[0].split("_")[0]
            return {"no": "nb"}.get(language, language)
    return ""


# -- what stands in them -----------------------------------------------------------------------------------


class _Reader:
    """Puts what one file says into the project."""

    def __init__(self, project: Project, shown: str) -> None:
        self.project, self.shown = project, shown

    def read(self, document: Value) -> None:
        if document.data is None:
            return
        if not isinstance(document.data, dict):
            raise WrongYaml("must be lines of `name:` such as nlu, rules, responses", document.line)
        sections: dict[str, Callable[[Value], None]] = {
            "nlu": self._nlu,
            "rules": self._rules,
            "stories": self._stories,
            "responses": self._responses,
        }
        for name, value in document.fields.items():
            if name in sections:
                sections[name](value)
            elif name in NOT_ARTICLES:
                self._named(name, value)

    def _at(self, value: Value) -> str:
        return f"{self.shown}, line {value.line}"

    def _leave(self, value: Value, what: str, why: str) -> None:
        self.project.left_out.append(LeftOut(self._at(value), what, why))

    def _list(self, value: Value, name: str) -> list[Value]:
        if value.data is not None and not isinstance(value.data, list):
            raise WrongYaml(f"{name} must be a list", value.line)
        return value.items

    def _nlu(self, section: Value) -> None:
        skipped: dict[str, list[Value]] = {}
        for entry in self._list(section, "nlu"):
            intent = entry.fields.get("intent")
            if intent is None:
                kind = next((kind for kind in SKIPPED_NLU if kind in entry.fields), None)
                if kind is None:
                    raise WrongYaml("an entry of nlu needs `intent:`", entry.line)
                skipped.setdefault(kind, []).append(entry)
                continue
            if not intent.text:
                raise WrongYaml("the name of the intent is missing", intent.line)
            examples = self.project.intents.setdefault(intent.text, Examples(self._at(entry)))
            examples.texts += self._examples(entry.fields.get("examples"))
        for kind, entries in skipped.items():
            self._leave(entries[0], f"{SKIPPED_NLU[kind]} ({len(entries)})", "the search needs none")

    def _examples(self, value: Value | None) -> Iterator[str]:
        if value is None or value.data is None:
            return
        if value.text is not None:
            for number, line in enumerate(value.text.splitlines()):
                found = _EXAMPLE.fullmatch(line)
                if found:
                    yield _plain(found[1])
                elif line.strip():
                    raise WrongYaml("an example must begin with `- `", value.text_line + number)
            return
        for entry in self._list(value, "examples"):
            said = entry.fields.get("text", entry)
            if said.text is None:
                raise WrongYaml("an example must be text", entry.line)
            yield _plain(_EXAMPLE.sub(r"\1", said.text))

    def _stories(self, section: Value) -> None:
        stories = self._list(section, "stories")
        if stories:
            self._leave(section, f"stories ({len(stories)})", "a way through a chat is no article")

    def _rules(self, section: Value) -> None:
        for rule in self._list(section, "rules"):
            name = rule.fields.get("rule", rule).text or "?"
            shown = f"rule {name[:60]}"
            steps = self._list(rule.fields.get("steps", Value(None, rule.line)), "steps")
            pair = _two_steps(steps)
            more = rule.fields.keys() - {"rule", "steps", "metadata"}
            if pair is None:
                self._leave(rule, shown, "it is not just an intent and the response to it")
            elif more:
                self._leave(rule, shown, f"it has {', '.join(sorted(more))}")
            elif not pair[1].startswith("utter_"):
                self._leave(rule, shown, f"it runs {pair[1]}")
            else:
                self.project.rules.setdefault(pair[0], {}).setdefault(pair[1], self._at(rule))

    def _responses(self, section: Value) -> None:
        if section.data is not None and not isinstance(section.data, dict):
            raise WrongYaml("responses must be lines of `utter_name:`", section.line)
        for name, wordings in section.fields.items():
            if name in self.project.responses:
                raise WrongYaml(f"{name} is already in {self.project.responses[name][0].where}", wordings.line)
            found = [self._wording(each) for each in self._list(wordings, name)]
            if found:
                self.project.responses[name] = found

    def _wording(self, value: Value) -> Wording:
        fields = value.fields if isinstance(value.data, dict) else {"text": value}

        def text_of(name: str) -> str:
            said = fields.get(name)
            if said is not None and said.data is not None and said.text is None:
                raise WrongYaml(f"{name} must be text", said.line)
            return (said.text or "").strip() if said else ""

        buttons = []
        for button in self._list(fields.get("buttons", Value(None, value.line)), "buttons"):
            title, payload = (button.fields.get(name) for name in ("title", "payload"))
            if title is None or not title.text:
                raise WrongYaml("a button needs a title", button.line)
            url = button.fields.get("url", payload)
            buttons.append((title.text, (url.text or "") if url else ""))
        return Wording(
            text=text_of("text"),
            buttons=tuple(buttons),
            image=text_of("image"),
            conditional="condition" in fields,
            channel=text_of("channel"),
            custom=bool(fields.keys() & {"custom", "attachment", "elements"}),
            where=self._at(value),
        )

    def _named(self, section: str, value: Value) -> None:
        names = [each.text or next(iter(each.fields), "?") for each in value.items] or list(value.fields)
        names = [name for name in names if not name.startswith("utter_")]  # an action that only says a response
        if names:
            more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
            self._leave(value, f"{section} {', '.join(names[:LISTED])}{more}", f"each {NOT_ARTICLES[section]}")


def _two_steps(steps: list[Value]) -> tuple[str, str] | None:
    """Intent and action of a rule that has just these."""
    if [list(step.fields) for step in steps] != [["intent"], ["action"]]:
        return None
    intent, action = steps[0].fields["intent"].text, steps[1].fields["action"].text
    return (intent, action) if intent and action else None


def _plain(example: str) -> str:
    if len(example) <= _LONGEST_EXAMPLE:
        example = _ENTITY.sub(lambda found: found["words"], example)
    return " ".join(example.split())
