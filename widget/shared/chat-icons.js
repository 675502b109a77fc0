// Icons from Lucide (ISC licence, https://lucide.dev; see icons.LICENSE.txt), 24 x 24, drawn with stroke: currentColor.
// Those that the widget needs, each as the one path that draws it: circles are two arcs, so that no HTML is needed. Tenths are enough at 24 pixels.
/** @type {Record<string, string>} */
export const chatIcons = {
  check: "M20 6 9 17l-5-5",
  checks: "M18 6 7 17l-5-5M22 10l-7.5 7.5L13 16",
  clock: "M2 12a10 10 0 1 0 20 0 10 10 0 1 0-20 0M12 6v6l4 2",
  close: "M18 6 6 18M6 6l12 12",
  doc: "M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.7.7l3.6 3.6A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2zM14 2v5a1 1 0 0 0 1 1h5M10 9H8M16 13H8M16 17H8",
  external: "M7 7h10v10M7 17 17 7",
  f1: "M15 12v-1.6M17 10a5 5 0 00-3 1M7 10a5 5 0 013 1M9 12v-1.6M9 17a5 5 0 016 0M2 12a10 10 0 1 0 20 0 10 10 0 1 0-20 0",
  f2: "M15 10V9M9 10V9M9 16a5 5 0 016 0M2 12a10 10 0 1 0 20 0 10 10 0 1 0-20 0",
  f3: "M15 10V9M8 16h8M9 10V9M2 12a10 10 0 1 0 20 0 10 10 0 1 0-20 0",
  f4: "M15 10V9M16.5 15a6 6 0 01-9 0M9 10V9M2 12a10 10 0 1 0 20 0 10 10 0 1 0-20 0",
  f5: "M15 10V9M7.1 14.3a5.1 5.1 0 009.8 0 .24.24 0 00-.2-.3H7.3a.24.24 0 00-.2.3M9 10V9M2 12a10 10 0 1 0 20 0 10 10 0 1 0-20 0",
  mail: "M22 7l-9 5.7a2 2 0 0 1-2 0L2 7M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z",
  more: "M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M4 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0",
  off: "M12 20h.01M8.5 16.4a5 5 0 0 1 7 0M5 12.9a10 10 0 0 1 5.2-2.7M19 12.9a10 10 0 0 0-2-1.6M2 8.8a15 15 0 0 1 4.2-2.6M22 8.8a15 15 0 0 0-11.3-3.7M2 2l20 20",
  person: "M7 8a5 5 0 1 0 10 0 5 5 0 1 0-10 0M20 21a8 8 0 0 0-16 0",
  plus: "M5 12h14M12 5v14",
  right: "M9 18l6-6-6-6",
  send: "M5 12l7-7 7 7M12 19V5",
  spark: "M11 2.8a1 1 0 0 1 2 0l1 5.6a2 2 0 0 0 1.6 1.6l5.6 1a1 1 0 0 1 0 2l-5.6 1a2 2 0 0 0-1.6 1.6l-1 5.6a1 1 0 0 1-2 0l-1-5.6a2 2 0 0 0-1.6-1.6l-5.6-1a1 1 0 0 1 0-2l5.6-1a2 2 0 0 0 1.6-1.6zM20 2v4M22 4h-4M2 20a2 2 0 1 0 4 0 2 2 0 1 0-4 0",
  warn: "M21.7 18l-8-14a2 2 0 0 0-3.4 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.7-3M12 9v4M12 17h.01",
};
