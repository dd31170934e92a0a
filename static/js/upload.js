// File fields: drag and drop, name, size and picture of what was picked. The server alone decides whether it is acceptable.
import { each, formatSize, say } from "./dom.js";

async function picture(place, file) {
  // Drawn on a canvas, so that no address outside the content security policy is needed.
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, 400 / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "所选图片的预览");
  place.replaceChildren(canvas);
  return `${bitmap.width}×${bitmap.height} 像素`;
}

function drop(area) {
  const input = area.querySelector("input[type=file]");
  const info = area.querySelector("[data-drop-info]");
  const preview = area.querySelector("[data-drop-preview]");

  async function show() {
    const file = input.files[0];
    if (!file) return say(info, "");
    const facts = [file.name, formatSize(file.size)];
    if (file.type.startsWith("image/")) {
      try {
        facts.push(await picture(preview, file));
      } catch {
        facts.push("这个文件不能作为图片打开");
      }
    }
    say(info, `${facts.join("，")}，尚未上传`);
  }

  area.querySelector("[data-drop-pick]")?.addEventListener("click", () => input.click());
  input.addEventListener("change", show);
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.classList.add("over");
  });
  area.addEventListener("dragleave", () => area.classList.remove("over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over");
    if (!event.dataTransfer.files.length || input.disabled) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

export function setup(scope) {
  each(scope, "[data-drop]", drop);
}
