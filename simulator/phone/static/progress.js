// How far the answer to an entry is: in words, and as a colour. Only what has arrived is green.

import { took, words } from "./i18n.js";

const TONES = {
  answered: "good",
  sent: "good",
  signed_in: "good",
  delivering: "waits",
  working: "waits",
  consent: "waits",
  held: "waits",
  retrying: "failed",
  dropped: "failed",
  dead: "failed",
  fault: "failed",
  unrouted: "failed",
  failed: "failed",
};

const OPEN = ["delivering", "working", "retrying"];

export const toneOf = ({ state, outcome }) => TONES[state ?? outcome] ?? "";

export const stateOf = ({ state, held }) => words("states", state).replace("{n}", held || "");

// The time until the last part of the answer.
export function tookOf({ state, milliseconds }) {
  if (milliseconds !== null) return took(milliseconds);
  return OPEN.includes(state) ? "…" : "";
}
