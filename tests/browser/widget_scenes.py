"""The states of the widget, each played by the stand-in server: for the tests that look at them, and for looking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.browser.fake_server import FakeServer
from tests.browser.real_shop import customer

LINE_CUT = "WebSocket connection"  # in what a page complains of when its line is cut, which is part of most plays


# Fixtures. A test file takes those that it wants: `server = widget_scenes.server`.


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as server:
        yield server


@pytest.fixture
def context(browser: Browser, server: FakeServer) -> Iterator[BrowserContext]:
    """Gone before the server is: what a page loads at the end of a test is not refused."""
    with customer(browser) as made:
        yield made


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    with faultless(context, LINE_CUT) as page:
        yield page


@contextmanager
def faultless(context: BrowserContext, *played: str) -> Iterator[Page]:
    """A new page; whatever it complains about fails the test, but for what contains one of the words `played`."""
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.close()
    unplayed = [fault for fault in faults if not any(word in fault for word in played)]
    assert not unplayed, unplayed


def source(title: str, language: str = "da") -> dict[str, str]:
    return {"article": "a1", "title": title, "url": f"/help/{language}/a1", "language": language}


def open_panel(page: Page, server: FakeServer) -> Locator:
    page.goto(server.shop)
    page.locator("svardesk-widget .launch").click()
    panel = page.locator("svardesk-widget dialog")
    panel.locator(".w__foot:not([hidden])").wait_for()
    if not server.refuse:  # what is sent to nobody is not shown
        until(page, lambda: server.welcomed > 0)
    return panel


def until(page: Page, done: Callable[[], bool]) -> None:
    """Within twenty seconds, give or take; the page runs on meanwhile."""
    for _ in range(400):
        if done():
            return
        page.wait_for_timeout(50)
    assert done()


def answer(server: FakeServer) -> None:
    server.add("started", language="da")
    server.turn("bot")
    server.add("said", text="Hej, hvordan vasker jeg min skaljakke? Den slipper vand ind på skuldrene efter to sæsoner")
    html = (
        "<p>Det lyder, som om imprægneringen er slidt, ikke jakken. Gør sådan:</p><ol><li>Luk alle lynlåse, og "
        "vask ved 30° med flydende vaskemiddel til skaltøj. Intet skyllemiddel.</li><li>Kør en ekstra skylning.</li>"
        "<li>Tør ved lav varme i 20 minutter. Varmen vækker <a href='https://example.com/'>imprægneringen</a>.</li></ol>"
    )
    server.add("answered", re=2, text="Vask ved 30°.", html=html, source=source("Vask din skaljakke"), certainty=0.97)


def offer(server: FakeServer) -> None:
    server.add("started", language="da")
    server.turn("bot")
    server.add("said", text="Jeg har bøjet en stang på Havgus 2. Kan I sende kun midterstykket?")
    choices = [source("Stangsæt til telte"), source("Garanti på telte ved storm"), source("Spare tent poles", "en")]
    text = "Det ved jeg ikke sikkert, så jeg gætter ikke. Hvordan vil du videre?"
    server.add("offered", re=2, text=text, choices=choices)


def queue(server: FakeServer) -> None:
    server.add("started", language="da")
    server.add(
        "said", text="Kan jeg tale med nogen om en reklamation? Sålen gik løs på Tindra-støvlerne efter tre ture."
    )
    server.add("handoff", reason="customer_request")
    server.turn("queued", reason="customer_request")
    server.send("queue", {"position": 5, "wait_s": [600, 900]})
    server.send("queue", {"position": 3, "wait_s": [350, 520]})


def agent(server: FakeServer) -> None:
    server.add("started", language="da")
    server.add("claimed", agent="a1", name="Maja Krogh")
    server.turn("assigned", agent="Maja Krogh")
    text = "Hej Jens-Christian. Jeg kan se, at assistenten foreslog et helt stangsæt. Det behøver du ikke."
    server.add("replied", agent="a1", name="Maja Krogh", text=text)
    text = "Vi har midterstykket på lager i Aarhus: https://lyngvidde.example/stang. Skal jeg sende det til Abisko?"
    server.add("replied", agent="a1", name="Maja Krogh", text=text)
    server.add("said", text="Ja tak! Det ville redde turen")
    seq = server.add("said", text="Jeg går fra Abisko lørdag morgen")
    server.send("seen", {"who": "staff", "seq": seq})
    server.send("typing", {"who": "agent", "on": True, "name": "Maja Krogh"})


def rating(server: FakeServer) -> None:
    server.add("replied", agent="a1", name="Maja Krogh", text="Så er byttet registreret. God tur til Abisko!")
    server.add("resolved", by="agent", agent="a1", name="Maja Krogh")
    server.turn("resolved")
    server.send("survey", {"episode": 1})


def edge(server: FakeServer) -> None:
    server.add("claimed", agent="a2", name="Wilhelmina Åkerblom-Thorvaldsdóttir")
    server.turn("assigned", agent="Wilhelmina Åkerblom-Thorvaldsdóttir")
    path = "telte-og-soveposer/telte/3-saesons-telte/havgus-2-ultralight?farve=mosgroen&stoerrelse=2-personers"
    server.add("said", text=f"https://lyngvidde.example/dk/{path}&kampagne=efteraar-2026&utm_source=nyhedsbrev")
    server.add("said", text="Er det\nden her?")
    text = "Den hører under vores friluftsudstyrsreparationsabonnementsbetingelser."
    server.add("replied", agent="a2", name="Wilhelmina Åkerblom-Thorvaldsdóttir", text=text)
    server.add("replied", agent="a2", name="Wilhelmina Åkerblom-Thorvaldsdóttir", text="👍")


SCENES: dict[str, Callable[[FakeServer], None]] = {
    "answer": answer,
    "offer": offer,
    "queue": queue,
    "agent": agent,
    "rating": rating,
    "edge": edge,
}
