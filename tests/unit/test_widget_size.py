"""The widget stays small as it is served, says the same in all languages, and is joined without a slip."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from widget import squeeze
from widget.assets import Assets

ROOT = Path(__file__).parents[2] / "widget"
LANGUAGES = ("en", "da", "sv", "nb", "nn")
KB = 1000


def _size(text: bytes) -> int:
    return len(gzip.compress(text, 9))


def test_loader_is_at_most_one_kilobyte_as_served() -> None:
    assert len(Assets().page("loader.js").encode()) <= KB


def test_embed_before_opening_is_at_most_five_kilobytes() -> None:
    assert _size(Assets().files["embed/embed.js"]) <= 5 * KB


def test_all_of_it_with_styles_and_any_one_language_is_at_most_24_kilobytes() -> None:
    files = Assets().files
    parts = {name: _size(files[name]) for name in ("embed/embed.js", "embed/opened.js", "embed/opened.css")}
    strings = {language: _size(files[f"embed/strings/{language}.js"]) for language in LANGUAGES}
    assert sum(parts.values()) + max(strings.values()) <= 24 * KB, (parts, strings)


def _strings(language: str) -> dict[str, str]:
    text = (ROOT / "embed" / "strings" / f"{language}.js").read_text(encoding="utf-8")
    pairs = re.findall(r'^  (\w+): ("(?:[^"\\]|\\.)*"),$', text, re.M)
    assert len(pairs) == text.count("\n") - 2, f"{language}.js has lines that are not one string each"
    return {key: json.loads(value) for key, value in pairs}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_has_the_same_strings_with_the_same_places(language: str) -> None:
    english, other = _strings("en"), _strings(language)
    assert list(other) == list(english)
    for key, text in english.items():
        assert sorted(re.findall(r"{\w+}", other[key])) == sorted(re.findall(r"{\w+}", text)), key
        assert other[key].strip(), key


def test_every_string_is_used_and_none_is_missing() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "embed").glob("*.js"))
    known = set(_strings("en"))
    faces = {f"rate{n}" for n in range(1, 6)}
    assert {key for key in known - faces if f'"{key}"' not in code} == set()
    assert set(re.findall(r'say\("(\w+)"', code)) <= known


def test_labels_before_opening_exist_in_every_language() -> None:
    text = (ROOT / "embed" / "labels.js").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^  (\w\w): \{ (.*) \},$", text, re.M))
    assert set(rows) == set(LANGUAGES)
    for row in rows.values():
        assert re.findall(r"(\w+): ", row) == ["open", "unread", "hide"]


@pytest.mark.parametrize("name", ["embed/embed.js", "embed/opened.js", "embed/strings/da.js"])
def test_what_is_served_is_still_a_module(name: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node to parse JavaScript")
    file = tmp_path / "served.mjs"
    file.write_bytes(Assets().files[name])
    assert subprocess.run([node, "--check", file], capture_output=True, text=True).stderr == ""


def test_spaces_and_comments_go_but_not_what_lies_in_strings() -> None:
    text = '/** a */\nconst a = "x  //  y"; // no\nconst b = `${ a + 1 } /* kept */`;\nreturn (c) => a / 2 / b;\n'
    squeezed = squeeze.squeeze_js(text)
    assert squeezed == 'const a="x  //  y";const b=`${a+1} /* kept */`;return(c)=>a/2/b;\n'
    assert squeeze.squeeze_js('x.split(/ (a|"b) /g, (c) => { d(c); });') == 'x.split(/ (a|"b) /g,c=>{d(c)});\n'
    assert squeeze.squeeze_js("a = b\nc + +d - -e;") == "a=b\nc+ +d- -e;\n"
    text = 'class One { #first = 1; #next = "#next"; } class Two { #next = () => this.#next; class = { class: 1 }; }'
    assert squeeze.squeeze_js(text) == 'class One{#a=1;#b="#next"}class Two{#a=()=>this.#a;class={class:1}}\n'


def test_styles_keep_what_a_page_may_set_and_lose_what_nobody_reads() -> None:
    text = ":root, :host { --sd-brand: #111; --sd-s: 4px; --sd-no: 1px; --sd-c: red } .d { --sd-c: blue; "
    served = squeeze.settle_tokens(text + "gap: var(--sd-s); color: var(--sd-c); fill: var(--sd-brand) } /* no */")
    assert served == ":host{--sd-brand:#111;--a:red}.d{--a:blue;gap:4px;color:var(--a);fill:var(--sd-brand)}\n"


def test_the_last_value_of_a_token_counts_and_sums_are_done_before() -> None:
    text = ":root, :host { --sd-rem: 1rem; --sd-fs: calc(var(--sd-rem) * .75) } :host { --sd-rem: 16px; color: red } "
    text += (
        ':host, [data-theme="light"] { --sd-c: blue } [data-theme="dark"], :host([data-theme="dark"]) { --sd-c: red }'
    )
    served = squeeze.settle_tokens(
        text + ":host, [data-theme], [data-brand] { font-size: var(--sd-fs); fill: var(--sd-c) }"
    )
    assert served == (
        ':host{color:red;--a:blue}:host([data-theme="dark"]){--a:red}:host{font-size:12px;fill:var(--a)}\n'
    )


def test_two_modules_with_one_name_at_the_top_are_refused() -> None:
    files = {"embed/a.js": 'import { b } from "./b.js";\nconst c = b;\n', "embed/b.js": "export const b = 1, c = 2;\n"}
    assert squeeze.join_modules("embed/a.js", files.__getitem__) == "const b = 1, c = 2;\n\nconst c = b;\n"
    files["embed/b.js"] = "export const b = 1;\nfunction c() {}\n"
    with pytest.raises(ValueError, match="both have a c"):
        squeeze.join_modules("embed/a.js", files.__getitem__)


def _shortened(text: str) -> str:
    return squeeze.shorten_names(text)


def test_names_become_short_and_properties_stay() -> None:
    text = "const number=1;function take(frame,{seq,data:inner}){const sum=frame.seq+seq+inner;return{sum,seq:number}}"
    assert _shortened(text) == "let c=1;function f(a,{seq:d,data:b}){let e=a.seq+d+b;return{sum:e,seq:c}}"
    text = (
        "class Box{size=1;grow(size){this.size=size;return size?size:Box}}export const made=(word)=>new Box(`${word}`);"
    )
    assert _shortened(text) == "class b{size=1;grow(a){this.size=a;return a?a:b}}export let made=(a)=>new b(`${a}`);"


def test_what_the_browser_knows_and_what_is_not_declared_keeps_its_name() -> None:
    text = "const shown=status=>outer(status,location);switch(x){case shown:{shown(1);break}}"
    assert _shortened(text) == "let a=status=>outer(status,location);switch(x){case a:{a(1);break}}"


def test_declarations_that_follow_each_other_become_one() -> None:
    assert _shortened("const one=1\nconst two=()=>{const x=one;let y;return x}\nlet z=3;go(z)\nconst w=4") == (
        "let a=1,c=()=>{let b=a,d;return b},b=3;go(b)\nlet d=4"
    )
    assert _shortened("for(const a of b){const c=a+\nb\nconst d=c}") == "for(let a of b){let c=a+\nb\nlet d=c}"
    assert _shortened("{if(a)go()\nconst{b}=a\nconst c=1}") == "{if(a)go()\nlet{b:b}=a,c=1}"


def test_words_get_short_names_where_they_are_kept_and_where_they_are_asked_for() -> None:
    lines = ('hello: "Hi"', 'goOn: "How?"', 'newTab: "in a tab"', 'menu: "Menu"', 'back: "Here"', 'rate1: "Bad"')
    english = "export default {\n" + "".join(f"  {line},\n" for line in lines) + "};\n"
    code = 'say("goOn"); say(late ? "newTab" : "menu"); goOn("hello"); say("hello"); say("back"); say("rate1");'
    files = {"embed/strings/en.js": english, "embed/opened.js": code}
    shorter = english.replace("goOn", "a").replace("newTab", "b").replace("back", "c")
    assert squeeze.shorten_words(english, files.__getitem__) == shorter
    assert squeeze.shorten_words(code, files.__getitem__) == (
        'say("a"); say(late ? "b" : "menu"); goOn("hello"); say("hello"); say("c"); say("rate1");'
    )


def test_no_word_that_gets_a_short_name_is_called_like_something_else() -> None:
    """Whatever stands in quotes and is called like such a word is taken for it."""
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "embed").glob("*.js"))
    words = {key for key in _strings("en") if re.search("[A-Z]", key)}
    assert len(words) > 20
    assert {
        word for word in words if re.search(rf"(?:addEventListener|emit|get|set|createElement)\(\"{word}\"", code)
    } == set()


def test_what_a_template_holds_and_the_style_of_the_launcher_are_squeezed_too() -> None:
    text = 'class A { #x = 1; b = `${ this.#x ? ` ${ c } ` : " d " } e`; }'
    assert squeeze.squeeze_js(text) == 'class A{#a=1;b=`${this.#a?` ${c} `:" d "} e`}\n'
    assert squeeze.squeeze_js("const STYLE = `\n:host { all: initial; }\n.a { b: c; }`;") == (
        "const STYLE=`:host{all:initial}.a{b:c}`;\n"
    )
