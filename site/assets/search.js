// Searches the site where there is no sandbox to do it. It must find what mocks/lp_sandbox/web/site_search.py finds: a test compares the two.
const MOST = 50;
const SHOWN = 220;
const place = document.querySelector("#results[data-index]");
const query = new URLSearchParams(location.search);
const asked = (query.get("q") ?? "").trim().slice(0, 200);

const words = (text) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

function pointsOf(entry, token) {
  if (entry.title.includes(token)) return 10;
  if (entry.title.some((word) => word.startsWith(token))) return 5;
  if (entry.text.includes(token)) return 2;
  return entry.text.some((word) => word.startsWith(token)) ? 1 : 0;
}

function score(entry, tokens, meant) {
  let points = 0;
  for (const alike of meant) {
    const most = Math.max(...alike.map((token) => pointsOf(entry, token)));
    if (most === 0) return 0;
    points += most;
  }
  const phrase = ` ${tokens.join(" ")} `;
  const title = ` ${entry.title.join(" ")} `;
  if (title === phrase) points += 100;
  if (title.includes(phrase)) points += 20;
  if (entry.row[1].toLowerCase() === asked.toLowerCase()) points += 30;
  if (` ${entry.text.join(" ")} `.includes(phrase)) points += entry.row[0] === "Section" ? 20 : 40;
  return points;
}

// The words of a question that say something, each with those that mean the same.
function meaning(tokens, { ignored, alike }) {
  const some = tokens.filter((token) => !ignored.includes(token));
  const meant = some.map((token) => [token, ...alike.filter((group) => group.includes(token)).flat()]);
  return meant.length ? meant : tokens.map((token) => [token]);
}

function search(entries, tokens, meant) {
  const scored = entries.map((entry) => [score(entry, tokens, meant), entry]).filter(([points]) => points > 0);
  return scored.sort(([one], [other]) => other - one).map(([, entry]) => entry.row);
}

const plural = (number, words) => `${number} ${words}${number === 1 ? "" : "s"}`;

function counted(number, edition) {
  const what = edition ? `“${asked}” in ${edition.text}` : `“${asked}”`;
  if (number === 0) return `Nothing was found for ${what}`;
  const results = `${plural(number, "result")} for ${what}`;
  return number > MOST ? `${results}, the best ${MOST} of them below` : results;
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function linked(className, text, href) {
  const link = element("a", `govuk-link ${className}`.trim(), text);
  link.href = href;
  return link;
}

function shown([kind, title, url, where, text, edition], editions) {
  const item = element("li", "app-found__item", "");
  item.append(linked("app-found__link", title, url), " ");
  item.append(element("span", "app-found__kind", where ? `${kind}, ${where}` : kind));
  const about = editions.find((each) => each.edition === edition);
  if (about) item.append(" ", element("span", "app-found__edition", about.text));
  if (text) {
    item.append(element("p", "govuk-body-s app-found__text", text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text));
  }
  return item;
}

function searchAll(leftOut) {
  const line = element("p", "govuk-body", "");
  line.append(linked("", "Search all editions", `/search/?${new URLSearchParams({ q: asked })}`));
  line.append(` for ${plural(leftOut, "more result")}`);
  return line;
}

if (place) {
  document.getElementById("search").value = asked;
  const choice = [...document.querySelectorAll("#edition option")].find(({ value }) => value === query.get("edition"));
  if (choice) choice.selected = true;
  const tokens = words(asked);
  if (tokens.length) {
    const index = await (await fetch(place.dataset.index)).json();
    const entries = index.entries.map((row) => ({ row, title: words(row[1]), text: words(`${row[1]} ${row[3]} ${row[4]}`) }));
    const everything = search(entries, tokens, meaning(tokens, index));
    const chosen = index.editions.find((each) => each.edition === query.get("edition"));
    const found = everything.filter((row) => !chosen || ["", chosen.edition].includes(row[5]));
    const list = element("ol", "app-found", "");
    list.append(...found.slice(0, MOST).map((row) => shown(row, index.editions)));
    const none = element("p", "govuk-body", "Try fewer or other words. Each word may be the beginning of a longer one.");
    place.replaceChildren(element("h2", "govuk-heading-m", counted(found.length, chosen)));
    if (found.length < everything.length) place.append(searchAll(everything.length - found.length));
    place.append(found.length ? list : none);
  }
}
