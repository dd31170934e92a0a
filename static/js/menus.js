// Scheme toggle; menus close on Escape and on a click elsewhere.
import { each } from "./dom.js";

const root = document.documentElement;
const NAMES = { auto: "跟随系统", light: "浅色", dark: "深色" };

function chosenScheme() {
  return root.dataset.theme ?? "auto";
}

function choose(scheme) {
  if (scheme === "auto") delete root.dataset.theme;
  else root.dataset.theme = scheme;
  try {
    localStorage.setItem("theme", scheme);
  } catch {
    // Not remembered then; the page still changes.
  }
}

function toggle(button) {
  const name = () => {
    const label = `显示方式：${NAMES[chosenScheme()]}，点击切换`;
    button.setAttribute("aria-label", label);
    button.title = label;
  };
  name();
  button.addEventListener("click", () => {
    const order = ["auto", "light", "dark"];
    choose(order[(order.indexOf(chosenScheme()) + 1) % 3]);
    name();
  });
}

function menu(details) {
  document.addEventListener("click", (event) => {
    if (details.open && !details.contains(event.target)) details.open = false;
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
  });
}

export function setup(scope) {
  each(scope, "[data-theme-toggle]", toggle);
  each(scope, "details.menu", menu);
}
