// Focus on the error summary, links that focus their field, no double sending, tidy numbers while typing.
import { each, halfWidth } from "./dom.js";

function summary(box) {
  box.focus();
  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const field = target.matches("input, select, textarea") ? target : target.querySelector("input:not([disabled]), select, textarea, button");
    (target.closest(".field") ?? target).scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
  });
}

const RELEASE_AFTER = 10_000;

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) return void event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    // A download or a lost connection leaves the page standing: let people try again.
    setTimeout(() => release(form), RELEASE_AFTER);
  });
  window.addEventListener("pageshow", () => release(form));
}

function tidy(input) {
  const clean = () => {
    const upper = "upper" in input.dataset;
    const text = halfWidth(input.value);
    const shown = upper ? text.replace(/\s/g, "").toUpperCase() : text;
    if (shown !== input.value) input.value = shown;
  };
  input.addEventListener("compositionend", clean);
  input.addEventListener("change", clean);
  input.addEventListener("input", (event) => {
    if (!event.isComposing) clean();
  });
}

export function setup(scope) {
  each(scope, "[data-error-summary]", summary);
  each(scope, "form[method=post]:not([hx-post])", sendOnce);
  each(scope, "input[data-upper], input[inputmode=numeric], input[inputmode=decimal]:not(.grid input)", tidy);
}
