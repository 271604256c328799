//! The part of `cargo metadata`'s answer that the rules are about.

use serde::Deserialize;
use std::fmt;

#[derive(Debug, Deserialize)]
pub struct Metadata {
    pub packages: Vec<Package>,
    pub workspace_members: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct Package {
    pub id: String,
    pub name: String,
    pub version: String,
    pub license: Option<String>,
    /// The place that the package was fetched from; `None` for a folder of this machine.
    pub source: Option<String>,
    pub dependencies: Vec<Dependency>,
    /// The registries to which the package may go; an empty list for none.
    pub publish: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub struct Dependency {
    pub name: String,
    /// The versions that would do; `*` is any.
    pub req: String,
    pub path: Option<String>,
}

impl Package {
    /// True for a package that is never published.
    pub fn is_private(&self) -> bool {
        self.publish.as_ref().is_some_and(Vec::is_empty)
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}
