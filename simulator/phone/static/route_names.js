// The name of a route in words: the backend has routes of its own, which no handler names.

import { t } from "./i18n.js";

const CONTINUE = ":continue:";
const EFFECTS = ":effects";
const OWN_MESSAGE = ":message";

// The account's own route, without what the backend does before it.
export const ownRoute = (name) => name.replace(CONTINUE, "");

export function routeName(name) {
  if (name === OWN_MESSAGE) return t("ownMessage");
  if (name === EFFECTS) return t("routeOfEffects");
  if (name === CONTINUE) return t("routeOfContinue");
  return name.startsWith(CONTINUE) ? t("routeAfterContinue", { route: ownRoute(name) }) : name;
}
