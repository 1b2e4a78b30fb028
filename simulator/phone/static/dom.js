// Elements are built and never parsed, so text of a user always stays text.

export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(made, name, value);
  made.append(...children.flat().filter((each) => each !== null && each !== undefined));
  return made;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = value;
  else if (name in element && name !== "list") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

const ICONS = new URL("icons.svg", import.meta.url);

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function button(label, onclick, props = {}, ...children) {
  const inside = children.length ? children : [label];
  const named = children.length ? { "aria-label": label, title: label } : {};
  return el("button", { type: "button", onclick, ...named, ...props }, ...inside);
}

export const byId = (id) => document.getElementById(id);

const drawn = new WeakMap();

// Redraws only if the key has changed, so that focus and scroll position survive.
export function redraw(container, key, draw) {
  const text = JSON.stringify(key);
  if (drawn.get(container) === text) return;
  drawn.set(container, text);
  const focused = container.contains(document.activeElement) ? document.activeElement.id : "";
  container.replaceChildren(...[draw()].flat());
  if (focused) byId(focused)?.focus();
}
