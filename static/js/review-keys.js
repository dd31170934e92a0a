// Single keys for staff: an element with data-key answers to it; "?" lists them and can switch them off.
import { each, element } from "./dom.js";

const STORE = "keys-off";
let listening = false;

const isOff = () => {
  try {
    return localStorage.getItem(STORE) === "1";
  } catch {
    return false;
  }
};

const keyed = () => [...document.querySelectorAll("[data-key]")].filter((control) => !control.disabled && control.getClientRects().length);

function help() {
  document.getElementById("key-help")?.remove();
  const list = element("dl", { class: "key-list" });
  for (const control of keyed()) list.append(element("dt", {}, element("kbd", {}, control.dataset.key)), element("dd", {}, control.dataset.keyLabel ?? control.textContent.trim()));
  const off = element("input", { type: "checkbox", id: "keys-off" });
  off.checked = isOff();
  off.addEventListener("change", () => localStorage.setItem(STORE, off.checked ? "1" : "0"));
  const close = element("button", { type: "button", class: "button" }, "关闭");
  const box = element(
    "dialog",
    { class: "dialog", id: "key-help", "aria-labelledby": "key-help-title" },
    element("h2", { id: "key-help-title" }, "键盘快捷键"),
    list,
    element("p", { class: "check-row" }, off, element("label", { for: "keys-off" }, "关闭单键快捷键")),
    element("div", { class: "buttons dialog-buttons" }, close),
  );
  close.addEventListener("click", () => box.close());
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.target.closest("input, select, textarea, [contenteditable]") || document.querySelector("dialog[open]")) return;
  if (!document.querySelector("[data-key]")) return;
  if (event.key === "?" || event.key === "？") return void help();
  if (isOff()) return;
  const control = keyed().find((one) => one.dataset.key.toLowerCase() === event.key.toLowerCase());
  if (!control) return;
  event.preventDefault();
  if (control.matches("input, select, textarea")) control.focus();
  else control.click();
}

function hint(control) {
  control.setAttribute("aria-keyshortcuts", control.dataset.key);
  if (control.matches("a, button") && !control.querySelector("kbd")) control.append(element("kbd", { "aria-hidden": "true", class: "no-print" }, control.dataset.key));
}

export function setup(scope) {
  each(scope, "[data-key]", hint);
  each(scope, "[data-key-help]", (button) => button.addEventListener("click", help));
  if (listening) return;
  listening = true;
  document.addEventListener("keydown", pressed);
}
