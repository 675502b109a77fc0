"""A server of the editor's pages with articles in memory: the contract's headers and answers, and faults on demand."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

from knowledge_base.rendering import render
from widget.assets import Assets

DEMO = Path(__file__).parents[2] / "bot" / "demo" / "articles"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
CSRF = "a-token"
NOW = datetime(2026, 3, 1, 12, 6, tzinfo=UTC)

Json = dict[str, Any]


class Refusal(Exception):
    def __init__(self, status: int, code: str, **fields: object) -> None:
        super().__init__(code)
        self.status, self.body = status, {"title": code, "status": status, "code": code, **fields}


@dataclass
class Shelf:
    """Articles by id and language, and what the test asks of the server."""

    languages: tuple[str, ...] = ("en", "da", "sv", "nb")
    role: str = "knowledge_manager"
    articles: dict[str, dict[str, Json]] = field(default_factory=dict)
    versions: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    away: bool = False
    shut: bool = False  # writes find nobody, reads are answered
    lose_answers: bool = False  # the write is done, its answer gets lost
    delay: float = 0.0
    reading: tuple[int, int] = (0, 0)  # articles that the assistant has read, of how many
    new_model: bool = False
    clock: datetime = NOW

    def load(self, only: tuple[str, ...] = ()) -> None:
        for language in self.languages:
            for file in sorted((DEMO / language).glob("*.md")):
                if only and file.stem not in only:
                    continue
                _, head, body = file.read_text("utf-8").split("---\n", 2)
                matter = yaml.safe_load(head)
                self.put(matter["id"], language, matter["title"], matter["questions"], body.strip(), by="Demo")
                self.publish(matter["id"], language, "Demo")

    def put(self, article: str, language: str, title: str, questions: list[str], body: str, by: str) -> Json:
        row = self.articles.setdefault(article, {}).setdefault(
            language,
            {"article": article, "language": language, "revision": 0, "published": None, "archived": False},
        )
        body = body.strip()
        if (row.get("title"), row.get("questions"), row.get("body")) != (title, questions, body):
            row["revision"] += 1
        self.clock += timedelta(minutes=37) if by == "Demo" else timedelta()
        row.update(title=title.strip(), questions=list(questions), body=body, updated_by=by)
        row["updated_at"] = _stamp(self.clock if by == "Demo" else datetime.now(UTC))
        return row

    def publish(self, article: str, language: str, by: str) -> Json:
        row = self.articles[article][language]
        past = self.versions.setdefault((article, language), [])
        words = {key: row[key] for key in ("title", "questions", "body")}
        past.append({**words, "version": len(past) + 1, "published_at": row["updated_at"], "published_by": by})
        row.update(published=past[-1], archived=False)
        return row

    def writes(self, method: str, end: str = "") -> list[Any]:
        return [body for verb, path, body in list(self.requests) if verb == method and path.endswith(end)]

    def row(self, article: str, language: str) -> Json:
        try:
            return self.articles[article][language]
        except KeyError:
            raise Refusal(404, "not_found") from None

    def shown(self, row: Json) -> Json:
        return {key: value for key, value in row.items() if key != "archived"} | {"state": _state(row)}

    def line(self, article: str) -> Json:
        editions = self.articles[article]
        newest = max(row["updated_at"] for row in editions.values())
        return {
            "id": article,
            "title": next(iter(editions.values()))["title"],
            "updated_at": newest,
            "languages": {
                language: {
                    "state": _state(row),
                    "title": row["title"],
                    "updated_at": row["updated_at"],
                    "outdated": bool(row.get("outdated")),
                }
                for language, row in editions.items()
            },
        }

    def tried(self, body: Json) -> Json:
        wanted = _words(body["question"])
        draft = body.get("draft")
        hits = []
        for article, editions in self.articles.items():
            for language, row in editions.items():
                source = row["published"]
                if draft and (draft["article"], draft["language"]) == (article, language):
                    source = draft
                if source and language == body["language"]:
                    hits.append(_hit(article, language, source, wanted))
        if draft and not draft["article"]:
            hits.append(_hit("~draft", draft["language"], draft, wanted))
        hits = sorted(hits, key=lambda hit: -hit["certainty"])[:5]
        best = hits[0]["certainty"] if hits else 0
        return {
            "threshold": 0.62,
            "outcome": "answer" if best >= 0.62 else "offer" if best >= 0.3 else "hand_over",
            "hits": hits,
        }


def _hit(article: str, language: str, source: Json, wanted: set[str]) -> Json:
    lines = (source["title"], *source["questions"])
    likeness, matched = max((len(wanted & _words(line)) / len(wanted | _words(line)), line) for line in lines)
    score = likeness**0.5
    return {"article": article, "language": language, "title": source["title"], "certainty": round(score, 2),
            "score": round(score, 3), "passage": source["body"][:120], "matched": matched}  # fmt: skip


def _words(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"\w{3,}", text.lower())}


def _state(row: Json) -> str:
    if row["archived"]:
        return "archived"
    if row["published"] is None:
        return "draft"
    same = all(row[key] == row["published"][key] for key in ("title", "questions", "body"))
    return "published" if same else "changed"


def _stamp(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shelf: Shelf
    assets: Assets

    def log_message(self, *args: object) -> None:
        """The tests' output stays clean."""

    def _answer(self) -> None:
        path = urlsplit(self.path).path
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length) if length else b""
        try:
            if path.startswith(self.assets.prefix):
                name = path.removeprefix(self.assets.prefix + "/")
                return self._send(200, self.assets.files[name], Assets.kind(name))
            if path in ("/manager", "/login", "/console"):
                page = self.assets.page("manager/index.html") if path == "/manager" else "<p>Elsewhere"
                return self._send(200, page.encode(), "text/html; charset=utf-8")
            if not path.startswith("/api/"):
                raise Refusal(404, "not_found")
            body = json.loads(raw) if raw else None
            self.shelf.requests.append((self.command, path, body))
            if self.shelf.delay:
                threading.Event().wait(self.shelf.delay)
            write = self.command != "GET" and not path.endswith(("/preview", "/try"))
            if self.shelf.away or (self.shelf.shut and write):
                raise Refusal(503, "unavailable")
            if self.command != "GET" and self.headers.get("X-CSRF-Token") != CSRF:
                raise Refusal(403, "forbidden")
            answer = self._api(path.removeprefix("/api/v1/"), body)
            if self.shelf.lose_answers and write:
                raise Refusal(502, "unavailable")
            self._send(200, json.dumps(answer).encode(), "application/json")
        except Refusal as refusal:
            self._send(refusal.status, json.dumps(refusal.body).encode(), "application/problem+json")
        except KeyError as error:
            self._send(404, str(error).encode(), "text/plain")

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def _api(self, path: str, body: Any) -> object:
        shelf = self.shelf
        query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        parts = [unquote(part) for part in path.split("/")]
        match self.command, parts:
            case "GET", ["knowledge"]:
                done, total = shelf.reading
                model = {"model": "m", "articles": done, "units": done, "done": done, "total": total}
                return {"now": model, "then": model if shelf.new_model else None}
            case "GET", ["session"]:
                account = {"id": "maja", "name": "Maja Kjærgaard", "email": "maja@lyngvidde.example"}
                return {
                    "account": account | {"role": shelf.role, "language": "en"},
                    "csrf": CSRF,
                    "site": {"name": "Lyngvidde Friluft", "brand": "#1c5f5a"},
                }
            case "GET", ["articles"]:
                q = query.get("q", "").lower()
                found = [shelf.line(each) for each in shelf.articles if _found(shelf.articles[each], q)]
                found.sort(key=lambda line: line["updated_at"], reverse=True)
                start, limit = int(query.get("cursor", 0)), int(query.get("limit", 50))
                rest = start + limit
                return {"items": found[start:rest], "next_cursor": str(rest) if rest < len(found) else None}
            case "POST", ["articles", "preview"]:
                return {"html": render(body["body"], language=body.get("language", ""))}
            case "POST", ["articles", "try"]:
                return shelf.tried(body)
            case "POST", ["articles"]:
                article = body.get("id") or re.sub(r"\W+", "-", body["title"].lower()).strip("-")
                if body["language"] in shelf.articles.get(article, {}):
                    raise Refusal(409, "article_exists", field="id")
                return shelf.shown(
                    shelf.put(
                        article, body["language"], body["title"], body["questions"], body["body"], "Maja Kjærgaard"
                    )
                )
            case "GET", ["articles", article]:
                if article not in shelf.articles:
                    raise Refusal(404, "not_found")
                editions = {language: shelf.shown(row) for language, row in shelf.articles[article].items()}
                return {"id": article, "audience": "public", "action": "", "languages": editions}
            case "PUT", ["articles", article, language]:
                self._check(shelf.row(article, language), body["revision"])
                return shelf.shown(
                    shelf.put(article, language, body["title"], body["questions"], body["body"], "Maja Kjærgaard")
                )
            case "POST", ["articles", article, language, "publish"]:
                self._check(shelf.row(article, language), body["revision"])
                return shelf.shown(shelf.publish(article, language, "Maja Kjærgaard"))
            case "POST", ["articles", article, language, "archive"]:
                row = shelf.row(article, language)
                row.update(archived=True)
                return shelf.shown(row)
            case "GET", ["articles", article, language, "versions"]:
                return {"items": shelf.versions.get((article, language), [])[::-1], "next_cursor": None}
            case "POST", ["articles", article, language, "revert"]:
                old = shelf.versions[article, language][body["version"] - 1]
                return shelf.shown(
                    shelf.put(article, language, old["title"], old["questions"], old["body"], "Maja Kjærgaard")
                )
        raise Refusal(404, "not_found")

    @staticmethod
    def _check(row: Json, revision: int) -> None:
        if row["revision"] != revision:
            raise Refusal(409, "edited_elsewhere", by=row["updated_by"], at=row["updated_at"], revision=row["revision"])


def _found(editions: dict[str, Json], q: str) -> bool:
    return any(
        q in " ".join([row["article"], row["title"], *row["questions"], row["body"]]).lower()
        for row in editions.values()
    )


@contextmanager
def serve(shelf: Shelf, ready: Callable[[str], None] | None = None) -> Iterator[str]:
    """The address of a running server."""
    handler = type("BoundHandler", (Handler,), {"shelf": shelf, "assets": Assets()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        if ready:
            ready(address)
        yield address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
