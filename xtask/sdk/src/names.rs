//! `sdks/names.txt`: what each operation is called in the SDKs.

use anyhow::{Context as _, Result, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// An operation's name in the SDKs, in snake case: `webhooks` and `rotate_secret`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub resource: String,
    pub method: String,
}

/// The names by `operationId`; `None` for an operation that the SDKs leave out.
pub type Names = BTreeMap<String, Option<Name>>;

/// Reads the table of the project in `root`.
pub fn read(root: &Path) -> Result<Names> {
    let path = root.join("sdks/names.txt");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    parse(&text)
}

/// Why the SDKs leave an operation out, by `operationId`.
pub fn left_out(root: &Path) -> Result<BTreeMap<String, String>> {
    let text = fs::read_to_string(root.join("sdks/names.txt"))?;
    let reason = |line: &str| {
        let (operation, reason) = line.split_once(" - ")?;
        Some((operation.trim().to_owned(), reason.trim().to_owned()))
    };
    Ok(lines(&text).filter_map(reason).collect())
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn parse(text: &str) -> Result<Names> {
    let mut names = Names::new();
    for line in lines(text) {
        let mut words = line.split_whitespace();
        let operation = words.next().unwrap_or_default();
        let name = match words.next() {
            Some("-") => {
                ensure!(words.next().is_some(), "sdks/names.txt: {operation} is left out without a reason");
                None
            }
            Some(name) => {
                let (resource, method) = name
                    .split_once('.')
                    .with_context(|| format!("sdks/names.txt: {name} is not resource.method"))?;
                Some(Name { resource: resource.to_owned(), method: method.to_owned() })
            }
            None => anyhow::bail!("sdks/names.txt: {operation} has no name"),
        };
        let twice = names.insert(operation.to_owned(), name).is_some();
        ensure!(!twice, "sdks/names.txt: {operation} stands there twice");
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_resource_and_a_method_and_an_absent_one_a_reason() {
        let names =
            parse("# why\n\nlistWebhooks  webhooks.list\nauthorize  - opened in a browser\n").unwrap();
        let listed = Name { resource: "webhooks".to_owned(), method: "list".to_owned() };
        assert_eq!(names["listWebhooks"], Some(listed));
        assert_eq!(names["authorize"], None);
        for wrong in ["authorize", "authorize -", "authorize list", "a b.c\na b.d"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
