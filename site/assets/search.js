// Searches the site where there is no sandbox to do it. It must find what mocks/lp_sandbox/web/site_search.py finds: a test compares the two.
const MOST = 50;
const SHOWN = 220;
const place = document.querySelector("#results[data-index]");
const asked = (new URLSearchParams(location.search).get("q") ?? "").slice(0, 200);

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
  if (` ${entry.title.join(" ")} ` === phrase) points += 100;
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
  return scored.sort(([one], [other]) => other - one).map(([, entry]) => entry);
}

function counted(number) {
  if (number === 0) return `Nothing was found for “${asked}”`;
  const results = number === 1 ? "1 result" : `${number} results`;
  return number > MOST ? `${results} for “${asked}”, the best ${MOST} of them below` : `${results} for “${asked}”`;
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function shown([kind, title, url, where, text]) {
  const item = element("li", "app-found__item", "");
  const link = element("a", "govuk-link app-found__link", title);
  link.href = url;
  item.append(link, " ", element("span", "app-found__kind", where ? `${kind}, ${where}` : kind));
  if (text) {
    item.append(element("p", "govuk-body-s app-found__text", text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text));
  }
  return item;
}

if (place) {
  document.getElementById("search").value = asked;
  const tokens = words(asked);
  if (tokens.length) {
    const index = await (await fetch(place.dataset.index)).json();
    const entries = index.entries.map((row) => ({ row, title: words(row[1]), text: words(row.slice(1, 2).concat(row.slice(3)).join(" ")) }));
    const found = search(entries, tokens, meaning(tokens, index));
    const heading = element("h2", "govuk-heading-m", counted(found.length));
    const list = element("ol", "app-found", "");
    list.append(...found.slice(0, MOST).map((entry) => shown(entry.row)));
    const none = element("p", "govuk-body", "Try fewer or other words. Each word may be the beginning of a longer one.");
    place.replaceChildren(heading, found.length ? list : none);
  }
}
