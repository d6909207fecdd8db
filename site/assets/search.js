// Fills the search page where there is no sandbox to do it.
import { Index, byPage } from "./site-search.js";

const MOST = 50;
const LONGEST = 200;
const place = document.querySelector("#results[data-index]");
const query = new URLSearchParams(location.search);
const queryText = Array.from((query.get("q") ?? "").trim()).slice(0, LONGEST).join("");

// Returns the parts of a text, with a value for each {placeholder}. A text with several forms has one for a number.
function filled(text, values) {
  const form = typeof text === "string" ? text : (text[values.number] ?? text.other);
  return form.split(/\{(\w+)\}/).map((part, place) => (place % 2 ? values[part] : part));
}

function counted(texts, number, edition) {
  const query = filled(edition ? texts.query_in : texts.query, { query: queryText, edition: edition?.text }).join("");
  if (number === 0) return filled(texts.nothing, { query });
  return filled(number > MOST ? texts.best : texts.results, { number, query, shown: MOST });
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

function kindOf({ kind, where, name, title }, kinds) {
  const words = kinds[kind] ?? kind;
  const line = element("span", "app-found__kind", where ? `${words}, ${where}` : words);
  if (name && name !== title) line.append(", ", element("code", "app-code app-code--name", name));
  return line;
}

function shown({ entry, sections }, { editions, kinds }) {
  const item = element("li", "app-found__item", linked("app-found__link", entry.title, entry.url), " ", kindOf(entry, kinds));
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
  const { entries, suggestion } = index.search(queryText);
  const everything = byPage(entries);
  const found = everything.filter(({ entry }) => !chosen || ["", chosen.edition].includes(entry.edition));
  const leftOut = everything.length - found.length;
  const { texts } = index;
  const parts = [element("h2", "govuk-heading-m", ...counted(texts, found.length, chosen))];
  if (suggestion) {
    const link = linked("", suggestion, searchOf(suggestion, chosen));
    parts.push(element("p", "govuk-body", ...filled(texts.did_you_mean, { query: link })));
  }
  if (leftOut) {
    const link = linked("", texts.search_all, searchOf(queryText));
    parts.push(element("p", "govuk-body", ...filled(texts.more, { number: leftOut, link })));
  }
  if (found.length) {
    parts.push(element("ol", "app-found", ...found.slice(0, MOST).map((each) => shown(each, index))));
  } else {
    parts.push(element("p", "govuk-body", texts.try_others));
  }
  return parts;
}

if (place) {
  document.getElementById("search").value = queryText;
  const choice = [...document.querySelectorAll("#edition option")].find(({ value }) => value === query.get("edition"));
  if (choice) choice.selected = true;
  if (queryText) place.replaceChildren(...results(new Index(await (await fetch(place.dataset.index)).json())));
}
