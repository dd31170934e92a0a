// Entry: sets up every part on the page and on each fragment that htmx brings. Nothing here is needed for a page to work.
import { setup as autosave } from "./autosave.js";
import { setup as choices } from "./choices.js";
import { setup as clock } from "./clock.js";
import { setup as combobox } from "./combobox.js";
import { setup as dialogs } from "./dialogs.js";
import { setup as forms } from "./forms.js";
import { setup as grid } from "./grid.js";
import { setup as menus } from "./menus.js";
import { setup as passwords } from "./passwords.js";
import { setup as print } from "./print.js";
import { setup as reviewKeys } from "./review-keys.js";
import { setup as upload } from "./upload.js";
import { setup as viewer } from "./viewer.js";

// Dialogs come before forms: a form that waits for a confirmation is not being sent yet.
const parts = [menus, clock, dialogs, combobox, upload, viewer, grid, choices, autosave, forms, passwords, print, reviewKeys];
const start = (root) => parts.forEach((setup) => setup(root));

start(document);
document.addEventListener("htmx:load", (event) => start(event.target));
