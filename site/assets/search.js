// Fills the search page where there is no sandbox to do it.
import { Index, byPage } from "./site-search.js";

const MOST = 50;
const LONGEST = 200;
const place = document.querySelector("#results[data-index]");
const query = new URLSearchParams(location.search);
const asked = Array.from((query.get("q") ?? "").trim()).slice(0, LONGEST).join("");

const plural = (number, words) => `${number} ${words}${number === 1 ? "" : "s"}`;

function counted(number, edition) {
  const what = edition ? `“${asked}” in ${edition.text}` : `“${asked}”`;
  if (number === 0) return `Nothing was found for ${what}`;
  const results = `${plural(number, "result")} for ${what}`;
  return number > MOST ? `${results}, the best ${MOST} of them below` : results;
}

function element(name, className, ...content) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...content);
  return made;
}

function linked(className, text, href) {
  const link = element("a", `govuk-link ${className}`.trim(), text);
  link.href = href;
  return link;
}

const searchOf = (words, edition) =>
  `?${new URLSearchParams({ q: words, ...(edition ? { edition: edition.edition } : {}) })}`;

function kindOf({ kind, where, name, title }) {
  const line = element("span", "app-found__kind", where ? `${kind}, ${where}` : kind);
  if (name && name !== title) line.append(", ", element("code", "", name));
  return line;
}

function shown({ entry, sections }, editions) {
  const item = element("li", "app-found__item", linked("app-found__link", entry.title, entry.url), " ", kindOf(entry));
  const about = editions.find((each) => each.edition === entry.edition);
  if (about) item.append(" ", element("span", "app-found__edition", about.text));
  if (entry.extract) item.append(element("p", "govuk-body-s app-found__text", entry.extract));
  if (sections.length) {
    const links = sections.map(({ title, url }) => element("li", "", linked("", title, url)));
    item.append(element("ul", "govuk-list govuk-body-s app-found__sections", ...links));
  }
  return item;
}

function results(index) {
  const chosen = index.editions.find((each) => each.edition === query.get("edition"));
  const { entries, suggestion } = index.search(asked);
  const everything = byPage(entries);
  const found = everything.filter(({ entry }) => !chosen || ["", chosen.edition].includes(entry.edition));
  const leftOut = everything.length - found.length;
  const parts = [element("h2", "govuk-heading-m", counted(found.length, chosen))];
  if (suggestion) {
    parts.push(element("p", "govuk-body", "Did you mean ", linked("", suggestion, searchOf(suggestion, chosen)), "?"));
  }
  if (leftOut) {
    const all = linked("", "Search all editions", searchOf(asked));
    parts.push(element("p", "govuk-body", all, ` for ${plural(leftOut, "more result")}`));
  }
  if (found.length) {
    parts.push(element("ol", "app-found", ...found.slice(0, MOST).map((each) => shown(each, index.editions))));
  } else {
    parts.push(element("p", "govuk-body", "Try fewer or other words."));
  }
  return parts;
}

if (place) {
  document.getElementById("search").value = asked;
  const choice = [...document.querySelectorAll("#edition option")].find(({ value }) => value === query.get("edition"));
  if (choice) choice.selected = true;
  if (asked) place.replaceChildren(...results(new Index(await (await fetch(place.dataset.index)).json())));
}
