//! The index that a reader's browser searches: each page with its sections, as compact JSON.

use serde_json::{Value, json};

use super::markdown::Rendered;

/// The address of the index.
pub const INDEX: &str = "/docs/search.json";

/// A page in the index: `t` is its title, `u` its address, `g` its group, and `s` its sections, each a heading, an anchor and a text.
pub fn describe(address: &str, group: &str, page: Rendered) -> Value {
    let sections = page.sections.into_iter().map(|section| {
        let words: Vec<&str> = section.text.split_whitespace().collect();
        json!([section.heading, section.id, words.join(" ")])
    });
    json!({ "t": page.title, "u": address, "g": group, "s": sections.collect::<Vec<_>>() })
}

/// The index of these pages.
pub fn index(pages: &[Value]) -> String {
    json!({ "pages": pages }).to_string()
}
