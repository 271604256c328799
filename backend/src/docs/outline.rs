//! The order of the pages: the table of contents, with the pages that are made here below those that list them.

use super::{
    contents, generated,
    links::{Links, REFERENCE, address},
    source,
};

/// A link as the sidebar and the ends of pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub title: String,
    pub address: String,
    /// The description of the page in the table of contents.
    pub says: String,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub title: String,
    pub links: Vec<Link>,
}

/// The order of the pages.
#[derive(Debug)]
pub struct Outline {
    pub groups: Vec<Group>,
}

impl Outline {
    /// Reads the table of contents.
    pub fn read() -> Self {
        let table = source::text(source::CONTENTS).unwrap_or_default();
        let links = Links::new(source::CONTENTS);
        let link = |entry: contents::Entry| {
            let address = links.target(&entry.link)?;
            Some(Link { title: entry.title, address, says: entry.says })
        };
        let groups = contents::read(&table).into_iter().map(|group| Group {
            title: group.title,
            links: group.entries.into_iter().filter_map(link).collect(),
        });
        Self { groups: groups.collect() }
    }

    fn in_order(&self) -> impl Iterator<Item = &Link> {
        self.groups.iter().flat_map(|group| &group.links)
    }

    /// The title of the group that a page belongs to.
    pub fn group_of(&self, name: &str) -> Option<&str> {
        let wanted = address(generated::place(name).map_or(name, |(parent, _)| parent));
        let has = |group: &&Group| group.links.iter().any(|link| link.address == wanted);
        self.groups.iter().find(has).map(|group| group.title.as_str()).filter(|title| !title.is_empty())
    }

    /// The pages before and after a page, in the order in which one reads.
    pub fn around(&self, name: &str) -> (Option<Link>, Option<Link>) {
        let order: Vec<Link> = match generated::place(name) {
            Some((parent, _)) => {
                let wanted = address(parent);
                let above = self.in_order().filter(|link| link.address == wanted).cloned();
                above.chain(children(parent)).collect()
            }
            None => self.in_order().filter(|link| link.address != REFERENCE).cloned().collect(),
        };
        let wanted = address(name);
        let Some(at) = order.iter().position(|link| link.address == wanted) else { return (None, None) };
        (at.checked_sub(1).and_then(|at| order.get(at)).cloned(), order.get(at + 1).cloned())
    }
}

/// The pages that are made here and belong below this page.
pub fn children(parent: &str) -> Vec<Link> {
    let names = generated::names().into_iter();
    let below = names.filter(|name| generated::place(name).is_some_and(|(of, _)| of == parent));
    below
        .map(|name| Link {
            title: generated::place(&name).map(|(_, title)| title.to_owned()).unwrap_or_default(),
            address: address(&name),
            says: String::new(),
        })
        .collect()
}
