// The words for what can be done with stored data.

export const acts = {
  actOn: "{act}: {name}",
  acts: {
    inWire: "Show in wire",
    resend: "Send again",
    clear: "Clear session",
    empty: "Empty line",
    forget: "Forget",
  },
  actsTold: {
    clear: "The user's conversation begins from the start: their session is empty and has no state.",
    empty: "What waits to be sent to this user is dropped.",
    forget:
      "Deletes the profile, the session and what waits to be sent, and signs the user out, as python -m ops user forget does.",
  },

  // What is stored
  itemKinds: {
    session: "Session",
    waiting: "Messages that wait",
    outbox: "Messages that wait (format before an upgrade)",
    expected: "A long answer (noted for an hour)",
    limit: "Daily limit",
    oauth: "A sign-in",
    ticket: "Binding link",
  },
  nothingWaits: "nothing waits",
  inState: "state {state}",
  usedTimes: "{route}: {n} used on {day}",
  signIns: { begun: "under way", ended: "ended" },
  tickets: { opened: "opened, not confirmed", used: "confirmed" },
  bindingOf: "bound to {user}, a user of your site",
  routeByState: "as the user's state decides",
};
