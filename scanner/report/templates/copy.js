"use strict";
// A button that copies the source of the declaration. Without this script the source can be selected and copied.
(() => {
  const words = JSON.parse(document.body.dataset.words);
  const source = document.getElementById("source");
  const said = document.getElementById("copied");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = words.copy;
  button.addEventListener("click", async () => {
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    try {
      await navigator.clipboard.writeText(source.textContent);
      said.textContent = words.copied;
    } catch {
      said.textContent = words.selected;
    }
  });
  said.before(button, " ");
})();
