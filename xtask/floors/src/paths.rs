//! Paths as Rust writes them: flattened `use` trees, paths between loose tokens, and attributes that mean "test".

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Meta, Token, UseTree};

/// The names of a path, `crate`, `self` and `super` among them.
pub type Names = Vec<String>;

/// A path as it stands in a file.
#[derive(Clone, Debug)]
pub struct Written {
    pub names: Names,
    pub line: usize,
    /// The name that the path gets in its scope; none for `as _`, for a glob, and for a path that is no `use`.
    pub alias: Option<String>,
    /// True for `path::*`: `names` is the path before the star.
    pub glob: bool,
}

/// An identifier without the `r#` of a raw one.
pub fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}

fn line(ident: &Ident) -> usize {
    ident.span().start().line
}

/// Every path of a `use` tree, nested groups taken apart.
pub fn leaves(tree: &UseTree, before: &[String], found: &mut Vec<Written>) {
    let with = |ident: &Ident| [before, &[plain(ident)]].concat();
    match tree {
        UseTree::Path(path) => leaves(&path.tree, &with(&path.ident), found),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, before, found)),
        UseTree::Name(name) => found.push(named(with(&name.ident), &name.ident, None)),
        UseTree::Rename(rename) => {
            found.push(named(with(&rename.ident), &rename.ident, Some(plain(&rename.rename))));
        }
        UseTree::Glob(glob) => {
            let line = glob.star_token.spans[0].start().line;
            found.push(Written { names: before.to_vec(), line, alias: None, glob: true });
        }
    }
}

/// `{self}` at the end of a path means the path before it.
fn named(mut names: Names, ident: &Ident, rename: Option<String>) -> Written {
    if names.len() > 1 && names.last().is_some_and(|last| last == "self") {
        names.pop();
    }
    let alias = rename.or_else(|| names.last().cloned()).filter(|name| name != "_");
    Written { names, line: line(ident), alias, glob: false }
}

/// A path that parsed code names; `None` for one of another crate, `::like::this`.
pub fn written(path: &syn::Path) -> Option<Written> {
    let first = path.segments.first().filter(|_| path.leading_colon.is_none())?;
    let names = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
    Some(Written { names, line: line(&first.ident), alias: None, glob: false })
}

/// Every path of two names or more between the tokens of a macro or an attribute, and every `name!`.
pub fn in_tokens(tokens: TokenStream, found: &mut Vec<Written>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) if !is_visibility(&tokens, at) => in_tokens(group.stream(), found),
            TokenTree::Ident(first) if begins_path(&tokens, at) => {
                at = path_at(&tokens, at, first, found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// `pub(in crate::db)` imports nothing.
fn is_visibility(tokens: &[TokenTree], at: usize) -> bool {
    at > 0 && matches!(&tokens[at - 1], TokenTree::Ident(ident) if ident == "pub")
}

/// False in the middle of a path, after a dot, in a lifetime, and for the `$name` of a macro but not for `$crate`.
fn begins_path(tokens: &[TokenTree], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
    match before(1) {
        Some(TokenTree::Punct(punct)) => match punct.as_char() {
            '\'' => false,
            '.' => matches!(before(2), Some(TokenTree::Punct(punct)) if punct.as_char() == '.'),
            '$' => matches!(&tokens[at], TokenTree::Ident(ident) if ident == "crate"),
            ':' => !matches!(before(2), Some(TokenTree::Punct(punct)) if punct.as_char() == ':'),
            _ => true,
        },
        _ => true,
    }
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    colon(at) && colon(at + 1)
}

/// Reads the path that begins at a token, and returns the place of the first token after it.
fn path_at(tokens: &[TokenTree], start: usize, first: &Ident, found: &mut Vec<Written>) -> usize {
    let mut names = vec![plain(first)];
    let mut at = start + 1;
    let mut glob = false;
    while is_colons(tokens, at) {
        match tokens.get(at + 2) {
            Some(TokenTree::Ident(next)) => {
                names.push(plain(next));
                at += 3;
            }
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                glob = true;
                at += 3;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let trees = Punctuated::<UseTree, Token![,]>::parse_terminated.parse2(group.stream());
                trees.iter().flatten().for_each(|tree| leaves(tree, &names, found));
                return at + 3;
            }
            _ => break,
        }
    }
    let calls = matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
    if names.len() > 1 || glob || calls {
        found.push(Written { names, line: line(first), alias: None, glob });
    }
    at
}

/// True if these attributes leave something out of the program that is shipped: `#[cfg(test)]`, `#[test]`.
pub fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let word = attribute.path().segments.last().map(|segment| plain(&segment.ident));
        match (word.as_deref(), &attribute.meta) {
            (Some("test"), _) => true,
            (Some("cfg"), Meta::List(list)) => asks_for_test(list.tokens.clone()),
            _ => false,
        }
    })
}

/// `test`, or `all(…)` with a `test` among its parts.
fn asks_for_test(condition: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = condition.into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Ident(only)] => only == "test",
        [TokenTree::Ident(all), TokenTree::Group(parts)] if all == "all" => {
            let parts: Vec<TokenTree> = parts.stream().into_iter().collect();
            let comma =
                |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
            parts.split(comma).any(|part| asks_for_test(part.iter().cloned().collect()))
        }
        _ => false,
    }
}

/// True if the attribute is called by this one word.
pub fn is_named(attribute: &Attribute, name: &str) -> bool {
    attribute.path().is_ident(name)
}
