// What a page does beside being read: colours, the menu on a phone, copying, tabs, and where one is.
"use strict";

document.documentElement.classList.add("scripted");

/** What is remembered on this device; nothing where storage is switched off. */
const kept = {
  get(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value) localStorage.setItem(name, value);
      else localStorage.removeItem(name);
    } catch {
      // Then it holds for this page alone.
    }
  },
};

// ---- colours: the choice is the console's, too
const choices = [...document.querySelectorAll("[data-theme-choice]")];
function showTheme() {
  const now = document.documentElement.dataset.theme ?? "";
  for (const button of choices) button.setAttribute("aria-pressed", String(button.dataset.themeChoice === now));
}
for (const button of choices) {
  button.addEventListener("click", () => {
    const theme = button.dataset.themeChoice;
    kept.set("theme", theme);
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    showTheme();
  });
}
showTheme();

// ---- the menu on a phone
const menu = document.querySelector(".menu");
const side = document.getElementById("side");
function openMenu(open) {
  side.classList.toggle("open", open);
  document.body.classList.toggle("opened", open);
  menu.setAttribute("aria-expanded", String(open));
  if (open) side.querySelector("[aria-current]")?.scrollIntoView({ block: "center", behavior: "instant" });
}
menu.addEventListener("click", () => openMenu(!side.classList.contains("open")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !side.classList.contains("open")) return;
  openMenu(false);
  menu.focus();
});
const here = side.querySelector("[aria-current]");
if (here && side.scrollHeight > side.clientHeight) side.scrollTop = here.offsetTop - side.clientHeight / 2;

// ---- copying
function copier(label, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = label;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(await text());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied";
    }
    setTimeout(() => (button.textContent = label), 1600);
  });
  return button;
}
for (const block of document.querySelectorAll(".code")) {
  const code = block.querySelector("code");
  block.querySelector("figcaption").append(copier("Copy", () => code.textContent));
}
const markdown = document.querySelector(".asmarkdown");
if (markdown && navigator.clipboard) {
  const page = copier("Copy page", async () => (await fetch(markdown.href)).text());
  page.className = "";
  markdown.before(page);
}

// ---- tabs: the same in several languages; the choice holds on all pages
function chooseTab(tabs, name) {
  for (const section of tabs.querySelectorAll(":scope > section")) section.hidden = section.dataset.tab !== name;
  for (const button of tabs.querySelectorAll("[role=tab]")) {
    const isChosen = button.textContent === name;
    button.setAttribute("aria-selected", String(isChosen));
    button.tabIndex = isChosen ? 0 : -1;
  }
}
const allTabs = [...document.querySelectorAll(".tabs")];
allTabs.forEach((tabs, at) => {
  const sections = [...tabs.querySelectorAll(":scope > section")];
  const names = sections.map((section) => section.dataset.tab);
  const list = document.createElement("div");
  list.className = "tablist";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Language");
  const buttons = names.map((name, which) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("role", "tab");
    button.id = `tab-${at}-${which}`;
    button.textContent = name;
    sections[which].setAttribute("role", "tabpanel");
    sections[which].setAttribute("aria-labelledby", button.id);
    button.addEventListener("click", () => {
      kept.set("docs-language", name);
      const top = button.getBoundingClientRect().top;
      for (const other of allTabs) if (other.querySelector(`:scope > [data-tab="${CSS.escape(name)}"]`)) chooseTab(other, name);
      scrollBy({ top: button.getBoundingClientRect().top - top, behavior: "instant" });
    });
    list.append(button);
    return button;
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    next.focus();
    next.click();
  });
  tabs.prepend(list);
  tabs.dataset.ready = "";
  const wanted = kept.get("docs-language");
  chooseTab(tabs, names.includes(wanted) ? wanted : names[0]);
});

// ---- the heading that is being read, at the side
const inToc = new Map([...document.querySelectorAll(".toc a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
const heads = [...inToc.keys()].map((id) => document.getElementById(id)).filter(Boolean);
function showPlace() {
  const passed = heads.filter((head) => head.getBoundingClientRect().top < 120);
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
  const now = atEnd && scrollY > 0 ? heads.at(-1) : (passed.at(-1) ?? heads[0]);
  for (const [id, link] of inToc) {
    if (now && id === now.id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
if (heads.length) {
  addEventListener("scroll", showPlace, { passive: true });
  showPlace();
}
