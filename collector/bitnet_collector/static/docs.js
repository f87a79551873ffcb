// Starts Swagger UI; a file of its own because the page's policy allows no inline script.
const page = document.getElementById("swagger-ui");
SwaggerUIBundle({ url: page.dataset.openapi, dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null });
