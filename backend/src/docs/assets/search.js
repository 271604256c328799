// The search: the index comes when it is first wanted, and all else happens here.
"use strict";

(() => {
  const dialog = document.getElementById("search");
  const input = dialog.querySelector("input");
  const found = document.getElementById("found");
  const said = dialog.querySelector(".said");
  const MOST = 20;
  const OF_A_PAGE = 3;
  let index = null;
  let chosen = -1;

  /** The sections of all pages, each with the words that it is found by, in small letters. */
  async function load() {
    const answer = await fetch("/docs/search.json");
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { pages } = await answer.json();
    return pages.flatMap(({ t, u, g, s }) =>
      s.map(([heading, id, text], at) => ({
        title: t,
        heading,
        group: g,
        text,
        at,
        address: id ? `${u}#${id}` : u,
        words: [t, heading, text].map((part) => part.toLowerCase()),
      })),
    );
  }

  /** How well a section fits the terms; 0 where one of them is missing. */
  function score({ words: [title, heading, text], at }, terms) {
    let sum = 0;
    let isOwn = at === 0;
    for (const term of terms) {
      const starts = (part) => part.startsWith(term) || part.split(/[^a-z0-9_.-]+/).some((word) => word.startsWith(term));
      let best = 0;
      if (heading === term || (at === 0 && title === term)) best = 40;
      else if (heading && starts(heading)) best = 14;
      else if (starts(title)) best = at === 0 ? 18 : 3;
      else if (heading.includes(term) || title.includes(term)) best = at === 0 ? 5 : 4;
      else if (starts(text)) best = 2;
      else if (text.includes(term)) best = 1;
      if (!best) return 0;
      isOwn ||= heading.includes(term) || text.includes(term);
      sum += best;
    }
    // The page's title alone stands for its beginning, not for each of its sections.
    if (!isOwn) return 0;
    const phrase = terms.join(" ");
    if (terms.length > 1 && (text.includes(phrase) || heading.includes(phrase) || title.includes(phrase))) sum += 8;
    return sum;
  }

  /** The best, and of each page a few: one page must not hide the others. */
  function few(fits) {
    const counts = new Map();
    const isOneOfFew = ({ section: { title } }) => {
      counts.set(title, (counts.get(title) ?? 0) + 1);
      return counts.get(title) <= OF_A_PAGE;
    };
    return fits.filter(isOneOfFew).slice(0, MOST);
  }

  /** A text with the terms marked in it. */
  function marked(tag, text, terms) {
    const element = document.createElement(tag);
    const pattern = new RegExp(`(${terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
    text.split(pattern).forEach((part, at) => {
      if (at % 2 === 0) return element.append(part);
      const mark = document.createElement("mark");
      mark.textContent = part;
      element.append(mark);
    });
    return element;
  }

  /** The part of a text around the first term. */
  function excerpt(text, terms) {
    const low = text.toLowerCase();
    const places = terms.map((term) => low.indexOf(term)).filter((place) => place >= 0);
    const from = places.length ? Math.max(0, Math.min(...places) - 50) : 0;
    const start = from ? text.indexOf(" ", from) + 1 || from : 0;
    return (start ? "… " : "") + text.slice(start, start + 180);
  }

  function choose(which) {
    const links = [...found.children];
    chosen = links.length ? (which + links.length) % links.length : -1;
    links.forEach((link, at) => link.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", links[chosen].id);
    links[chosen].scrollIntoView({ block: "nearest" });
  }

  function show() {
    const terms = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    if (!index) return;
    if (!terms.length) {
      said.textContent = "Type a word, a code or a header: rotate, connection_refused, webhook-id.";
      return choose(-1);
    }
    const fits = index.map((section) => ({ section, points: score(section, terms) })).filter(({ points }) => points);
    fits.sort((one, other) => other.points - one.points || one.section.at - other.section.at);
    few(fits).forEach(({ section }, at) => {
      const link = document.createElement("a");
      link.href = section.address;
      link.id = `found-${at}`;
      link.setAttribute("role", "option");
      const where = document.createElement("small");
      where.textContent = [section.group, section.heading ? section.title : ""].filter(Boolean).join(" › ");
      link.append(where, marked("b", section.heading || section.title, terms), marked("span", excerpt(section.text, terms), terms));
      link.addEventListener("pointermove", () => chosen !== at && choose(at));
      link.addEventListener("click", () => dialog.close());
      found.append(link);
    });
    input.setAttribute("aria-expanded", String(fits.length > 0));
    said.textContent = fits.length ? "" : `Nothing is found for “${input.value.trim()}”.`;
    choose(fits.length ? 0 : -1);
  }

  async function open() {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    if (index) return;
    said.textContent = "The index is loading…";
    try {
      index = await load();
      show();
    } catch {
      said.textContent = "The index cannot be loaded. Close the search, and open it again.";
    }
  }

  document.querySelector(".find").addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    const isSlash = event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isSlash && !(event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    open();
  });
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter") found.children[chosen]?.click();
    // By itself the field would only be emptied.
    else if (event.key === "Escape") dialog.close();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
})();
