//! The table of contents, `docs/contents.md`: the order of the pages and their grouping, as a nested list of links.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

/// A group of pages, as the sidebar shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    pub title: String,
    pub entries: Vec<Entry>,
}

/// A line of the table: a link to a page, and what it says of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub title: String,
    /// The target as it is written: `receivers.md`.
    pub link: String,
    /// The description of the page: the text after the link.
    pub says: String,
}

/// An item of the list while it is read.
#[derive(Default)]
struct Item {
    text: String,
    link: Option<String>,
    says: String,
    is_placed: bool,
}

/// Reads the table. A heading, or an item without a link, begins a group; so does an item of the outermost list that has items
/// below it.
pub fn read(markdown: &str) -> Vec<Group> {
    let mut reader = Reader::default();
    for event in Parser::new(markdown) {
        reader.take(event);
    }
    reader.groups.retain(|group| !group.entries.is_empty());
    reader.groups
}

#[derive(Default)]
struct Reader {
    groups: Vec<Group>,
    items: Vec<Item>,
    in_link: bool,
    heading: Option<String>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) if level != HeadingLevel::H1 => {
                self.heading = Some(String::new());
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some(title) = self.heading.take() {
                    self.groups.push(Group { title, entries: Vec::new() });
                }
            }
            // A list inside of an item: the item stands before those below it.
            Event::Start(Tag::List(_)) => self.place(true),
            Event::Start(Tag::Item) => self.items.push(Item::default()),
            Event::End(TagEnd::Item) => {
                self.place(false);
                self.items.pop();
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.in_link = true;
                if let Some(item) = self.items.last_mut() {
                    item.link.get_or_insert_with(|| dest_url.to_string());
                }
            }
            Event::End(TagEnd::Link) => self.in_link = false,
            Event::Text(text) | Event::Code(text) => self.text(&text),
            Event::SoftBreak => self.text(" "),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.push_str(text);
        } else if let Some(item) = self.items.last_mut() {
            let is_after = item.link.is_some() && !self.in_link;
            if is_after { &mut item.says } else { &mut item.text }.push_str(text);
        }
    }

    /// Puts the innermost item into its group.
    fn place(&mut self, has_items: bool) {
        let is_outermost = self.items.len() == 1;
        let Some(item) = self.items.last_mut().filter(|item| !item.is_placed) else { return };
        item.is_placed = true;
        let title = item.text.trim().to_owned();
        let entry = item.link.take().map(|link| Entry {
            title: title.clone(),
            link,
            says: item.says.trim_start_matches([':', ' ', '—', '-', '.']).trim().to_owned(),
        });
        if entry.is_none() || (is_outermost && has_items) || self.groups.is_empty() {
            let title = if entry.is_some() && !has_items { String::new() } else { title };
            self.groups.push(Group { title, entries: Vec::new() });
        }
        if let (Some(group), Some(entry)) = (self.groups.last_mut(), entry) {
            group.entries.push(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(markdown: &str) -> Vec<(String, Vec<String>)> {
        let groups = read(markdown).into_iter();
        let links = |group: Group| group.entries.into_iter().map(|entry| entry.link).collect();
        groups.map(|group| (group.title.clone(), links(group))).collect()
    }

    #[test]
    fn groups_are_items_or_headings() {
        let as_items = "# Contents\n\n- Start\n  - [A](a.md)\n  - [B](b.md)\n- Go on\n  - [C](c.md)\n";
        let as_headings = "# Contents\n\n## Start\n\n- [A](a.md)\n- [B](b.md)\n\n## Go on\n\n- [C](c.md)\n";
        let expected = vec![
            ("Start".to_owned(), vec!["a.md".to_owned(), "b.md".to_owned()]),
            ("Go on".to_owned(), vec!["c.md".to_owned()]),
        ];
        assert_eq!(short(as_items), expected);
        assert_eq!(short(as_headings), expected);
    }

    #[test]
    fn a_linked_item_with_items_below_it_is_the_first_of_its_group() {
        let groups = short("- [Start](index.md)\n- [Events](events.md)\n  - [Order](order.md)\n");
        assert_eq!(groups[0], (String::new(), vec!["index.md".to_owned()]));
        assert_eq!(groups[1], ("Events".to_owned(), vec!["events.md".to_owned(), "order.md".to_owned()]));
    }

    #[test]
    fn what_stands_after_a_link_is_said_of_the_page() {
        let groups = read("- Start\n  - [Quick start](quick.md): a key, a call\n    and a webhook.\n");
        assert_eq!(groups[0].entries[0].title, "Quick start");
        assert_eq!(groups[0].entries[0].says, "a key, a call and a webhook.");
    }
}
