// Share, copy and print: shown only where the browser can do it. The site works without this file.
"use strict";
const can = {
  share: () => Boolean(navigator.share),
  copy: () => Boolean(navigator.clipboard),
  print: () => typeof window.print === "function",
};
const does = {
  share: () => navigator.share({ title: document.title, url: location.href }).catch(() => {}),
  copy: (button) =>
    navigator.clipboard.writeText(location.href).then(() => {
      button.textContent = button.dataset.done;
    }),
  print: () => window.print(),
};
for (const button of document.querySelectorAll("button[data-do]")) {
  if (can[button.dataset.do]()) {
    button.closest("[data-needs-script]").hidden = false;
    button.addEventListener("click", () => does[button.dataset.do](button));
  }
}
