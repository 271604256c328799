//! What the checks need of a Markdown file: the anchors of its headings, its links and its code blocks.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::collections::{HashMap, HashSet};

/// A link, and the line on which it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    pub target: String,
    pub line: usize,
}

/// A code block, and the line on which it begins.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The text behind the fence; `None` where the block is only indented.
    pub info: Option<String>,
    pub text: String,
    pub line: usize,
}

/// A file that was read.
#[derive(Debug, Default)]
pub struct Markdown {
    pub anchors: HashSet<String>,
    pub links: Vec<Link>,
    pub code: Vec<Code>,
}

impl Markdown {
    pub fn read(text: &str) -> Self {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let mut found = Self::default();
        let mut headings = Headings::default();
        let mut code: Option<Code> = None;
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            let line = text[..range.start].matches('\n').count() + 1;
            match event {
                Event::Start(Tag::Heading { .. }) => headings.open = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => found.anchors.extend(headings.close()),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    found.links.push(Link { target: dest_url.into_string(), line });
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    let info = match kind {
                        CodeBlockKind::Fenced(info) => Some(info.into_string()),
                        CodeBlockKind::Indented => None,
                    };
                    code = Some(Code { info, text: String::new(), line });
                }
                Event::End(TagEnd::CodeBlock) => found.code.extend(code.take()),
                Event::Text(part) => match &mut code {
                    Some(code) => code.text.push_str(&part),
                    None => headings.add(&part),
                },
                Event::Code(part) => headings.add(&part),
                _ => {}
            }
        }
        found
    }
}

/// The headings met so far: repository pages number those that are called alike.
#[derive(Default)]
struct Headings {
    open: Option<String>,
    seen: HashMap<String, usize>,
}

impl Headings {
    fn add(&mut self, part: &str) {
        if let Some(open) = &mut self.open {
            open.push_str(part);
        }
    }

    fn close(&mut self) -> Option<String> {
        let anchor = anchor(&self.open.take()?);
        let before = self.seen.entry(anchor.clone()).or_default();
        *before += 1;
        Some(if *before == 1 { anchor } else { format!("{anchor}-{}", *before - 1) })
    }
}

/// The anchor that repository pages give a heading: lower case, blanks as hyphens, punctuation left out.
pub fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}
