// Which entry the wire shows. What happens now is followed, until somebody chooses.

import { on, store, tell } from "./store.js";
import { show } from "./views.js";

let number = null;
let follows = true;

export const selected = () => number;

export function select(next, { show: shows = false, following = false } = {}) {
  number = next;
  follows = following;
  tell("selected", number);
  if (!shows) return;
  tell("opened");
  show("wire");
}

on("entries", (entries) => {
  const newest = entries.filter((each) => each.done).at(-1);
  const isNew = newest && newest.number > (number ?? -1) && newest.number === lastTurn();
  if (isNew && (follows || newest.openid === store.openid))
    select(newest.number, { following: true });
});
on("cleared", () => select(null, { following: true }));

const lastTurn = () =>
  Math.max(...[...store.entries.values()].filter((each) => each.done).map((each) => each.number));
