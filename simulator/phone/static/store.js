// The data from the server so far, and the listeners for its changes.

export const store = {
  entries: new Map(),
  calls: [],
  authorizations: [],
  status: null,
  faults: [],
  tables: { there: false },
  openid: "", // the user who holds the phone
  unread: new Map(),
};

const listeners = new Map();

export function on(topic, listener) {
  listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
}

export function tell(topic, news) {
  for (const listener of listeners.get(topic) ?? []) listener(news);
}

export const person = (openid = store.openid) =>
  store.status?.people.find((each) => each.openid === openid) ?? {
    openid,
    name: openid.slice(-8),
    follows: true,
  };

export function hold(openid) {
  store.openid = openid;
  store.unread.delete(openid);
  sessionStorage.setItem("openid", openid);
  tell("person");
}
