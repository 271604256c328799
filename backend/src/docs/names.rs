//! The names of all pages.

use super::{generated, source};

/// The names of all pages: those that are written, then those that are made.
pub fn names() -> Vec<String> {
    let written = source::names().into_iter().filter(|name| name != source::CONTENTS);
    let mut names: Vec<String> =
        written.filter_map(|name| name.strip_suffix(".md").map(Into::into)).collect();
    names.sort();
    names.extend(generated::names());
    names
}
