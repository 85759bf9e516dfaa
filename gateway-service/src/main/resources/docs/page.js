"use strict";

// Before the first paint: the page comes up in the colours the system prefers.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
paint();
dark.addEventListener("change", paint);

// Links to the tags, in the order of the description.
const listSections = (ui) => {
  const sections = document.getElementById("sections");
  const tags = ui.getSystem().specSelectors.tags().toJS();
  sections.replaceChildren(
    ...tags.map(({ name }) => {
      const link = document.createElement("a");
      link.textContent = name;
      // As swagger-ui forms the ids of its headings.
      link.href = "#operations-tag-" + name.replace(/\s/g, "_");
      return link;
    }),
  );
};

window.addEventListener("load", () => {
  const ui = SwaggerUIBundle({
    url: "/openapi.yaml",
    dom_id: "#interface",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayOperationId: false,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    // The page must not send this file to an external validator.
    validatorUrl: null,
    syntaxHighlight: { activated: true },
    onComplete: () => {
      paint();
      listSections(ui);
      const search = document.querySelector(".operation-filter-input");
      search?.setAttribute("aria-label", "Filter by section");
      search?.setAttribute("placeholder", "Filter by section");
    },
  });
});
