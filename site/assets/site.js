// Switches on what the Design System's components do beside being read, and puts a button to copy into blocks of code.
import { initAll } from "./vendor/govuk-frontend/govuk-frontend.min.js";
import "./request-forms.js";

const TOLD_FOR = 2000;

async function copy(button, code) {
  await navigator.clipboard.writeText(code.textContent.trim());
  button.textContent = document.body.dataset.copied;
  setTimeout(() => {
    button.textContent = document.body.dataset.copy;
  }, TOLD_FOR);
}

function offerCopy(code) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "app-copy";
  button.textContent = document.body.dataset.copy;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", () => copy(button, code));
  code.parentElement.prepend(button);
}

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
// A browser lets a page copy only where nobody between it and the server can listen in.
if (navigator.clipboard) {
  document.querySelectorAll(".app-block > code").forEach(offerCopy);
}
// The menu of pages scrolls by itself. It begins where the reader is.
const menu = document.querySelector(".app-nav");
const current = menu?.querySelector("[aria-current]");
if (current) {
  menu.scrollTop = current.offsetTop - menu.clientHeight / 2;
}
// Where the address names a heading, the list below it is open.
function openGroup() {
  const group = document.getElementById(location.hash.slice(1))?.nextElementSibling;
  if (group?.matches(".app-group")) {
    group.open = true;
  }
}
openGroup();
addEventListener("hashchange", openGroup);
// Where the address names a part of the page that has moved to another one, the browser goes there.
const place = document.getElementById(location.hash.slice(1));
if (place?.matches(".app-moved")) {
  location.replace(place.querySelector("a").href);
}
