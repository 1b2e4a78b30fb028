// What can be done with an item of the state: shown in the wire, sent again, cleared, forgotten.

import { button, byId } from "./dom.js";
import { ask } from "./dialogs.js";
import { post } from "./server.js";
import { t, words } from "./i18n.js";
import { person, store } from "./store.js";
import { select } from "./selection.js";

const SESSION = "session#";
const LINE = "waiting#";

// The user whose session or line the item is, or "".
export const ownerOf = ({ id }) => (/^(session|waiting|outbox)#(.+)$/.exec(id) ?? [])[2] ?? "";

export const onRecord = (record) => [follow(record.id.replace("push#", ""))];

export const onJob = ({ identity }) => [follow(identity)];

export const onDeadLetter = ({ identity }) => [
  identity ? resend(identity) : null,
  follow(identity),
];

export const onProfile = ({ openid, created }) =>
  created ? [asks("forget", openid)] : [];

export function onOther(item) {
  const openid = ownerOf(item);
  const talks = item.id.startsWith(SESSION) && (item.data !== "{}" || item.state);
  const waits = item.id.startsWith(LINE) && item.parts !== "[]";
  return [
    talks ? asks("clear", openid) : null,
    waits ? asks("empty", openid) : null,
  ];
}

// The numbers of the pushes that the wire shows, by their identity.
export const inWire = () =>
  Object.fromEntries(
    [...store.entries.values()]
      .filter((each) => each.identity)
      .map((each) => [each.identity, each.number]),
  );

// Leads to the push of that identity, if it is known here.
function follow(identity) {
  const number = inWire()[identity];
  if (number === undefined) return null;
  const show = () => {
    select(number, { show: true });
    byId("details").focus();
  };
  return drawAct("inWire", identity, short(identity), show);
}

const resend = (identity) => drawAct("resend", identity, short(identity), () => change("resend", identity));

// Asks first, because it takes something from a user.
function asks(name, openid) {
  const who = person(openid).name;
  const title = t("actOn", { act: words("acts", name), name: who });
  const doIt = async () => {
    const agreed = await ask(title, [], words("acts", name), words("actsTold", name));
    if (agreed) await change(name, openid);
  };
  return drawAct(name, openid, who, doIt);
}

const change = (name, of) => post("stored", { act: name, of });

function drawAct(name, of, whose, doIt) {
  const act = words("acts", name);
  const label = t("actOn", { act, name: whose });
  return button(label, doIt, { class: "small", id: `${name}-${of}` }, act);
}

const short = (identity) => identity.slice(0, 10);
