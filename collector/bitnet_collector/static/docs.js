// Starts Swagger UI; a file of its own because the page's policy allows no inline script.
"use strict";

const page = document.getElementById("swagger-ui");
const dark = matchMedia("(prefers-color-scheme: dark)");

function follow() {
  document.documentElement.classList.toggle("dark-mode", dark.matches);
}

follow();
dark.addEventListener("change", follow);
SwaggerUIBundle({ url: page.dataset.openapi, dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null });
