// Starts the console. A file of its own, because the page's Content-Security-Policy allows no inline script.
try {
  const { default: init } = await import("{{console.js}}");
  await init({ module_or_path: "{{console.wasm}}" });
} catch (error) {
  console.error(error);
  sayThatItFailed();
}

// The files may be gone because a new version was installed meanwhile: then a new look at the page finds them.
function sayThatItFailed() {
  const page = document.createElement("main");
  page.id = "boot-failed";
  page.setAttribute("role", "alert");
  const title = document.createElement("h1");
  title.textContent = "Sayless could not be loaded";
  const words = document.createElement("p");
  words.textContent =
    typeof WebAssembly === "object"
      ? "Some of its files did not arrive. Check your connection, then try again."
      : "This browser does not run WebAssembly, which Sayless needs. Try another browser.";
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-primary";
  again.textContent = "Try again";
  again.addEventListener("click", () => location.reload());
  page.append(title, words, again);
  document.body.replaceChildren(page);
}
