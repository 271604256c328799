//! The site of one server: every address of it, and what each answers with, made when it is first read.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use serde_json::Value;

use super::{
    assets, generated, include,
    layout::{self, Framed},
    links::{Links, address},
    llms,
    markdown::{self, Rendered},
    names::names,
    outline::Outline,
    search, source,
};
use crate::http::static_file::{StaticFile, content_type};

const HTML: &str = "text/html; charset=utf-8";
const MARKDOWN: &str = "text/markdown; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// The host that the pages write; a server puts its own address there.
const EXAMPLE_ORIGIN: &str = "https://sayless.example.com";

/// Every address of the site.
pub fn paths() -> Vec<String> {
    let mut paths: Vec<String> =
        vec!["/docs/".into(), search::INDEX.into(), llms::INDEX.into(), llms::FULL.into()];
    paths.extend(assets::NAMES.map(|name| format!("/docs/assets/{name}")));
    for name in names() {
        paths.push(address(&name));
        paths.push(format!("/docs/{name}.md"));
    }
    paths.extend(
        source::names()
            .into_iter()
            .filter(|name| name.strip_suffix(".md").is_none())
            .map(|name| format!("/docs/{name}")),
    );
    paths
}

/// The site of one server.
#[derive(Debug)]
pub struct Site {
    /// The server's own address.
    pub origin: String,
    outline: OnceLock<Outline>,
    kept: BTreeMap<String, OnceLock<Option<Arc<StaticFile>>>>,
}

impl Site {
    /// The site of the server at `origin`. Nothing is read yet.
    pub fn new(origin: &str) -> Self {
        let kept = paths().into_iter().map(|path| (path, OnceLock::new())).collect();
        Self { origin: origin.to_owned(), outline: OnceLock::new(), kept }
    }

    pub fn outline(&self) -> &Outline {
        self.outline.get_or_init(Outline::read)
    }

    /// The file at this address, if it has been made already.
    pub fn made(&self, path: &str) -> Option<Arc<StaticFile>> {
        self.kept.get(path)?.get()?.clone()
    }

    /// The file at this address, which is made where it is not yet.
    pub fn file(&self, path: &str) -> Option<Arc<StaticFile>> {
        self.kept.get(path)?.get_or_init(|| self.make(path)).clone()
    }

    fn make(&self, path: &str) -> Option<Arc<StaticFile>> {
        let of = |text: String, kind| Some(StaticFile::new(text.into(), kind));
        let name = path.strip_prefix("/docs").map(|rest| rest.trim_matches('/')).unwrap_or_default();
        match path {
            search::INDEX => return of(search::index(&self.described()), "application/json"),
            llms::INDEX => return of(llms::index(self.outline(), &self.origin), TEXT),
            llms::FULL => return of(llms::full(names().iter().filter_map(|name| self.copy(name))), TEXT),
            _ => {}
        }
        if let Some(asset) = name.strip_prefix("assets/") {
            return of(assets::text(asset)?, content_type(asset));
        }
        if let Some(page) = name.strip_suffix(".md") {
            return of(self.copy(page)?, MARKDOWN);
        }
        let page = if name.is_empty() { "index" } else { name };
        match self.html(page) {
            Some(html) => of(html, HTML),
            None => of(source::text(name)?, TEXT),
        }
    }

    /// The page's Markdown with what it takes from elsewhere, but for the table of contents.
    fn markdown(&self, name: &str) -> Option<String> {
        if let Some(made) = generated::markdown(name, &self.origin) {
            return Some(made);
        }
        let file = format!("{name}.md");
        let text = source::text(&file)?;
        Some(include::expand(&text, &file).replace(EXAMPLE_ORIGIN, &self.origin))
    }

    /// The page's Markdown copy.
    pub fn copy(&self, name: &str) -> Option<String> {
        let text = self.markdown(name)?.replace("](../openapi/", "](/");
        Some(text.replace(include::CONTENTS, &llms::list(self.outline(), &self.origin)))
    }

    /// The page without its frame.
    pub fn rendered(&self, name: &str) -> Option<Rendered> {
        let file = format!("{name}.md");
        let text = self.markdown(name)?;
        let cards = if name == "index" { layout::cards(self.outline()) } else { String::new() };
        Some(markdown::render(&text, &Links::new(&file), &cards))
    }

    /// The whole page.
    pub fn html(&self, name: &str) -> Option<String> {
        let rendered = self.rendered(name)?;
        Some(layout::page(&Framed {
            name,
            rendered: &rendered,
            outline: self.outline(),
            origin: &self.origin,
        }))
    }

    /// The page that says that there is none.
    pub fn not_found(&self, title: &str) -> String {
        let html = "<p>The address may be mistyped, or this server may be older or newer than the page that led you here.</p>\
            <ul><li><a href=\"/docs\">Start page of the docs</a></li><li><a href=\"/docs/api\">API reference</a></li>\
            <li><a href=\"/docs/problems\">All problems</a></li></ul>";
        let rendered = Rendered { title: title.to_owned(), html: html.to_owned(), ..Rendered::default() };
        layout::page(&Framed { name: "", rendered: &rendered, outline: self.outline(), origin: &self.origin })
    }

    /// Every page as the search index has it.
    fn described(&self) -> Vec<Value> {
        let describe = |name: &String| {
            let group = self.outline().group_of(name).unwrap_or_default();
            Some(search::describe(&address(name), group, self.rendered(name)?))
        };
        names().iter().filter_map(describe).collect()
    }
}
