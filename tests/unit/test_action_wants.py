"""What somebody wants to be done, said in so many words, and what of it was said with it."""

from __future__ import annotations

import pytest

from bot.actions.wants import address_in, reason_in, topic_in, wanted


@pytest.mark.parametrize(
    ("form", "texts"),
    [
        (
            "return_form",
            "I want to return order 10068; return order 10068 please; Jeg vil gerne sende en jakke retur; "
            "Jeg vil returnere ordre 10068; Jag vill returnera order 10068; Jeg vil returnere ordre 10068 fordi den er "
            "for liten; Eg vil sende tilbake ordre 10068; Can you send order 10068 back?",
        ),
        (
            "address_form",
            "I want to change the delivery address for order 10043; Jeg skal have ændret adressen på ordre 10043; "
            "Kan I ændre min leveringsadresse?; Jag vill ändra adressen på order 10043; "
            "Jeg vil endre adressen på ordre 10043; Eg vil endre adressa på ordre 10043",
        ),
        (
            "order_status_form",
            "Where is order 10042?; please tell me the status of order 10042; status of LF-10042, kim@kunde.example; "
            "Hvor er ordre 10042?; Var är order 10042?; "
            "Kvar er ordre 10042?; hvor bliver ordre 10042 af",
        ),
        (
            "call_back_form",
            "Please ring me on +45 12 34 56 78; Ring til mig på 12 34 56 78; Ring mig på 070-123 45 67; "
            "Ring meg på 41 23 45 67",
        ),
        (
            "complaint_form",
            "My boots from order 10068 are broken; I want to complain about order 10068; "
            "Mine støvler er gået i stykker, ordre 10068; Mina kängor har gått sönder, order 10068; "
            "Støvlene mine er ødelagt, ordre 10068",
        ),
    ],
)
def test_a_wish_names_its_form(form: str, texts: str) -> None:
    for text in texts.split("; "):
        assert wanted(text) == form, text


@pytest.mark.parametrize(
    "text",
    [
        "How do I return something?",
        "Can I return shoes I have worn?",
        "Kan man returnere varer købt på udsalg?",
        "Jeg vil ikke returnere ordre 10068",
        "Jeg har returneret ordre 10068, hvornår får jeg mine penge?",
        "Jeg vil returnere ordre 10068, hvad koster det?",
        "I want to exchange order 10068 for a smaller size",
        "Hvordan ændrer jeg min adresse?",
        "Where is your shop?",
        "Hvor er jeres butik?",
        "How long do I have to return order 10068?",
        "My zip is broken",
        "I returned order 10068 last week",
        "My boots from order 10068 are broken, I want to return them",
        "Do I have to pay customs when I send the boots back from Norway",
        "Skal jeg selv betale når jeg sender ordre 10068 retur",
        "Can someone call me",
        "Please tell me how to return the tent",
        "Jeg vil gerne vide, om jeg skal sende teltet retur",
        "Jag vill veta vad det kostar att returnera en jacka",
        "Jeg vil vite om jeg skal sende den tilbake",
        "Eg vil vite om eg skal sende han tilbake",
        "I want to cancel my return of order 10068",
        "Jeg vil annullere min retur, jeg skal ikke sende ordre 10068 tilbage",
        "I want to update my email address for order 10043",
        "I called you back on +45 12 34 56 78",
        "",
        "I want to return " + "word " * 100,
    ],
)
def test_what_is_for_the_articles_or_for_people(text: str) -> None:
    assert wanted(text) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I want to return order 10068, it's too small, my email is ingrid@kunde.example", "it's too small"),
        ("I want to return order 10068 because it does not fit", "it does not fit"),
        ("Jeg vil returnere ordre 10068, den er for lille. Min mail er a@b.example", "den er for lille"),
        ("Jag vill returnera order 10068 eftersom den är för liten", "den är för liten"),
        ("I want to return order 10068", None),
        ("I want to return it, the number is 10068", None),
        ("I have waited since last Friday, I want to return order 10068", None),
        ("Jeg vil returnere ordre 10068 since it is too small", "it is too small"),
    ],
)
def test_the_reason_in_a_message_about_more(text: str, reason: str | None) -> None:
    assert reason_in(text) == reason


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Please change the address on my order to Main Street 5, 1234 Town", "Main Street 5, 1234 Town"),
        ("ändra adressen på order 10043 till Åvägen 3 A, 114 55 Östersund", "Åvägen 3 A, 114 55 Östersund"),
        ("Ret adressen til Sønder Allé 5, 2. tv, 8000 Århus C, min mail er a@b.example", None),
        ("I want to change the address for order 10043", None),
        ("Ret adressen til Storgade 12, 8000 Aarhus C, tak", "Storgade 12, 8000 Aarhus C"),
        ("Can you change it to Main Street 5, 1234 Town please?", "Main Street 5, 1234 Town"),
    ],
)
def test_the_address_in_a_message_about_more(text: str, address: str | None) -> None:
    found = address_in(text)
    assert found == address if address else not found or "@" not in found


def test_the_topic_in_a_message_about_more() -> None:
    assert topic_in("Ring til mig på 12 34 56 78 om mit telt") == "mit telt"
    assert topic_in("Ring til mig på 12 34 56 78") is None
    assert topic_in("Ring på 12 34 56 78 om mine støvler") == "mine støvler"
    assert topic_in("Ring på 12 34 56 78 om 10 minutter") is None
    assert topic_in("Ring meg på 41 23 45 67 om ei jakke") == "ei jakke"
    assert topic_in("Ring mig på 070-123 45 67 om en timme") is None
