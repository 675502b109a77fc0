/** Right or wrong: what is said of the open chat's answers, and the verbs that say it, by button or by key. */
import { get } from "../shared/api.js";
import { computed, signal, useEffect } from "../shared/preact.js";
import { announce } from "../shared/staff/parts.js";
import { account, may } from "../shared/staff/session.js";
import { t } from "../shared/staff/strings.js";
import { judge } from "./desk.js";
import { entries, openId, unsent } from "./state.js";
import { isAnswer, verdictsOf } from "./verdicts.js";

/** What the log shows by itself; the server looks for it. @type {import("../shared/preact.js").Signal<{ chat: string, found: import("./verdicts.js").Verdict[] }>} */
const signs = signal({ chat: "", found: [] });

export const verdicts = computed(() => {
  const id = openId.value;
  const own = unsent.value.filter((item) => item.type === "judge" && item.conversation === id);
  return verdictsOf(entries.value || [], own, signs.value.chat === id ? signs.value.found : [], account.value?.id || "");
});

/** The number of the answer that the keys are for when none has the focus: the last one, 0 where there is none. */
export const lastAnswer = computed(() => [...(entries.value || [])].reverse().find(({ data }) => isAnswer(data))?.seq || 0);

/** Asks for the signs of a chat that has answers. @param {string} chat */
export function useSigns(chat) {
  const last = lastAnswer.value;
  useEffect(() => {
    if (!last) return;
    get(`/api/v1/conversations/${encodeURIComponent(chat)}/labels`, { quiet: true }).then(
      ({ items }) => {
        const found = items.filter((/** @type {any} */ { source }) => source === "handoff" || source === "repeat");
        signs.value = { chat, found: found.map((/** @type {any} */ { seq, source, right }) => ({ seq, source, right, name: "", mine: false, why: "" })) };
      },
      () => {}, // what people say of it stands in the log all the same
    );
  }, [chat, last]);
}

/** Says it, and aloud; a word that stands already is not said twice. @param {number} seq @param {boolean} right @param {string} [why] */
export function say(seq, right, why = "") {
  const mine = verdicts.value.get(seq)?.find((each) => each.mine);
  if (!mine || mine.right !== right || (why && mine.why !== why)) judge(openId.value, seq, right, why);
  announce(t(right ? "verdict.said.right" : "verdict.said.wrong"));
}

/** By key: the answer that has the focus, else the last one. @param {boolean} right @returns {boolean} whether there was one */
export function sayByKey(right) {
  const at = /** @type {HTMLElement | null | undefined} */ (document.activeElement?.closest("[data-answer]"));
  const seq = Number(at?.dataset.answer) || lastAnswer.value;
  if (!seq || !may("agent")) return false;
  say(seq, right);
  document.querySelector(`[data-answer="${seq}"] .verdict`)?.scrollIntoView({ block: "nearest" });
  return true;
}
