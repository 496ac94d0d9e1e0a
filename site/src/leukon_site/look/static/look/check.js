// The page works without this: it shows the button that prints, and takes the reader to what is wrong.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
document.getElementById("problems")?.focus();
