//! What a page takes from elsewhere: files of `docs/`, and what the catalogue knows.
//!
//! A line that is nothing but a link with the title `include` is replaced by the file that it leads to, as code:
//! `- [Python](receivers/receiver.py "include")`. A comment alone on its line, `<!-- include: events -->`, is replaced by a list that
//! is made here. On a repository page the first is a link, and the second is not seen.

use super::{generated, source};

/// The comment that stands for the table of contents: the start page shows it as cards, a Markdown copy as a list.
pub const CONTENTS: &str = "<!-- include: contents -->";

/// The page's Markdown with all that it takes from elsewhere, but for the table of contents.
pub fn expand(markdown: &str, file: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    for line in markdown.lines() {
        match replacement(line.trim(), file) {
            Some(text) => {
                out.push('\n');
                out.push_str(text.trim_end());
                out.push('\n');
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

fn replacement(line: &str, file: &str) -> Option<String> {
    match line {
        "<!-- include: events -->" => return Some(generated::events::list()),
        "<!-- include: problems -->" => return Some(generated::problems::list()),
        "<!-- include: diagnoses -->" => return Some(generated::diagnoses::list()),
        _ => {}
    }
    let (label, target) = include(line)?;
    let name = source::resolve(file, target)?;
    let text = source::text(&name)?;
    let ending = name.rsplit('.').next().unwrap_or_default();
    let fence = if text.contains("```") { "````" } else { "```" };
    Some(format!("{fence}{ending} label=\"{label}\" file=\"{name}\"\n{}\n{fence}\n", text.trim_end()))
}

/// The label and the target of a line that includes a file.
pub fn include(line: &str) -> Option<(&str, &str)> {
    let bare = line.trim();
    let (label, rest) = bare.strip_prefix("- ").unwrap_or(bare).strip_prefix('[')?.split_once("](")?;
    let target = rest.strip_suffix(" \"include\")")?;
    (!label.contains(['[', ']', '"'])).then_some((label, target.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_includes_is_replaced_by_its_file() {
        let page =
            expand("Text.\n\n- [Python](receivers/receiver.py \"include\")\n\nMore.\n", "receivers.md");
        assert!(
            page.starts_with("Text.\n\n\n```py label=\"Python\" file=\"receivers/receiver.py\"\n"),
            "{page}"
        );
        assert!(page.ends_with("\n```\n\n\nMore.\n"), "{page}");
    }

    #[test]
    fn other_links_stay() {
        for line in ["[a](b.md)", "See [a](b.py \"include\") here.", "- [a](b.py \"other\")"] {
            assert_eq!(include(line), None, "{line}");
        }
    }
}
