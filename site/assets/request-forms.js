// Whoever chooses a language for one request has chosen it for all of the page, which stays where it is.
const NAME = ".app-forms__name";
let chosen;

addEventListener("click", ({ target }) => {
  const name = target.closest(NAME);
  chosen = name && { name, top: name.getBoundingClientRect().top };
});
addEventListener(
  "toggle",
  ({ target, newState }) => {
    if (!chosen || target !== chosen.name.parentElement || newState !== "open") return;
    for (const name of document.querySelectorAll(NAME)) {
      if (name.textContent === chosen.name.textContent) name.parentElement.open = true;
    }
    scrollBy(0, chosen.name.getBoundingClientRect().top - chosen.top);
    chosen = null;
  },
  true,
);
