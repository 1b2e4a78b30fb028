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
  itemKinds: { session: "session", waiting: "line", outbox: "outbox" },
};
