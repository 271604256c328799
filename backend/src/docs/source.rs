//! The files of `docs/`: embedded in a release, read from disk in development.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../docs"]
struct Files;

/// The table of contents: not a page itself.
pub const CONTENTS: &str = "contents.md";

/// The names of all files, such as `receivers.md` and `receivers/receiver.py`.
pub fn names() -> Vec<String> {
    Files::iter().map(|name| name.replace('\\', "/")).collect()
}

/// The text of a file; `None` where there is no such file.
pub fn text(name: &str) -> Option<String> {
    Files::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned())
}

/// The name that a link leads to from the file `from`; `None` where it leads out of `docs/`.
pub fn resolve(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_resolved_from_the_folder_of_its_file() {
        let to = |from, link| resolve(from, link);
        assert_eq!(to("receivers.md", "receivers/receiver.py").as_deref(), Some("receivers/receiver.py"));
        assert_eq!(to("events/ticket.created.md", "../receivers.md").as_deref(), Some("receivers.md"));
        assert_eq!(to("a/b.md", "./c.md").as_deref(), Some("a/c.md"));
        assert_eq!(to("receivers.md", "../openapi/openapi.json"), None);
    }
}
