//! The walk through a crate's code: every path of every file, and which other files it leads to.

use crate::lookup;
use crate::paths::{self, Written};
use crate::tree::{Tree, names};
use proc_macro2::TokenStream;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Item, Lit, Meta, Stmt};

/// One file needs another: where that is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// The importing file, by its place in the tree's list.
    pub from: usize,
    pub line: usize,
    /// The imported file, by its place in the tree's list.
    pub to: usize,
}

/// Each import with the paths, as written, that make it.
pub type Imports = BTreeMap<Import, BTreeSet<String>>;

/// Finds every import of a crate.
pub fn find(tree: &Tree) -> Imports {
    let mut imports = Imports::new();
    for (file, code) in tree.code.iter().enumerate() {
        let Some(module) = tree.modules.iter().position(|module| module.file == file) else { continue };
        let mut walk = Walk { tree, file, module, blocks: Vec::new(), imports: &mut imports };
        walk.visit_file(code);
    }
    imports
}

/// The walk through one file.
struct Walk<'a> {
    tree: &'a Tree,
    file: usize,
    /// The module of the code that is being read.
    module: usize,
    /// The blocks around that code, the innermost last.
    blocks: Vec<Scope>,
    imports: &'a mut Imports,
}

/// Names that a block brings in for itself.
#[derive(Default)]
struct Scope {
    uses: Vec<Written>,
    items: BTreeSet<String>,
}

impl Scope {
    fn of(block: &Block) -> Self {
        let mut scope = Self::default();
        for statement in &block.stmts {
            match statement {
                Stmt::Item(Item::Use(import)) => paths::leaves(&import.tree, &[], &mut scope.uses),
                Stmt::Item(item) => scope.items.extend(names(item).into_iter().map(|(name, _)| name)),
                _ => {}
            }
        }
        scope
    }
}

impl Walk<'_> {
    fn add(&mut self, written: &Written, files: impl IntoIterator<Item = usize>) {
        let star = if written.glob { "::*" } else { "" };
        for to in files.into_iter().filter(|to| *to != self.file) {
            let import = Import { from: self.file, line: written.line, to };
            self.imports.entry(import).or_default().insert(format!("{}{star}", written.names.join("::")));
        }
    }

    /// A path in the code: it imports what the `use` that brought its first name in does not import already.
    fn follow(&mut self, written: &Written) {
        let Some(first) = written.names.first() else { return };
        for at in (0..self.blocks.len()).rev() {
            let scope = &self.blocks[at];
            if scope.items.contains(first) {
                return;
            }
            if let Some(import) = scope.uses.iter().find(|import| import.alias.as_ref() == Some(first)) {
                let names = [&import.names, &written.names[1..]].concat();
                let known = lookup::files(self.tree, self.module, &import.names);
                self.add_but(written, &lookup::files(self.tree, self.module, &names), &known);
                return;
            }
            for import in scope.uses.iter().filter(|import| import.glob) {
                let found = lookup::files_by_glob(self.tree, self.module, &import.names, &written.names);
                if !found.is_empty() {
                    self.add(written, found);
                    return;
                }
            }
        }
        let found = lookup::files(self.tree, self.module, &written.names);
        let module = &self.tree.modules[self.module];
        let by_use = module.uses.iter().filter(|import| import.alias.as_ref() == Some(first));
        let known = by_use.flat_map(|import| lookup::files(self.tree, self.module, &import.names)).collect();
        self.add_but(written, &found, &known);
    }

    fn add_but(&mut self, written: &Written, found: &BTreeSet<usize>, known: &BTreeSet<usize>) {
        self.add(written, found.difference(known).copied());
    }

    fn follow_tokens(&mut self, tokens: TokenStream) {
        let mut found = Vec::new();
        paths::in_tokens(tokens, &mut found);
        for written in found {
            match written.names.as_slice() {
                [name] if !written.glob => self.follow_macro(&written, name),
                _ => self.follow(&written),
            }
        }
    }

    /// A macro called by one name: brought in by a `use`, or defined by `macro_rules!` further up.
    fn follow_macro(&mut self, written: &Written, name: &str) {
        let uses = &self.tree.modules[self.module].uses;
        if !uses.iter().any(|import| import.alias.as_deref() == Some(name)) {
            self.add(written, lookup::macro_above(self.tree, self.module, name));
        }
    }

    /// A path in a string, as in `#[serde(with = "crate::time")]`.
    fn follow_text(&mut self, text: &syn::LitStr) {
        let Ok(path) = text.parse::<syn::Path>() else { return };
        let first = path.segments.first().map(|segment| paths::plain(&segment.ident));
        let inside = path.segments.len() > 1
            && first.is_some_and(|first| ["crate", "self", "super"].contains(&first.as_str()));
        if let Some(mut written) = paths::written(&path).filter(|_| inside) {
            written.line = text.span().start().line;
            self.follow(&written);
        }
    }

    fn follow_texts(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Group(group) => self.follow_texts(group.stream()),
                proc_macro2::TokenTree::Literal(literal) => {
                    if let Lit::Str(text) = Lit::new(literal) {
                        self.follow_text(&text);
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Const(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Macro(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Static(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Trait(item) => &item.attrs,
            Item::Type(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &[],
        };
        if !paths::is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !paths::is_test(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        let left_out = match statement {
            Stmt::Local(local) => paths::is_test(&local.attrs),
            Stmt::Macro(called) => paths::is_test(&called.attrs),
            _ => false,
        };
        if !left_out {
            visit::visit_stmt(self, statement);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if !paths::is_test(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_item_mod(&mut self, child: &'ast syn::ItemMod) {
        let inner = self.tree.modules[self.module].children.get(&paths::plain(&child.ident));
        let Some(inner) = inner else { return };
        let Some((_, items)) = &child.content else { return };
        let outer = std::mem::replace(&mut self.module, *inner);
        let blocks = std::mem::take(&mut self.blocks);
        for item in items {
            self.visit_item(item);
        }
        self.module = outer;
        self.blocks = blocks;
    }

    fn visit_item_use(&mut self, import: &'ast syn::ItemUse) {
        let mut found = Vec::new();
        if import.leading_colon.is_none() {
            paths::leaves(&import.tree, &[], &mut found);
        }
        for written in found {
            self.add(&written, lookup::files(self.tree, self.module, &written.names));
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.blocks.push(Scope::of(block));
        visit::visit_block(self, block);
        self.blocks.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(written) = paths::written(path) {
            self.follow(&written);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        match paths::written(&called.path) {
            Some(written) if written.names.len() == 1 => self.follow_macro(&written, &written.names[0]),
            Some(written) => self.follow(&written),
            None => {}
        }
        self.follow_tokens(called.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Some(written) = paths::written(attribute.path()).filter(|written| written.names.len() > 1) {
            self.follow(&written);
        }
        match &attribute.meta {
            Meta::List(list) => {
                self.follow_tokens(list.tokens.clone());
                self.follow_texts(list.tokens.clone());
            }
            Meta::NameValue(pair) if !attribute.path().is_ident("doc") => self.visit_expr(&pair.value),
            _ => {}
        }
    }

    /// `pub(in crate::db)` imports nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}
