// Starts the console. A file of its own, because the page's Content-Security-Policy allows no inline script.
import init from "{{console.js}}";

init({ module_or_path: "{{console.wasm}}" });
