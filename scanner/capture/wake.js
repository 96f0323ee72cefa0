// Runs in an isolated world. Scrolls by screens, so that what loads on coming into view does, with a drawn frame between
// two steps, as observers need; then tells the page that its window lost and got back the focus.
// Scroll methods may return promises that no time passes for: they are not awaited.
(async (most) => {
  const frame = () => new Promise(requestAnimationFrame);
  const root = document.scrollingElement || document.documentElement;
  const scrolls = (element) =>
    element.scrollHeight > element.clientHeight + 40 && /auto|scroll/.test(getComputedStyle(element).overflowY);
  // Pages that fill the window scroll a part of themselves.
  let part = root;
  if (root.scrollHeight <= innerHeight + 40) {
    let element = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
    while (element && element !== root && !scrolls(element)) element = element.parentElement;
    part = element || root;
  }
  const go = (top) => part.scrollTo({ top, behavior: "instant" });
  const screen = Math.max(200, (part === root ? innerHeight : part.clientHeight) * 0.9);
  const step = Math.max(screen, part.scrollHeight / most);
  if (part.scrollHeight > screen * 1.12) {
    for (let y = step, i = 0; i < most && y < part.scrollHeight; y += step, i++) {
      go(y);
      await frame();
    }
    go(part.scrollHeight);
    await frame();
    go(0);
  }
  dispatchEvent(new FocusEvent("blur"));
  dispatchEvent(new FocusEvent("focus"));
})
