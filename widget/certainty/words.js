/** Numbers and entries of this page in words. */
import { number, t } from "../shared/staff/strings.js";

/** 2 %, 1.5 %. @param {number} share */
export const percent = (share) => number(share, { style: "percent", maximumFractionDigits: 1 });

/** A target, as it was set: 0.25 %. @param {number} share */
export const exactly = (share) => number(share, { style: "percent", maximumFractionDigits: 4 });

/** What the server's bounds are, in knowledge_base/bounds.py. */
export const sure = () => percent(0.95);

/** @param {number} labels @param {number} wrong */
export const labelsText = (labels, wrong) => (labels ? t("c.labels.of", { n: number(labels), wrong: number(wrong) }) : t("c.labels.none"));

/** @param {import("./reading.js").Label} label */
export function whoSaid({ source, name, right }) {
  if (source === "handoff" || source === "repeat") return t(`c.by.${source}`);
  return t(`c.by.${source}.${right ? "right" : "wrong"}`, { name });
}

/** @param {string} id */
export const chatAddress = (id) => `/console#/chat/${encodeURIComponent(id)}`;
