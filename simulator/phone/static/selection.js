// Which entry the wire shows: always the newest, until somebody chooses one.

import { on, store, tell } from "./store.js";
import { show } from "./views.js";

let number = null;
let follows = true;
let newestSeen = -1; // a change of an older entry does not change the selection

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
  if (!newest || newest.number <= newestSeen) return;
  newestSeen = newest.number;
  if (follows || newest.openid === store.openid) select(newest.number, { following: true });
});
on("cleared", () => {
  newestSeen = -1;
  select(null, { following: true });
});
