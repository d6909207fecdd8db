// Leads on from a page that has moved. The place in the address decides: to where that place is now, or to the new page,
// with the place taken along, which the browser alone would not do.
const { to } = document.currentScript.dataset;
const place = document.getElementById(location.hash.slice(1));
const link = place?.matches("a") ? place : place?.closest("li").querySelector("a");
location.replace(link?.href ?? (to.includes("#") ? to : to + location.hash));
