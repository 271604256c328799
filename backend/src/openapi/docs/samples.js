// Shows how each operation is called, above its answers: a tab for each language, and the last one chosen is remembered.
"use strict";

/** Where the guides keep the language, too, by the name on its tab. */
const LANGUAGE = "docs-language";
const LANGUAGES = [["curl", "curl"], ["typescript", "TypeScript"], ["python", "Python"], ["rust", "Rust"]];

/** The samples of every operation, by its id; fetched once, when the first operation is opened. */
let fetched;
const allSamples = () => (fetched ??= fetch("/docs/api/samples.json").then((answer) => answer.json()).catch((error) => {
  fetched = undefined; // The next operation that is opened tries again.
  throw error;
}));

/** The language as it was chosen last; where the browser keeps nothing, the first one. */
function remembered() {
  try {
    const kept = localStorage.getItem(LANGUAGE);
    const known = LANGUAGES.find(([, name]) => name === kept);
    if (known) return known[0];
  } catch {
    // Then the choice holds for this page alone.
  }
  return LANGUAGES[0][0];
}

function remember(language) {
  try {
    localStorage.setItem(LANGUAGE, LANGUAGES.find(([known]) => known === language)[1]);
  } catch {
    // As above.
  }
}

/** The whole sample in a language; the reason where the SDKs leave the operation out. */
function sampleIn({ setup, operations }, id, language) {
  if (!operations) return { missing: "The samples could not be loaded." };
  const samples = operations[id];
  if (!samples) return { missing: "This operation has no sample." };
  const text = samples[language];
  if (text === undefined) return { missing: `The SDKs leave this operation out: ${samples.left_out}.` };
  return { text: setup[language] ? `${setup[language]}\n${text}` : text };
}

/** A plugin of Swagger UI. */
const showSamples = ({ React }) => {
  const element = React.createElement;

  function Tabs({ id, chosen, choose }) {
    const move = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const at = LANGUAGES.findIndex(([language]) => language === chosen);
      const next = LANGUAGES[(at + step + LANGUAGES.length) % LANGUAGES.length][0];
      choose(next);
      document.getElementById(`tab-${id}-${next}`)?.focus();
    };
    const tab = ([language, name]) =>
      element("button", {
        key: language, id: `tab-${id}-${language}`, type: "button", role: "tab", "aria-controls": `sample-${id}`,
        "aria-selected": language === chosen, tabIndex: language === chosen ? 0 : -1, onClick: () => choose(language),
      }, name);
    return element("div", { role: "tablist", "aria-label": "Language", onKeyDown: move }, LANGUAGES.map(tab));
  }

  function Copy({ text }) {
    const [done, setDone] = React.useState(false);
    const copy = () => navigator.clipboard.writeText(text).then(() => setDone(true));
    return element("button", { type: "button", className: "copy", onClick: copy, onBlur: () => setDone(false) },
      done ? "Copied" : "Copy");
  }

  function Samples({ id }) {
    const [samples, setSamples] = React.useState(null);
    const [chosen, setChosen] = React.useState(remembered);
    React.useEffect(() => {
      allSamples().then(setSamples, () => setSamples({ setup: {} }));
      const follow = (event) => setChosen(event.detail);
      addEventListener(LANGUAGE, follow);
      return () => removeEventListener(LANGUAGE, follow);
    }, []);
    const choose = (language) => {
      remember(language);
      dispatchEvent(new CustomEvent(LANGUAGE, { detail: language }));
    };
    if (!samples) return null;
    const { text, missing } = sampleIn(samples, id, chosen);
    return element("section", { className: "samples", "aria-label": "Samples" },
      element("div", { className: "samples-bar" },
        element(Tabs, { id, chosen, choose }), text && element(Copy, { key: chosen, text })),
      element("div", { id: `sample-${id}`, role: "tabpanel", "aria-labelledby": `tab-${id}-${chosen}`, tabIndex: 0 },
        text ? element("pre", null, element("code", null, text)) : element("p", null, missing)));
  }

  /** In place of the answers: the samples, then the answers. */
  const responses = (Original) => (props) => {
    const id = props.specSelectors.specJson().getIn(["paths", props.path, props.method, "operationId"]);
    return element(React.Fragment, null, id && element(Samples, { id }), element(Original, props));
  };
  return { wrapComponents: { responses } };
};
