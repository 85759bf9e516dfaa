"use strict";

// Before the first paint: the page comes up in the colours the system prefers.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
paint();
dark.addEventListener("change", paint);

window.addEventListener("load", () => {
  SwaggerUIBundle({
    url: "/openapi.yaml",
    dom_id: "#interface",
    deepLinking: true,
    displayOperationId: false,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    // No validator of somebody else's is asked about this file.
    validatorUrl: null,
    syntaxHighlight: { activated: true },
    onComplete: () => paint(),
  });
});
