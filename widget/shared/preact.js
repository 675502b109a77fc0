/**
 * Preact, its hooks, its signals and htm as one module.
 *
 * The ES builds on npm import each other by bare names, which a browser resolves only with an inline import map, and our
 * CSP allows nothing inline. So the page loads npm's classic builds, unchanged, with <script defer> before its own module:
 *
 *     <script defer src="__ASSETS__/vendor/preact.umd.js"></script>
 *     <script defer src="__ASSETS__/vendor/hooks.umd.js"></script>
 *     <script defer src="__ASSETS__/vendor/signals-core.min.js"></script>
 *     <script defer src="__ASSETS__/vendor/signals.min.js"></script>
 *
 * Deferred scripts and modules run in document order, so the globals are there when this file runs.
 */
import htm from "../vendor/htm.module.js";

const loaded = /** @type {any} */ (globalThis);
if (!loaded.preactSignals) throw new Error("The vendor scripts must come before the module, in the order of shared/preact.js.");

export const { h, render, Fragment, createContext } = loaded.preact;
export const { useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useContext, useId } = loaded.preactHooks;
export const { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } = loaded.preactSignals;
export const html = htm.bind(h);
