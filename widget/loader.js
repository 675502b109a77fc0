// Svardesk: the command queue, then the widget itself. See docs/embedding.md.
(() => {
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript ?? document.querySelector('script[src*="/widget.js"]'));
  /** @type {NonNullable<Window["svardesk"]>} */
  const call = (window.svardesk ??= (...command) => (call.q ??= []).push(command));
  if (!script) return;
  if (script.dataset.site) call("boot", { ...script.dataset });
  import(new URL("__EMBED__", script.src).href)
    .then((embed) => embed.start(new URL(script.src).origin))
    .catch((error) => dispatchEvent(new CustomEvent("svardesk:error", { detail: { code: "load", message: String(error) } })));
})();
