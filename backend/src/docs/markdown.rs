//! From a page's Markdown to its HTML, its headings, and the texts by which it is found.

use pulldown_cmark::{
    BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html as writer,
};

use super::{
    code::{self, Code},
    html::{Escaped, href, slug},
    include,
    links::Links,
};

/// A page that is ready to be framed.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The heading of the first level, which the frame shows.
    pub title: String,
    /// The first paragraph as plain text.
    pub summary: String,
    pub html: String,
    /// The headings of the second and third level.
    pub headings: Vec<Heading>,
    /// The texts that the search finds: the one before the first heading, then a section for each heading.
    pub sections: Vec<Section>,
}

#[derive(Debug)]
pub struct Heading {
    pub level: HeadingLevel,
    pub id: String,
    pub text: String,
}

#[derive(Debug, Default)]
pub struct Section {
    pub heading: String,
    pub id: String,
    pub text: String,
}

/// Renders a page whose includes are expanded. `cards` stands where the page has the table of contents.
pub fn render(markdown: &str, links: &Links<'_>, cards: &str) -> Rendered {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    let mut page = Page {
        links,
        cards,
        done: Rendered { sections: vec![Section::default()], ..Rendered::default() },
        out: Vec::new(),
        heading: None,
        code: None,
        codes: Vec::new(),
        open_links: Vec::new(),
        in_summary: false,
    };
    for event in Parser::new_ext(markdown, options) {
        page.take(event);
    }
    page.flush_codes();
    writer::push_html(&mut page.done.html, page.out.into_iter());
    page.done
}

struct Page<'a, 'b> {
    links: &'b Links<'b>,
    cards: &'b str,
    done: Rendered,
    out: Vec<Event<'a>>,
    /// The heading that is being read, with the place in `out` at which it begins.
    heading: Option<(usize, String)>,
    code: Option<Code>,
    /// Code blocks that follow each other without a word between.
    codes: Vec<Code>,
    /// `false` for a link that leads nowhere on a server, and is shown as text.
    open_links: Vec<bool>,
    in_summary: bool,
}

impl<'a> Page<'a, '_> {
    fn take(&mut self, event: Event<'a>) {
        if let Some(code) = &mut self.code {
            match event {
                Event::Text(text) => code.text.push_str(&text),
                Event::End(TagEnd::CodeBlock) => self.codes.extend(self.code.take()),
                _ => {}
            }
            return;
        }
        if let Event::Start(Tag::CodeBlock(kind)) = event {
            let info = if let CodeBlockKind::Fenced(info) = kind { info.to_string() } else { String::new() };
            self.code = Some(Code::of(&info));
            return;
        }
        self.flush_codes();
        self.note(&event);
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Html(html) | Event::InlineHtml(html) => self.raw(&html),
            other => self.out.push(other),
        }
    }

    /// Keeps what the page says, for the search and the summary.
    fn note(&mut self, event: &Event<'a>) {
        match event {
            Event::Start(Tag::Paragraph) => self.in_summary = self.done.summary.is_empty(),
            Event::End(TagEnd::Paragraph) => self.in_summary = false,
            _ => {}
        }
        match event {
            Event::Text(text) | Event::Code(text) => self.say(text),
            Event::SoftBreak
            | Event::HardBreak
            | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => self.say(" "),
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        if let Some((_, heading)) = &mut self.heading {
            heading.push_str(text);
            return;
        }
        if self.in_summary {
            self.done.summary.push_str(text);
        }
        if let Some(section) = self.done.sections.last_mut() {
            section.text.push_str(text);
        }
    }

    fn html(&mut self, html: String) {
        self.out.push(Event::Html(html.into()));
    }

    fn start(&mut self, tag: Tag<'a>) {
        match tag {
            Tag::Heading { .. } => self.heading = Some((self.out.len(), String::new())),
            Tag::Link { dest_url, .. } => {
                let target = self.links.target(&dest_url);
                if let Some(target) = &target {
                    let is_outside = target.starts_with("http:") || target.starts_with("https:");
                    let rel = if is_outside { " rel=\"noopener noreferrer\"" } else { "" };
                    self.html(format!("<a href=\"{}\"{rel}>", href(target)));
                }
                self.open_links.push(target.is_some());
            }
            Tag::Image { link_type, dest_url, title, id } => {
                let dest_url = self.links.target(&dest_url).map_or(dest_url, Into::into);
                self.out.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
            }
            Tag::Table(columns) => {
                self.html("<div class=\"table\" tabindex=\"0\">".to_owned());
                self.out.push(Event::Start(Tag::Table(columns)));
            }
            Tag::BlockQuote(Some(kind)) => {
                let (class, title) = match kind {
                    BlockQuoteKind::Note => ("note", "Note"),
                    BlockQuoteKind::Tip => ("note tip", "Tip"),
                    BlockQuoteKind::Important => ("note important", "Important"),
                    BlockQuoteKind::Warning => ("note warning", "Warning"),
                    BlockQuoteKind::Caution => ("note caution", "Caution"),
                };
                self.html(format!("<aside class=\"{class}\"><p class=\"notehead\">{title}</p>"));
            }
            other => self.out.push(Event::Start(other)),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => self.end_heading(level),
            TagEnd::Link => {
                if self.open_links.pop() == Some(true) {
                    self.html("</a>".to_owned());
                }
            }
            TagEnd::Table => {
                self.out.push(Event::End(TagEnd::Table));
                self.html("</div>".to_owned());
            }
            TagEnd::BlockQuote(Some(_)) => self.html("</aside>".to_owned()),
            other => self.out.push(Event::End(other)),
        }
    }

    fn end_heading(&mut self, level: HeadingLevel) {
        let Some((start, text)) = self.heading.take() else { return };
        let words = self.out.split_off(start);
        if level == HeadingLevel::H1 {
            self.done.title = text;
            return;
        }
        let id = self.free_id(&slug(&text));
        self.html(format!("<{level} id=\"{id}\">"));
        self.out.extend(words);
        let label = Escaped(&text);
        self.html(format!(
            "<a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to “{label}”\">#</a></{level}>"
        ));
        self.done.sections.push(Section { heading: text.clone(), id: id.clone(), text: String::new() });
        if level <= HeadingLevel::H3 {
            self.done.headings.push(Heading { level, id, text });
        }
    }

    /// The anchor, with a number where the page has it already.
    fn free_id(&self, wanted: &str) -> String {
        let is_taken = |id: &str| self.done.sections.iter().any(|section| section.id == id);
        let numbered = (1..).map(|number| format!("{wanted}-{number}"));
        let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
        candidates.find(|id| !is_taken(id)).unwrap_or_default()
    }

    fn flush_codes(&mut self) {
        let codes = std::mem::take(&mut self.codes);
        if codes.is_empty() {
            return;
        }
        if let Some(section) = self.done.sections.last_mut() {
            for code in &codes {
                section.text.extend([" ", code.start(), " "]);
            }
        }
        self.html(code::html(&codes));
    }

    /// HTML in the Markdown: a few elements without attributes pass, comments are dropped, all else is shown as text.
    fn raw(&mut self, html: &str) {
        const PASS: [&str; 11] = [
            "<br>",
            "<br/>",
            "<kbd>",
            "</kbd>",
            "<sup>",
            "</sup>",
            "<details>",
            "</details>",
            "<summary>",
            "</summary>",
            "<hr>",
        ];
        if html.trim() == include::CONTENTS {
            self.html(self.cards.to_owned());
        } else if PASS.contains(&html.trim()) {
            self.html(html.to_owned());
        } else if !html.trim_start().starts_with("<!--") {
            self.html(Escaped(html).to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(markdown: &str) -> Rendered {
        render(markdown, &Links::new("receivers.md"), "<p>cards</p>")
    }

    #[test]
    fn headings_have_anchors_of_their_own() {
        let page = rendered("# A page\n\nFirst `words` of it.\n\n## Same\n\none\n\n### Same\n\ntwo\n");
        assert_eq!((page.title.as_str(), page.summary.as_str()), ("A page", "First words of it."));
        let ids: Vec<&str> = page.headings.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(ids, ["same", "same-1"]);
        assert!(
            page.html.contains("<h2 id=\"same\">Same<a class=\"anchor\" href=\"#same\""),
            "{}",
            page.html
        );
        assert!(!page.html.contains("<h1"), "{}", page.html);
        let texts: Vec<&str> = page.sections.iter().map(|section| section.text.trim()).collect();
        assert_eq!(texts, ["First words of it.", "one", "two"]);
    }

    #[test]
    fn html_of_a_page_is_shown_as_text() {
        let page = rendered("a <script>alert(1)</script> b\n\n<div onclick=\"x\">\n\n<!-- hidden -->\n");
        assert!(!page.html.contains("<script>") && !page.html.contains("<div"), "{}", page.html);
        assert!(page.html.contains("&lt;script&gt;") && !page.html.contains("hidden"), "{}", page.html);
    }

    #[test]
    fn the_table_of_contents_stands_where_the_page_has_it() {
        assert!(rendered("a\n\n<!-- include: contents -->\n\nb\n").html.contains("<p>cards</p>"));
    }

    #[test]
    fn a_link_out_of_the_pages_is_text() {
        let page =
            rendered("[code](../backend/src/lib.rs) [keys](operate.md#the-keys) [w](https://w.example/)");
        assert_eq!(
            page.html.trim(),
            "<p>code <a href=\"/docs/operate#the-keys\">keys</a> \
             <a href=\"https://w.example/\" rel=\"noopener noreferrer\">w</a></p>"
        );
    }
}
