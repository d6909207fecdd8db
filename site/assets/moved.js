// A page that has moved takes the place on it along, which the browser alone would not.
const to = document.currentScript.dataset.to;
if (location.hash && !to.includes("#")) location.replace(to + location.hash);
