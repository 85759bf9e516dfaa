"use strict";

// Before the first paint: the page comes up in the colours the system prefers.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
paint();
dark.addEventListener("change", paint);

// The calls of one face together, those of the older programs last, each by what it does.
const face = (operation) => (operation.get("path").startsWith("/api/v1/") ? 0 : 1);
const byFaceAndSummary = (a, b) =>
  face(a) - face(b) ||
  a.getIn(["operation", "summary"], "").localeCompare(b.getIn(["operation", "summary"], ""));

window.addEventListener("load", () => {
  SwaggerUIBundle({
    url: "/openapi.yaml",
    dom_id: "#interface",
    deepLinking: true,
    displayOperationId: false,
    displayRequestDuration: true,
    filter: true,
    operationsSorter: byFaceAndSummary,
    persistAuthorization: false,
    // The page must not send this file to an external validator.
    validatorUrl: null,
    syntaxHighlight: { activated: true },
    onComplete: () => paint(),
  });
});
