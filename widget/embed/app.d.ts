import type { Site, State } from "../shared/wire.d.ts";

/** What `boot` and `update` take, and the data attributes of the script element. */
export interface Options {
  site: string;
  language?: string;
  theme?: "light" | "dark" | "auto";
  brand?: string;
  hideLauncher?: boolean | string;
}

/** Answer of GET /api/v1/sites/{key}. */
export interface SiteConfig extends Site {
  suggestions?: Record<string, string[]>;
}

/** What the parts of the widget know of the whole. */
export interface App {
  readonly origin: string;
  readonly options: Options;
  readonly config: SiteConfig;
  readonly host: HTMLElement;
  readonly root: ShadowRoot;
  readonly language: string;
  readonly visible: boolean;
  readonly labels: { hide: string };
  close(): void;
  /** Fires svardesk:<name> on the window of the page. */
  emit(name: string, detail?: unknown): void;
  readonly launcher: { readonly node: HTMLElement };
  open(draft?: string): void;
  /** The count on the launcher. */
  unread(count: number): void;
  /** What the conversation is in, as far as it is known. */
  follow(language?: string): void;
}

export type Strings = typeof import("./strings/en.js").default;
export type Word = keyof Strings;

declare global {
  interface Window {
    svardesk?: { (...command: any[]): unknown; q?: any[]; live?: boolean };
    trustedTypes?: { createPolicy(name: string, rules: { createHTML(html: string): string }): { createHTML(html: string): string } };
  }
}
export type { Site, State };
