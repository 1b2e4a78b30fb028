// Which steps and folds are open, so that a redraw leaves them as somebody has put them.

const opened = new Map(); // whether they are, by entry and step, or by what a fold is called

export const isOpen = (key, first = false) => opened.get(key) ?? first;

// Notes how they are before a redraw. No event tells in time, because those come later.
export function remember(place) {
  for (const each of place.querySelectorAll("details")) opened.set(keyOf(each), each.open);
}

// Opens the folds inside the steps again. The steps open themselves.
export function reopen(place) {
  for (const each of place.querySelectorAll("details:not([data-step])"))
    each.open = isOpen(keyOf(each));
}

function keyOf(details) {
  if (details.dataset.step) return details.dataset.step;
  const step = details.closest("[data-step]").dataset.step;
  return `${step} ${details.firstElementChild.textContent}`;
}
