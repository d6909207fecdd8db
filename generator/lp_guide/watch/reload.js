// Shows the latest build of `lp-guide watch` in an open page. Changed words are replaced in place, so that nothing jumps;
// for any other change the page is loaded again. A build is called a round here, and has a number.
const OWN = ".watch-mistakes, [data-round]";
const SET_UP = "pre, details, form, [data-module]";
// What scripts of the site have set up in the page: a part that is inserted later would lack it.
const loaded = Number(document.currentScript.dataset.round);
let round = loaded;
let shown = read();

async function read() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return document.implementation.createHTMLDocument(); // of no round, so that the page is loaded again
  }
}

const roundOf = (page) => Number(page.querySelector("[data-round]")?.dataset.round);
const partsOf = (page) => [...(page.querySelector("main")?.children ?? [])];

function copies(parts) {
  const made = document.createDocumentFragment();
  made.append(...[...parts].map((part) => document.importNode(part, true)));
  return made;
}

function around(page) {
  const rest = page.documentElement.cloneNode(true);
  rest.querySelectorAll(`main, ${OWN}`).forEach((part) => part.remove());
  return rest;
}

function countAlike(some, others) {
  const least = Math.min(some.length, others.length);
  let count = 0;
  while (count < least && some[count].isEqualNode(others[count])) count += 1;
  return count;
}

// Exchanges the parts between those that are the same at the top and at the bottom, and says whether it could.
function exchange(before, after) {
  const [old, now, live] = [before, after, document].map(partsOf);
  if (!live.length || roundOf(before) !== round || roundOf(after) <= round || old.length !== live.length || !around(before).isEqualNode(around(after))) return false;
  const top = countAlike(old, now);
  const bottom = countAlike(old.slice(top).reverse(), now.slice(top).reverse());
  const made = now.slice(top, now.length - bottom);
  if (made.some((part) => part.matches(SET_UP) || part.querySelector(SET_UP))) return false;
  document.querySelector(".watch-mistakes")?.remove();
  document.body.append(copies(after.querySelectorAll(".watch-mistakes")));
  document.querySelector("main").insertBefore(copies(made), live[top] ?? null);
  live.slice(top, live.length - bottom).forEach((part) => part.remove());
  round = roundOf(after);
  return true;
}

new EventSource("/_watch/events").onmessage = async ({ data }) => {
  const [latest, lastReload] = data.split(" ").map(Number); // the last round, and the last that changed what pages load
  if (latest === round && lastReload <= loaded) return;
  const before = await shown;
  shown = read();
  if (lastReload > loaded || !exchange(before, await shown)) location.reload();
};
