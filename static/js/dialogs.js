// Modal dialogs: [data-dialog] opens one; a form with data-confirm waits for its dialog's confirm button.
import { each } from "./dom.js";

const waiting = new WeakMap();

function opener(control) {
  control.addEventListener("click", (event) => {
    const dialog = document.getElementById(control.dataset.dialog);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
  });
}

function confirmed(form) {
  form.addEventListener("submit", (event) => {
    const dialog = document.getElementById(form.dataset.confirm);
    if (!dialog || form.dataset.confirmed) {
      delete form.dataset.confirmed;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.set(dialog, { form, submitter: event.submitter });
    dialog.showModal();
  });
}

function dialog(box) {
  box.addEventListener("click", (event) => {
    if (event.target === box || event.target.closest("[data-dialog-close]")) box.close();
    if (!event.target.closest("[data-dialog-confirm]")) return;
    const { form, submitter } = waiting.get(box) ?? {};
    box.close();
    if (!form) return;
    form.dataset.confirmed = "1";
    form.requestSubmit(submitter?.form === form ? submitter : null);
  });
}

export function setup(scope) {
  each(scope, "[data-dialog]", opener);
  each(scope, "form[data-confirm]", confirmed);
  each(scope, "dialog.dialog", dialog);
}
