// Starts Swagger UI when it is asked for: it is ten times as large as the rest of the page. A link to an operation in it
// asks for it, and so does the button that stands in its place otherwise. The list of operations under it knows both
// names of each: by operationId, as Swagger UI names it, and by method and path, as older links do.
"use strict";

const place = document.getElementById("swagger-ui");

function followOlderLink() {
  const named = document.getElementById(location.hash.slice(1));
  if (named && named.dataset.means) {
    history.replaceState(null, "", "#" + named.dataset.means);
  }
}

// Swagger UI opens what the fragment names. The browser has gone to the list by then, so it is brought back.
function goToOpened() {
  const [, tag, operation] = decodeURIComponent(location.hash.slice(1)).split("/");
  const id = operation ? `operations-${tag}-${operation}` : `operations-tag-${tag}`;
  new MutationObserver((_, observer) => {
    const opened = document.getElementById(id.replaceAll(" ", "_"));
    if (opened) {
      observer.disconnect();
      requestAnimationFrame(() => opened.scrollIntoView());
    }
  }).observe(place, { childList: true, subtree: true });
}

// Swagger UI heads the choices of a body by their titles. The document has none, so that client generators name their
// classes after the components.
function titled(components) {
  const titles = Object.entries(components.schemas).map(([name, schema]) => [
    name,
    schema["x-choice"] ? { title: schema["x-choice"], ...schema } : schema,
  ]);
  return { ...components, schemas: Object.fromEntries(titles) };
}

// Whatever the document says, requests go to the server that shows this page, below the path at which the site begins.
const server = () => new URL("../../..", new URL(place.dataset.from, location)).href.replace(/\/$/, "");
const adapted = (document) => ({
  ...document,
  servers: [{ url: server() }],
  components: titled(document.components),
});
const adaptDocument = () => ({
  statePlugins: { spec: { wrapActions: { updateJsonSpec: (update) => (document) => update(adapted(document)) } } },
});

function added(kind, attributes) {
  const part = Object.assign(document.createElement(kind), attributes);
  document.head.append(part);
  return new Promise((done) => part.addEventListener("load", done));
}

// Swagger UI has dark colours below this class, and leaves it to the page when to set it.
function followColourScheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}

async function start() {
  followColourScheme();
  const from = place.dataset.from;
  await Promise.all([
    added("link", { rel: "stylesheet", href: `${from}swagger-ui.css` }),
    added("script", { src: `${from}swagger-ui-bundle.js` }),
  ]);
  SwaggerUIBundle({
    url: place.dataset.document,
    domNode: place,
    deepLinking: true,
    validatorUrl: null,
    defaultModelsExpandDepth: 0,
    docExpansion: "list",
    plugins: [adaptDocument],
  });
}

function offer() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button";
  button.dataset.enhancement = "";
  button.textContent = place.dataset.open;
  button.addEventListener("click", () => {
    place.replaceChildren();
    start();
  });
  place.append(button);
}

followOlderLink();
addEventListener("hashchange", () => location.reload());
if (location.hash.startsWith("#/")) {
  goToOpened();
  start();
} else {
  offer();
}
