// Loads the page again when `lp-guide watch` has made another round since it was sent.
const shown = document.currentScript.dataset.round;
new EventSource("/_watch/events").onmessage = (told) => {
  if (told.data !== shown) location.reload();
};
