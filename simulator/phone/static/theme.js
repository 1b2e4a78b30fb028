// Light, dark, or as the system; remembered in this browser.

import { tell } from "./store.js";

const ORDER = ["auto", "light", "dark"];

let theme = ORDER.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto";
document.documentElement.dataset.theme = theme;

export const chosenTheme = () => theme;

export function nextTheme() {
  theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
  localStorage.setItem("theme", theme);
  document.documentElement.dataset.theme = theme;
  tell("theme");
}
