//! Where the links of a page lead on a server.

use super::source;

/// The page that renders the OpenAPI document.
pub const REFERENCE: &str = "/docs/api";

/// The links of one file of `docs/`.
#[derive(Clone, Copy, Debug)]
pub struct Links<'a> {
    file: &'a str,
}

impl<'a> Links<'a> {
    /// The links of the file with this name.
    pub const fn new(file: &'a str) -> Self {
        Self { file }
    }

    /// The address that a link leads to. `None` where it leads out of `docs/`: a server has no such file.
    pub fn target(&self, link: &str) -> Option<String> {
        let is_whole = link.starts_with(['#', '/']) || link.contains("://") || link.starts_with("mailto:");
        if is_whole {
            return Some(link.to_owned());
        }
        let (path, anchor) =
            link.split_once('#').map_or((link, String::new()), |(path, id)| (path, format!("#{id}")));
        // On a repository page the reference is the document itself.
        if path.ends_with("../openapi/openapi.json") {
            return Some(REFERENCE.to_owned());
        }
        let name = source::resolve(self.file, path)?;
        let address = match name.strip_suffix(".md") {
            Some(page) => address(page),
            None => format!("/docs/{name}"),
        };
        Some(address + &anchor)
    }
}

/// The address of the page with this name; `index` is the start page, which shows the table of contents.
pub fn address(page: &str) -> String {
    if matches!(page, "index" | "contents") { "/docs".to_owned() } else { format!("/docs/{page}") }
}
