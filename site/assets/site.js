// Switches on what the Design System's components do beside being read.
import { initAll } from "/assets/vendor/govuk-frontend/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
