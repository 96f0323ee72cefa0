"use strict";
// A button that copies the source of the declaration. Without this script the source can be selected and copied.
(() => {
  const source = document.getElementById("source");
  const said = document.getElementById("copied");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Copy the HTML";
  button.addEventListener("click", async () => {
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    try {
      await navigator.clipboard.writeText(source.textContent);
      said.textContent = "Copied.";
    } catch {
      said.textContent = "Selected: press Ctrl+C or Cmd+C to copy.";
    }
  });
  said.before(button, " ");
})();
