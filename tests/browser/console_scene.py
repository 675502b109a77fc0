"""An afternoon at the shop Lyngvidde: the chats that the console's tests and screenshots look at."""

from __future__ import annotations

from typing import Any

from tests.browser.console_stage import Stage

OSKAR = {"agent": "oskar", "name": "Oskar Lindqvist"}
MAJA = {"agent": "maja", "name": "Maja Kjærgaard"}
SHOP = "https://lyngvidde.example"
POLE_PAGE = f"{SHOP}/dk/telte-og-soveposer/telte/3-saesons-telte/havgus-2-ultralight?farve=mosgroen&utm_source=nyhedsbrev"


def hit(article: str, title: str, language: str, certainty: float, passage: str) -> dict[str, Any]:
    return {
        "article": article, "title": title, "language": language, "certainty": certainty, "score": certainty + 0.31,
        "passage": passage, "matched": title,
    }  # fmt: skip


def article(name: str, title: str, language: str) -> dict[str, str]:
    return {"article": name, "title": title, "url": f"/help/{language}/{name}", "language": language}


def waiting(stage: Stage, chat: str, language: str, text: str, minutes: float, reason: str = "customer_request") -> None:
    stage.begin(chat, language, f"{SHOP}/", minutes * 60 + 90)
    stage.put(chat, {"kind": "said", "text": text}, minutes * 60 + 60, tell=False)
    stage.put(chat, {"kind": "handoff", "reason": reason}, minutes * 60, tell=False)


def mine(stage: Stage, chat: str, language: str, turns: list[tuple[str, str]], minutes: float, unread: int = 0) -> None:
    stage.begin(chat, language, f"{SHOP}/", minutes * 60 + 700)
    stage.put(chat, {"kind": "said", "text": turns[0][1]}, minutes * 60 + 650, tell=False)
    stage.put(chat, {"kind": "handoff", "reason": "customer_request"}, minutes * 60 + 600, tell=False)
    stage.put(chat, {"kind": "claimed", **MAJA}, minutes * 60 + 500, tell=False)
    for index, (who, text) in enumerate(turns[1:]):
        data = {"kind": "said", "text": text} if who == "customer" else {"kind": "replied", **MAJA, "text": text}
        stage.put(chat, data, minutes * 60 + 10 * (len(turns) - index), tell=False)
    stage.chats[chat]["seen_by_staff"] = stage.chats[chat]["last_seq"] - unread


def pole(stage: Stage) -> None:
    """The chat of the mock-up: a bent pole, two tries, a handoff, a claim, a note, thanks."""
    chat = "pole"
    stage.begin(chat, "da", POLE_PAGE, 780)

    def put(data: dict[str, Any], ago: float) -> int:
        return stage.put(chat, data, ago, tell=False)

    first = put({"kind": "said", "text": "Hej, jeg har bøjet en stang på mit Havgus 2. Kan I sende bare midterstykket?"}, 770)
    put({"kind": "said", "text": f"{POLE_PAGE}&stoerrelse=2-personers&kampagne=efteraar-2026&utm_medium=email&ref=a8Kd92LmQ"}, 765)
    spare = hit("spare-poles", "Reservestænger og stangsæt", "da", 0.47, "Et helt stangsæt til Havgus 2 koster 649 kr. og sendes fra Aarhus samme dag.")
    warranty = hit("warranty-tents", "Hvad garantien dækker på telte", "da", 0.31, "Garantien dækker fejl i materiale og syning, men ikke stænger, der er bøjet i brug.")
    put({"kind": "decided", "about": first, "outcome": "offer", "threshold": 0.62, "hits": [spare, warranty], "note": ""}, 763)
    put({"kind": "offered", "re": first, "text": "Det ved jeg ikke sikkert, så jeg gætter ikke. Måske er det her, du leder efter?", "choices": [article("spare-poles", "Reservestænger og stangsæt", "da"), article("warranty-tents", "Hvad garantien dækker på telte", "da")]}, 762)  # fmt: skip
    second = put({"kind": "said", "text": "Nej, kun midterstykket. Hvor lang tid tager levering til Abisko?"}, 725)
    post = hit("delivery-huts", "Levering til fjeldhytter og posthuse", "da", 0.81, "Pakker til posthuse i Nordsverige er fremme efter to hverdage.")
    put({"kind": "decided", "about": second, "outcome": "answer", "threshold": 0.62, "hits": [post], "note": ""}, 723)
    put({"kind": "answered", "re": second, "text": "Pakker til posthuse i Nordsverige er fremme efter to hverdage. Med DHL Express er de fremme næste hverdag før kl. 12.", "html": "<p>Pakker til posthuse i Nordsverige er fremme efter <strong>to hverdage</strong>.</p><ul><li>Med DHL Express: næste hverdag før kl. 12</li><li>Med PostNord: to hverdage</li></ul>", "source": article("delivery-huts", "Levering til fjeldhytter og posthuse", "da"), "certainty": 0.81}, 722)  # fmt: skip
    put({"kind": "handoff", "reason": "customer_request"}, 700)
    put({"kind": "contact", "email": "jc.overgaard.mikkelsen@frederiksbergvandrelaug.example"}, 690)
    put({"kind": "claimed", **MAJA}, 480)
    put({"kind": "replied", **MAJA, "text": "Hej Jens-Christian. Vi har midterstykket på lager i Aarhus. Skal jeg sende det til posthuset i Abisko, så ligger det klar fredag?"}, 430)
    put({"kind": "noted", **OSKAR, "text": "Abisko post office closes 15:00 on Fridays. Send it with DHL Express, I have okayed the 89 kr."}, 300)
    put({"kind": "said", "text": "Ja tak! Det ville redde turen"}, 60)
    stage.chats[chat].update(seen_by_customer=13, seen_by_staff=14)


def afternoon(stage: Stage) -> None:
    waiting(stage, "bo", "nb", "Jeg har betalt to ganger for samme ordre, og Klarna purrer nå på begge", 11.4, "complaint")
    waiting(stage, "elin", "sv", "Skorna luktar kemikalier, är det farligt för barn?", 6.2, "low_confidence")
    waiting(stage, "torbjorn", "nn", "Reklamasjon på Tindra-støvlane: sålen har løyst seg etter to turar", 2.3, "unsupported_request")
    waiting(stage, "turku", "en", "Do you ship to Finland? I could not find it", 1.1, "missing_knowledge")
    pole(stage)
    mine(stage, "aino", "en", [("customer", "My jacket came with a broken zip"), ("agent", "I am sorry about that, a new one is on its way."), ("customer", "Thanks!"), ("customer", "One more thing, the zip on the left pocket sticks too")], 2, 2)  # fmt: skip
    mine(stage, "siri", "nn", [("customer", "Eg vil byte storleik på skalbuksa"), ("agent", "Då er byttet registrert. Returlappen ligg i e-posten din.")], 16)  # fmt: skip
    mine(stage, "hjalmar", "da", [("customer", "Kan jeg afhente i butikken i Odense?"), ("agent", "Ja, fra kl. 10 i morgen."), ("customer", "Ok")], 27)  # fmt: skip
    mine(stage, "lag", "nb", [("customer", "Tilbud på 24 par Tindra til friluftslaget"), *[("customer", f"Her er lista, del {n}: Tindra str. {36 + n % 10}") for n in range(120)]], 55, 118)  # fmt: skip
    stage.begin("oskars", "sv", f"{SHOP}/se/", 2400)
    stage.put("oskars", {"kind": "said", "text": "Kan jag byta storlek på kängorna jag köpte i Kiruna?"}, 2390, tell=False)
    stage.put("oskars", {"kind": "handoff", "reason": "customer_request"}, 2380, tell=False)
    stage.put("oskars", {"kind": "claimed", **OSKAR}, 2300, tell=False)
    stage.put("oskars", {"kind": "replied", **OSKAR, "text": "Javisst, kvittot räcker."}, 2200, tell=False)
    for n, (language, text) in enumerate([("da", "Hvor er min pakke?"), ("sv", "Hur tvättar jag dunsovsäcken?"), ("en", "Can I pay with Klarna?")]):
        stage.begin(f"bot{n}", language, f"{SHOP}/", 200 + n * 60)
        about = stage.put(f"bot{n}", {"kind": "said", "text": text}, 190 + n * 60, tell=False)
        stage.put(f"bot{n}", {"kind": "answered", "re": about, "text": "Du finder sporingslinket i din ordremail.", "html": "<p>Du finder sporingslinket i din ordremail.</p>", "source": article("track-parcel", "Hvor er min pakke?", "da"), "certainty": 0.93}, 189 + n * 60, tell=False)  # fmt: skip
    stage.begin("rated", "da", f"{SHOP}/", 9000)
    stage.put("rated", {"kind": "said", "text": "Hvor lang er returfristen på soveposer?"}, 8990, tell=False)
    stage.put("rated", {"kind": "handoff", "reason": "customer_request"}, 8980, tell=False)
    stage.put("rated", {"kind": "claimed", **MAJA}, 8900, tell=False)
    stage.put("rated", {"kind": "replied", **MAJA, "text": "30 dage, også på soveposer. God tur!"}, 8800, tell=False)
    stage.put("rated", {"kind": "resolved", "by": "agent", **MAJA}, 8700, tell=False)
    stage.put("rated", {"kind": "rated", "value": 5, "comment": "Hurtigt og venligt, tak Maja."}, 8600, tell=False)
