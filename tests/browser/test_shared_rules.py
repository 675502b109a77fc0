"""What the widget and the console share, run where it runs, under random schedules: shown once, in order, sent once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.console_scene import staged, watched

CHANCE = """
  const chance = (seed) => () => { // mulberry32
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const fail = (seed, what, ...more) => { throw new Error(`seed ${seed}: ${what} ${JSON.stringify(more)}`); };
"""

FEED = """
  for (let seed = 1; seed <= a[0]; seed++) {
    const random = chance(seed);
    const feed = new m.Feed();
    const log = [];
    const frame = (seq) => ({ seq, conversation: "c", data: { kind: "said", text: `${seq}` } });
    let flying = []; // live entries: late, doubled, out of order, lost
    let window = random() < 0.5 ? 1000 : 4;
    const replay = () => {
      const before = feed.shown.length;
      let from = feed.last + 1;
      if (log.length - feed.last > window || random() < 0.1) {
        if (feed.last) feed.renew();
        from = Math.max(1, log.length - window + 1);
      }
      if (before && !feed.shown.length) fail(seed, "it flickers");
      feed.begin(from);
      const to = log.length;
      for (let seq = from; seq <= to; seq++) {
        feed.take(frame(seq));
        if (random() < 0.1) return; // the line is cut in the middle
        if (random() < 0.2 && flying.length) feed.take(flying.pop());
      }
      feed.end(to);
    };
    for (let step = 0; step < 60; step++) {
      const dice = random();
      if (dice < 0.5) {
        log.push(log.length + 1);
        if (random() < 0.7) flying.push(frame(log.length));
        if (random() < 0.2) flying.push(frame(log.length));
      } else if (dice < 0.9 && flying.length) feed.take(flying.splice(Math.floor(random() * flying.length), 1)[0]);
      else if (feed.gap || random() < 0.3) replay();
      else if (feed.first > 1 && random() < 0.5) {
        const end = feed.first - 1;
        const start = Math.max(1, end - 3);
        const entries = Array.from({ length: end - start + 1 }, (_, i) => frame(start + i));
        feed.past({ before_seq: random() < 0.2 ? end : feed.first, entries }); // now and then to an old question
      }
      const seqs = feed.shown.map(({ seq }) => seq);
      if (seqs.some((seq, i) => i && seq <= seqs[i - 1])) fail(seed, "doubled or out of order", seqs);
    }
    for (let tries = 0; feed.last < log.length || feed.gap || feed.shown !== feed.entries; tries++) {
      if (tries > 200) fail(seed, "never whole", feed.last, log.length);
      replay();
    }
    const want = log.slice(feed.first - 1);
    const seqs = feed.shown.map(({ seq }) => seq);
    if (JSON.stringify(seqs) !== JSON.stringify(want)) fail(seed, "not the log", seqs, want);
  }
  return a[0];
"""

OUTBOX = """
  for (let seed = 1; seed <= a[0]; seed++) {
    const random = chance(seed);
    const kept = new Map(); // what all tabs share
    const log = []; // the server's: a known client id is no second entry
    const keep = {
      all: () => [...kept.values()].map((text) => JSON.parse(text)),
      put: (item) => kept.set(item.client_id, JSON.stringify(item)),
      drop: (id) => kept.delete(id),
    };
    const written = [];
    const tabs = [];
    const open = () => {
      const tab = { up: false, acks: [], number: tabs.length };
      tab.outbox = new m.Outbox({
        keep,
        changed: () => {},
        stalled: () => {},
        send: (item) => {
          if (!tab.up) return false;
          if (random() < 0.15) return true; // lost on the way
          if (!log.some(({ client_id }) => client_id === item.client_id)) log.push(item);
          if (random() < 0.7) tab.acks.push(item.client_id); // else the ack is lost
          return true;
        },
      });
      return tab;
    };
    tabs.push(open(), open());
    const cut = (tab) => { tab.up = false; tab.acks = []; tab.outbox.lost(); };
    const mend = (tab) => { tab.up = true; tab.outbox.resume(); };
    for (let step = 0; step < 80; step++) {
      const at = Math.floor(random() * tabs.length);
      const tab = tabs[at];
      const dice = random();
      if (dice < 0.3) {
        const text = `${seed}.${step}`;
        written.push({ text, id: tab.outbox.add("say", { text }).client_id });
      } else if (dice < 0.5) (tab.up ? cut : mend)(tab);
      else if (dice < 0.8 && tab.acks.length) tab.outbox.acked(tab.acks.shift());
      else if (dice < 0.85) tabs[at] = open(); // closed or crashed, and opened again
      const ids = tab.outbox.items.map(({ client_id }) => client_id);
      if (new Set(ids).size !== ids.length) fail(seed, "shown twice", ids);
    }
    for (let tries = 0; kept.size || tabs.some(({ outbox }) => outbox.items.length); tries++) {
      if (tries > 300) fail(seed, "never sent", [...kept.values()]);
      for (const tab of tabs) {
        cut(tab);
        mend(tab);
        for (const { client_id } of log) if (random() < 0.8) tab.outbox.acked(client_id); // its entry is seen
      }
    }
    for (const { text, id } of written) {
      const found = log.filter(({ client_id, data }) => client_id === id && data.text === text);
      if (found.length !== 1) fail(seed, "lost or doubled", text);
    }
  }
  return a[0];
"""

SOCKETS = """
  window.sockets = [];
  window.WebSocket = class {
    readyState = 0;
    sent = [];
    constructor() { window.sockets.push(this); }
    send(text) { this.sent.push(JSON.parse(text)); }
    close() { this.readyState = 3; }
    open() { this.readyState = 1; this.onopen(); }
    hear(value) { this.onmessage({ data: JSON.stringify(value) }); }
    end(code) { this.readyState = 3; this.onclose({ code }); }
  };
  window.frames_ = [];
  const onFrame = (frame) => { window.frames_.push(frame.type); window.also?.(frame); };
  window.link = new m.Link({ url: "ws://x", hello: () => ({}), onFrame });
  window.welcome = { type: "welcome", data: {} };
  window.link.start();
  window.sockets[0].open();
  window.sockets[0].hear(window.welcome);
  return window.link.status;
"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with staged(logged_in=False) as stage, watched(browser) as opened:
        opened.clock.install()
        opened.goto(f"{stage.url}/login?rules")
        yield opened


def rules(page: Page, module: str, body: str, *values: Any) -> Any:
    """What the body returns, in which `m` is the module and `a` the arguments."""
    script = f"async (a) => {{ const m = await import('/assets/test/shared/{module}.js'); {CHANCE} {body} }}"
    return page.evaluate(script, list(values))


def test_a_feed_shows_the_log_once_and_in_order_whatever_comes_late_doubled_or_not_at_all(page: Page) -> None:
    assert rules(page, "feed", FEED, 400) == 400


def test_an_outbox_of_two_tabs_sends_everything_once_whatever_is_lost_or_closed(page: Page) -> None:
    """chatwoot#15743, #6446: a repeat is the same message."""
    assert rules(page, "outbox", OUTBOX, 300) == 300


def test_several_frames_in_one_message_are_taken_in_order(page: Page) -> None:
    assert rules(page, "link", SOCKETS) == "online"
    page.evaluate("sockets[0].hear([{ type: 'entry', data: {} }, { type: 'ack', data: {} }, { type: 'pong' }])")
    assert page.evaluate("frames_") == ["welcome", "entry", "ack"]
    page.evaluate("void (window.also = ({ type }) => type === 'entry' && link.restart())")
    page.evaluate("sockets[0].hear([{ type: 'entry', data: {} }, { type: 'ack', data: {} }])")
    assert page.evaluate("frames_") == ["welcome", "entry", "ack", "entry"]  # the rest was the old line's
    assert page.evaluate("sockets.length") == 2


@pytest.mark.parametrize(
    ("code", "before", "least", "most"),
    [(1006, "", 0, 1_000), (1012, "", 0, 5_000), (1013, "", 2_000, 3_000), (1013, "told", 7_000, 8_000)],
)
def test_how_long_it_waits_depends_on_how_it_ended(page: Page, code: int, before: str, least: int, most: int) -> None:
    rules(page, "link", SOCKETS)
    if before:
        page.evaluate("sockets[0].hear({ type: 'error', data: { code: 'unavailable', retry_after: 7 } })")
    waits = page.evaluate(
        """([code, before]) => Array.from({ length: 200 }, () => {
          const socket = sockets.at(-1);
          const clock = performance.now;
          const now = performance.now();
          performance.now = () => now; // what passes between the end and the reading is none of the wait
          socket.end(code);
          const wait = link.retryAt - now;
          performance.now = clock;
          link.wake();
          sockets.at(-1).open();
          sockets.at(-1).hear(welcome);
          if (before) sockets.at(-1).hear({ type: 'error', data: { code: 'unavailable', retry_after: 7 } });
          return wait;
        })""",
        [code, before],
    )
    assert all(least <= wait <= most for wait in waits)
    assert max(waits) - min(waits) > (most - least) / 2  # full jitter: they do not come back together


def test_tries_that_fail_are_further_apart_up_to_half_a_minute(page: Page) -> None:
    rules(page, "link", SOCKETS)
    waits = page.evaluate(
        """Array.from({ length: 300 }, () => {
          sockets.at(-1).end(1006);
          const wait = link.retryAt - performance.now();
          link.wake();
          return wait;
        })"""
    )
    assert 20_000 < max(waits) <= 30_000
    assert max(waits[:1]) <= 1_000


def test_a_page_put_aside_gives_its_line_up_and_takes_a_new_one(page: Page) -> None:
    rules(page, "link", SOCKETS)
    page.evaluate("link.rest()")
    page.clock.run_for(120_000)
    assert page.evaluate("[sockets.length, sockets[0].readyState, link.status]") == [1, 3, "waiting"]
    page.evaluate("link.wake()")
    assert page.evaluate("[sockets.length, link.status]") == [2, "connecting"]


@pytest.mark.parametrize(("hours", "lines"), [(0, 1), (8, 2), (-1, 2)])
def test_after_a_sleep_or_a_clock_that_was_set_the_line_is_a_new_one(page: Page, hours: int, lines: int) -> None:
    """Timers and performance.now() may stand still while a machine sleeps; the wall clock does not."""
    rules(page, "link", SOCKETS)
    page.evaluate("(hours) => { const now = Date.now; Date.now = () => now() + hours * 3600e3; link.wake(); }", hours)
    assert page.evaluate("sockets.length") == lines
    assert page.evaluate("sockets[0].sent.at(-1).type") == ("ping" if lines == 1 else "hello")


def test_a_line_without_a_word_after_a_ping_is_left_in_ten_seconds(page: Page) -> None:
    """rocketchat#36023."""
    rules(page, "link", SOCKETS)
    page.clock.run_for(20_100)
    assert page.evaluate("sockets[0].sent.at(-1).type") == "ping"
    page.clock.run_for(10_100)
    assert page.evaluate("sockets.length") == 2
