// Starts Swagger UI. The bearer key is kept in the session storage: over a reload, and no longer than the tab is open.
"use strict";

const KEPT = "sayless-docs-bearer";
const OFFERED = ["bearer", "client"];

/** The document with those credentials alone that can be typed in here; no cookie is sent from this page. */
function withoutCookies(document) {
  const shown = structuredClone(document);
  const schemes = shown.components?.securitySchemes ?? {};
  for (const name of Object.keys(schemes).filter((name) => !OFFERED.includes(name))) delete schemes[name];
  for (const path of Object.values(shown.paths ?? {})) {
    for (const operation of Object.values(path).filter((operation) => operation.security)) {
      operation.security = operation.security.filter((needs) => Object.keys(needs).every((name) => OFFERED.includes(name)));
    }
  }
  return shown;
}

const keepKey = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (authorize) => (given) => {
          if (given.bearer?.value) sessionStorage.setItem(KEPT, given.bearer.value);
          return authorize(given);
        },
        logout: (logout) => (names) => {
          if (names.includes("bearer")) sessionStorage.removeItem(KEPT);
          return logout(names);
        },
      },
    },
    spec: {
      wrapActions: { updateJsonSpec: (update) => (document) => update(withoutCookies(document)) },
    },
  },
});

const dark = matchMedia("(prefers-color-scheme: dark)");
const { theme } = document.documentElement.dataset;
const paint = () => document.documentElement.classList.toggle("dark-mode", theme ? theme === "dark" : dark.matches);
dark.addEventListener("change", paint);
paint();

const reference = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  validatorUrl: null,
  plugins: [keepKey, showSamples],
  requestInterceptor: (request) => Object.assign(request, { credentials: "omit" }),
  onComplete: () => {
    const key = sessionStorage.getItem(KEPT);
    if (key) reference.preauthorizeApiKey("bearer", key);
  },
});
