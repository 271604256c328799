//! The files that a path leads to: the file of the deepest module that the path names or that defines the last name of
//! it, and every file that passes the name on by a `use`.

use crate::paths::{Names, Written};
use crate::tree::{Kind, Module, Tree};
use std::collections::BTreeSet;

/// One search through a module tree.
struct Lookup<'a> {
    tree: &'a Tree,
    /// Places where this search has been, so that names which import each other end it.
    seen: BTreeSet<(usize, Names)>,
    /// The `use`s that are being followed: none is needed to understand its own path.
    open: Vec<&'a Written>,
    /// The files that the path leads to.
    files: BTreeSet<usize>,
}

/// A count of names at the end of a path. The first of them has to be visible where it is looked up: it stands behind the
/// star of a `use`, and may come from elsewhere. Any other name that no module visibly defines is taken to be there, since
/// a macro may have made it.
type Visible = usize;

/// No name of the path has to be visible.
const NONE: Visible = usize::MAX;

/// The files that a path leads to, as seen from inside a module; empty for a path into another crate.
pub fn files(tree: &Tree, module: usize, names: &[String]) -> BTreeSet<usize> {
    let mut lookup = Lookup::new(tree);
    lookup.follow(module, names, NONE);
    lookup.files
}

/// The same for a path behind the star of `use before::*`: only what is certainly there counts.
pub fn files_by_glob(tree: &Tree, module: usize, before: &[String], names: &[String]) -> BTreeSet<usize> {
    let mut lookup = Lookup::new(tree);
    lookup.follow(module, &[before, names].concat(), names.len());
    lookup.files
}

/// The file above a module that defines a `macro_rules!` whose name reaches down to it.
pub fn macro_above(tree: &Tree, module: usize, name: &str) -> Option<usize> {
    let defines = |module: &Module| module.items.get(name).is_some_and(|kinds| kinds.contains(&Kind::Macro));
    let mut at = Some(module);
    while let Some(module) = at.map(|at| &tree.modules[at]) {
        if defines(module) {
            return Some(module.file);
        }
        at = module.parent;
    }
    None
}

/// True for a `use path::*` whose path begins in this crate. The path's first name has to be visible without another glob.
fn leads_inside(place: &Module, import: &Written) -> bool {
    import.names.first().is_some_and(|first| {
        ["crate", "self", "super"].contains(&first.as_str())
            || place.children.contains_key(first)
            || place.items.contains_key(first)
            || place.uses.iter().any(|other| other.alias.as_ref() == Some(first))
    })
}

impl<'a> Lookup<'a> {
    fn new(tree: &'a Tree) -> Self {
        Self { tree, seen: BTreeSet::new(), open: Vec::new(), files: BTreeSet::new() }
    }

    /// Follows a path that stands in a module; false if it leads nowhere in this crate.
    fn follow(&mut self, module: usize, names: &[String], visible: Visible) -> bool {
        let Some((first, rest)) = names.split_first() else {
            return self.enter(module, names, visible);
        };
        let place = &self.tree.modules[module];
        match first.as_str() {
            "crate" => return self.enter(place.root, rest, visible),
            "self" => return self.above_or_here(module, rest, visible),
            "super" => {
                return place.parent.is_some_and(|parent| self.above_or_here(parent, rest, visible));
            }
            _ => {}
        }
        if self.find(module, names, visible) {
            return true;
        }
        match &self.tree.library {
            Some((name, root)) if name == first && *root != place.root => self.enter(*root, rest, visible),
            _ => false,
        }
    }

    /// After `self` or `super` another `super` may follow.
    fn above_or_here(&mut self, module: usize, names: &[String], visible: Visible) -> bool {
        if names.first().is_some_and(|first| first == "super") {
            return self.follow(module, names, visible);
        }
        self.enter(module, names, visible)
    }

    /// Looks a path up in a module that has been reached for certain.
    fn enter(&mut self, module: usize, names: &[String], visible: Visible) -> bool {
        let found = self.find(module, names, visible);
        if !found && names.len() < visible {
            self.files.insert(self.tree.modules[module].file);
            return true;
        }
        found
    }

    /// Looks up the first name of a path among all that a module names.
    fn find(&mut self, module: usize, names: &[String], visible: Visible) -> bool {
        let place = &self.tree.modules[module];
        let Some((first, rest)) = names.split_first() else {
            self.files.insert(place.file);
            return true;
        };
        if !self.seen.insert((module, names.to_vec())) {
            return false;
        }
        let mut found = false;
        if let Some(child) = place.children.get(first) {
            found |= self.enter(*child, rest, visible);
        }
        if place.items.get(first).is_some_and(|kinds| rest.is_empty() || kinds.contains(&Kind::Type)) {
            self.files.insert(place.file);
            found = true;
        }
        if let Some(file) = self.tree.exported.get(first).filter(|_| rest.is_empty() && module == place.root)
        {
            self.files.insert(*file);
            found = true;
        }
        // A `use` may bring in a function that is called like a child module, but no path goes on behind a function.
        let is_module = !rest.is_empty() && place.children.contains_key(first);
        let of_name = |import: &&Written| import.alias.as_ref() == Some(first) && !is_module;
        for import in place.uses.iter().filter(of_name) {
            found |= self.pass_on(module, import, rest, visible);
        }
        if !found {
            for import in place.uses.iter().filter(|import| import.glob && leads_inside(place, import)) {
                found |= self.pass_on(module, import, names, visible.min(names.len()));
            }
        }
        found
    }

    /// Follows a `use` of a module, which is then one of the files on the way.
    fn pass_on(&mut self, module: usize, import: &'a Written, rest: &[String], visible: Visible) -> bool {
        if self.open.iter().any(|open| std::ptr::eq(*open, import)) {
            return false;
        }
        self.open.push(import);
        let found = self.follow(module, &[&import.names, rest].concat(), visible);
        self.open.pop();
        if found {
            self.files.insert(self.tree.modules[module].file);
        }
        found
    }
}
