//! Links from a screen to the documentation, which opens in a tab of its own: the screen stays as it is.

use leptos::prelude::*;

use crate::{paths, ui::erase::Erase};

/// A small link after a sentence, to the page that says more.
pub fn docs(page: &'static str) -> AnyView {
    view! {
        " "
        <a class="textlink whitespace-nowrap" href=page target="_blank" rel="noopener" aria-label="Docs, in a new tab">
            "Docs"
        </a>
    }
    .erase()
}

/// A diagnosis's code, which leads to what it means.
pub fn diagnosis_code(code: &'static str) -> AnyView {
    view! {
        <a
            class="mono muted text-xs hover:underline"
            href=paths::docs::diagnosis(code)
            target="_blank"
            rel="noopener"
            title="What this means (docs, in a new tab)"
        >
            {code}
        </a>
    }
    .erase()
}
