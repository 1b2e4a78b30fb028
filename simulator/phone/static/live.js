// Takes the server's news as they happen. The browser reconnects by itself.

import { hold, store, tell } from "./store.js";
import { complain, reached } from "./server.js";
import { slices } from "./slices.js";

let session = "";

export function follow() {
  const source = new EventSource("events");
  const take = (topic, keep) =>
    source.addEventListener(topic, (event) => keep(JSON.parse(event.data)));
  source.addEventListener("hello", (event) => greet(event.data));
  source.addEventListener("error", () => complain("outOfReach"));
  take("status", (status) => {
    store.status = status;
    const there = status.people.some((each) => each.openid === store.openid);
    if (!there) hold(remembered(status));
    tell("status");
  });
  take("faults", (faults) => {
    store.faults = faults;
    tell("faults");
  });
  take("tables", (tables) => {
    store.tables = tables;
    tell("tables");
  });
  take("calls", (calls) => {
    store.calls = [...store.calls, ...calls].slice(-200);
    tell("calls");
  });
  take("web-authorizations", (authorizations) => {
    store.authorizations = authorizations;
    tell("authorizations");
  });
  take("entries", takeEntries);
}

function greet(now) {
  reached(); // no other complaint ends because the page is connected
  if (session !== now) {
    store.entries.clear(); // the simulator was restarted
    coming.clear();
    tell("cleared");
  }
  store.calls = [];
  session = now;
}

const coming = slices(takeSome);

// The first of all are no news.
function takeEntries(entries) {
  const areNews = store.entries.size > 0;
  coming.add(entries.map((entry) => ({ entry, isNews: areNews })));
}

function takeSome(some) {
  for (const { entry, isNews } of some) {
    const isNew = !store.entries.has(entry.number);
    store.entries.set(entry.number, entry);
    if (isNew && isNews && entry.late && entry.openid !== store.openid) {
      store.unread.set(entry.openid, (store.unread.get(entry.openid) ?? 0) + 1);
    }
  }
  tell(
    "entries",
    some.map(({ entry }) => entry),
  );
}

function remembered(status) {
  const openid = sessionStorage.getItem("openid");
  const there = status.people.some((each) => each.openid === openid);
  return there ? openid : status.people[0].openid;
}
