//! `llms.txt`: the pages for programs that read, as links to their Markdown copies.

use super::{
    html::put,
    links::REFERENCE,
    outline::{Link, Outline, children},
};

pub const INDEX: &str = "/llms.txt";
pub const FULL: &str = "/llms-full.txt";

/// The index, by the convention: a title, a summary, and groups of links.
pub fn index(outline: &Outline, origin: &str) -> String {
    let mut out = String::from(
        "# Sayless API platform\n\n> API keys, OAuth apps, webhooks and their delivery. These are the pages of the documentation of this \
         server, as Markdown.\n\n",
    );
    out.push_str(&list(outline, origin));
    for (parent, title) in [("events", "Types of events"), ("problems", "Types of problems")] {
        put(&mut out, format_args!("\n## {title}\n\n"));
        for link in children(parent) {
            line(&mut out, origin, &link);
        }
    }
    put(
        &mut out,
        format_args!(
            "\n## Optional\n\n- [All pages in one file]({origin}{FULL})\n- [The OpenAPI document]({origin}/openapi.json)\n"
        ),
    );
    out
}

/// The table of contents as lists of links to the Markdown copies.
pub fn list(outline: &Outline, origin: &str) -> String {
    let mut out = String::new();
    for group in &outline.groups {
        let links: Vec<&Link> = group.links.iter().filter(|link| link.address != REFERENCE).collect();
        if links.is_empty() {
            continue;
        }
        let title = if group.title.is_empty() { "Documentation" } else { &group.title };
        put(&mut out, format_args!("## {title}\n\n"));
        for link in links {
            line(&mut out, origin, link);
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn line(out: &mut String, origin: &str, link: &Link) {
    let copy =
        if link.address == "/docs" { "/docs/index.md".to_owned() } else { format!("{}.md", link.address) };
    let says = if link.says.is_empty() { String::new() } else { format!(": {}", link.says) };
    put(out, format_args!("- [{}]({origin}{copy}){says}\n", link.title));
}

/// All pages, one after the other.
pub fn full(copies: impl Iterator<Item = String>) -> String {
    let mut out = String::new();
    for copy in copies {
        out.push_str(copy.trim());
        out.push_str("\n\n");
    }
    out
}
