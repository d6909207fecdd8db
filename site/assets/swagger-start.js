// Starts Swagger UI. The list of operations under it knows both names of each: by operationId, as Swagger UI names it,
// and by method and path, as older links do.
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

// Whatever the document says, requests go to the server that shows this page.
const callThisServer = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update) => (document) => update({ ...document, servers: [{ url: location.origin }] }),
      },
    },
  },
});

followOlderLink();
if (location.hash.startsWith("#/")) {
  goToOpened();
}
addEventListener("hashchange", () => location.reload());
SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  plugins: [callThisServer],
});
