//! The module tree of one crate, built from its files: which modules there are, and what each module names.

use crate::Sources;
use crate::paths::{self, Written};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use syn::{Attribute, Item};

/// A crate's files and modules, both addressed by their place in the list.
#[derive(Default)]
pub struct Tree {
    pub files: Vec<String>,
    /// The code of each file, in the order of `files`.
    pub code: Vec<Rc<syn::File>>,
    pub modules: Vec<Module>,
    /// The name and root module of the library, for the paths of a `main.rs` beside it.
    pub library: Option<(String, usize)>,
    /// Macros that `#[macro_export]` puts at the crate's root, each with the file that defines it.
    pub exported: BTreeMap<String, usize>,
    /// Files that are there for tests alone; a `/` at the end stands for a folder.
    tests: BTreeSet<String>,
    pub errors: Vec<String>,
}

/// A module: a file, or a `mod name { … }` within one.
#[derive(Default)]
pub struct Module {
    pub file: usize,
    /// The module at the top of this crate.
    pub root: usize,
    pub parent: Option<usize>,
    pub children: BTreeMap<String, usize>,
    pub items: BTreeMap<String, BTreeSet<Kind>>,
    pub uses: Vec<Written>,
}

/// The kinds of items that matter to a path: only a type may stand before a `::`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Type,
    Value,
    Macro,
}

/// Builds the tree of a crate whose library is called `library`.
pub fn build(sources: &Sources, library: &str) -> Tree {
    let mut tree = Tree::default();
    for file in sources.keys().filter(|file| is_root(file)) {
        let folder = file.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let Some(root) = tree.add_file(sources, file, &folder, None) else { continue };
        if file == "lib.rs" {
            tree.library = Some((library.to_owned(), root));
        }
    }
    for file in sources.keys() {
        if !tree.files.contains(file) && !tree.is_for_tests(file) {
            tree.errors.push(format!("{file}: no `mod` names this file"));
        }
    }
    tree
}

fn is_root(file: &str) -> bool {
    let binary =
        file.strip_prefix("bin/").is_some_and(|rest| !rest.contains('/') || rest.ends_with("/main.rs"));
    file == "lib.rs" || file == "main.rs" || binary
}

impl Tree {
    fn is_for_tests(&self, file: &str) -> bool {
        self.tests.iter().any(|test| file == test || test.ends_with('/') && file.starts_with(test.as_str()))
    }

    /// Adds a file as a module, and the modules below it, whose files lie in `folder`.
    fn add_file(
        &mut self,
        sources: &Sources,
        file: &str,
        folder: &str,
        parent: Option<usize>,
    ) -> Option<usize> {
        let code = match syn::parse_file(sources.get(file)?) {
            Ok(code) => Rc::new(code),
            Err(error) => {
                self.errors.push(format!("{file}:{}: {error}", error.span().start().line));
                return None;
            }
        };
        self.files.push(file.to_owned());
        self.code.push(Rc::clone(&code));
        let number = self.files.len() - 1;
        let module = self.add_module(number, parent);
        self.add_items(sources, module, folder, &code.items);
        Some(module)
    }

    fn add_module(&mut self, file: usize, parent: Option<usize>) -> usize {
        let number = self.modules.len();
        let root = parent.map_or(number, |parent| self.modules[parent].root);
        self.modules.push(Module { file, root, parent, ..Module::default() });
        number
    }

    fn add_items(&mut self, sources: &Sources, module: usize, folder: &str, items: &[Item]) {
        for item in items {
            match item {
                Item::Mod(child) => self.add_child(sources, module, folder, child),
                Item::Use(import) if !paths::is_test(&import.attrs) && import.leading_colon.is_none() => {
                    paths::leaves(&import.tree, &[], &mut self.modules[module].uses);
                }
                Item::ExternCrate(other) if other.ident == "self" => {
                    self.complain(module, &other.ident, "`extern crate self` hides imports from this check");
                }
                Item::Macro(rules) if rules.attrs.iter().any(|at| paths::is_named(at, "macro_export")) => {
                    let file = self.modules[module].file;
                    let name = rules.ident.as_ref().map(paths::plain);
                    self.exported.extend(name.map(|name| (name, file)));
                }
                _ => {}
            }
            for (name, kind) in names(item) {
                self.modules[module].items.entry(name).or_default().insert(kind);
            }
        }
    }

    fn add_child(&mut self, sources: &Sources, module: usize, folder: &str, child: &syn::ItemMod) {
        let name = paths::plain(&child.ident);
        let below = format!("{folder}{name}/");
        if paths::is_test(&child.attrs) {
            self.tests.extend([format!("{folder}{name}.rs"), below]);
            return;
        }
        self.refuse_detours(module, &child.attrs);
        let added = match &child.content {
            Some((_, items)) => {
                let inner = self.add_module(self.modules[module].file, Some(module));
                self.add_items(sources, inner, &below, items);
                Some(inner)
            }
            None => [format!("{folder}{name}.rs"), format!("{below}mod.rs")]
                .iter()
                .find(|file| sources.contains_key(*file))
                .and_then(|file| self.add_file(sources, file, &below, Some(module))),
        };
        match added {
            Some(inner) => {
                self.modules[module].children.insert(name, inner);
            }
            None => self.complain(module, &child.ident, "this module has no file that can be read"),
        }
    }

    /// Attributes by which a module is not where its name says, or names leave it without an import.
    fn refuse_detours(&mut self, module: usize, attributes: &[Attribute]) {
        for attribute in attributes {
            for name in ["path", "macro_use"] {
                if paths::is_named(attribute, name)
                    && let Some(ident) = attribute.path().get_ident()
                {
                    self.complain(module, ident, &format!("#[{name}] hides imports from this check"));
                }
            }
        }
    }

    fn complain(&mut self, module: usize, at: &syn::Ident, what: &str) {
        let file = &self.files[self.modules[module].file];
        self.errors.push(format!("{file}:{}: {what}", at.span().start().line));
    }
}

/// The names that an item brings into its module, `use` and `mod` apart.
pub fn names(item: &Item) -> Vec<(String, Kind)> {
    let (ident, kinds): (_, &[Kind]) = match item {
        Item::Enum(item) => (&item.ident, &[Kind::Type]),
        Item::Trait(item) => (&item.ident, &[Kind::Type]),
        Item::TraitAlias(item) => (&item.ident, &[Kind::Type]),
        Item::Type(item) => (&item.ident, &[Kind::Type]),
        Item::Union(item) => (&item.ident, &[Kind::Type]),
        Item::Struct(item) => (&item.ident, &[Kind::Type, Kind::Value]),
        Item::Const(item) => (&item.ident, &[Kind::Value]),
        Item::Static(item) => (&item.ident, &[Kind::Value]),
        Item::Fn(item) => (&item.sig.ident, &[Kind::Value]),
        Item::Macro(item) => match &item.ident {
            Some(ident) => (ident, &[Kind::Macro]),
            None => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    kinds.iter().map(|kind| (paths::plain(ident), *kind)).collect()
}
