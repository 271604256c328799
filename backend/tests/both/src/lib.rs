//! The attribute `#[both]`: one test function, run once on SQLite and once on PostgreSQL. See [`macro@both`].

use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// Makes two tests of one function: `name::sqlite` and `name::postgres`.
///
/// The function itself stays as it is written, so that rustfmt, clippy and editors see it. The function is `async` and
/// takes one parameter, the `World`. The attribute only adds a module of the same name with two plain `#[test]` functions;
/// each hands the function to `crate::harness::run`, which starts a world on that database and waits for the end.
///
/// Settings of a test's own are named in the attribute: `with` is a function that changes them before the server
/// starts, by a path as the test's own file would write it.
///
/// ```
/// # use both::both;
/// # struct World;
/// # struct Settings { streams: usize }
/// #[both]
/// async fn a_member_signs_in(world: World) {
///     // …
/// }
///
/// #[both(with = two_streams)]
/// async fn a_third_stream_is_refused(world: World) {
///     // …
/// }
///
/// fn two_streams(settings: &mut Settings) {
///     settings.streams = 2;
/// }
/// # fn main() {}
/// ```
///
/// Anything else is refused while compiling, so that no test is left out quietly. A function that is not `async`:
///
/// ```compile_fail
/// # struct World;
/// # fn main() {}
/// #[both::both]
/// fn a_member_signs_in(world: World) {}
/// ```
///
/// A function without the world, or with more than that:
///
/// ```compile_fail
/// # struct World;
/// # fn main() {}
/// #[both::both]
/// async fn a_member_signs_in() {}
/// ```
///
/// ```compile_fail
/// # struct World;
/// # fn main() {}
/// #[both::both]
/// async fn a_member_signs_in(world: World, other: World) {}
/// ```
///
/// An argument that the attribute does not know:
///
/// ```compile_fail
/// # struct World;
/// # fn main() {}
/// #[both::both(settings = two_streams)]
/// async fn a_third_stream_is_refused(world: World) {}
/// ```
#[proc_macro_attribute]
pub fn both(arguments: TokenStream, function: TokenStream) -> TokenStream {
    let tests = adjustment(arguments).and_then(|adjust| {
        let name = name_of(function.clone())?;
        Ok(tests(&name, &adjust))
    });
    let mut all = function;
    all.extend(tests.unwrap_or_else(Misuse::into_tokens));
    all
}

/// The module with the two tests, spelled out as text and read back: only a name and a path vary.
fn tests(name: &Ident, adjust: &str) -> TokenStream {
    let test = |test: &str, kind: &str| {
        format!(
            "#[test] fn {test}() {{
                crate::harness::run(crate::harness::Kind::{kind}, {adjust}, super::{name});
            }}"
        )
    };
    let module = format!("mod {name} {{ {} {} }}", test("sqlite", "Sqlite"), test("postgres", "Postgres"));
    respanned(parse(&module), name.span())
}

/// The function that adjusts the settings, as a path from inside the new module.
fn adjustment(arguments: TokenStream) -> Result<String, Misuse> {
    let mut tokens = arguments.into_iter();
    let Some(first) = tokens.next() else { return Ok("crate::harness::as_they_are".to_owned()) };
    let said = "say #[both] or #[both(with = path::to::a_function)]";
    let equals = tokens.next();
    if first.to_string() != "with" || equals.is_none_or(|token| token.to_string() != "=") {
        return Err(Misuse { at: first.span(), said });
    }
    let path: TokenStream = tokens.collect();
    let text = path.to_string();
    match path.into_iter().next() {
        None => Err(Misuse { at: first.span(), said }),
        Some(start) if start.to_string() == "crate" || start.to_string() == ":" => Ok(text),
        Some(_) => Ok(format!("super::{text}")),
    }
}

/// The function's name, after making sure that it is `async` and takes one parameter.
fn name_of(function: TokenStream) -> Result<Ident, Misuse> {
    let mut is_async = false;
    let mut name = None;
    for token in function {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                // `pub(crate)` has brackets, too, and stands before the name.
                let Some(name) = name else { continue };
                check(&name, is_async, &group)?;
                return Ok(name);
            }
            TokenTree::Ident(word) if word.to_string() == "async" => is_async = true,
            TokenTree::Ident(word) => name = (word.to_string() != "pub").then_some(word),
            TokenTree::Punct(punct) if punct.as_char() == '<' => {
                return Err(Misuse {
                    at: punct.span(),
                    said: "a test that runs on both databases is not generic",
                });
            }
            _ => {}
        }
    }
    Err(Misuse { at: Span::call_site(), said: "only a function can run on both databases" })
}

fn check(name: &Ident, is_async: bool, parameters: &Group) -> Result<(), Misuse> {
    if !is_async {
        return Err(Misuse { at: name.span(), said: "a test that runs on both databases is an async fn" });
    }
    let tokens: Vec<TokenTree> = parameters.stream().into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    // A comma at the end separates nothing.
    let parted = tokens.iter().rev().skip_while(|token| is_comma(token));
    if tokens.is_empty() || parted.filter(|token| is_comma(token)).count() > 0 {
        return Err(Misuse {
            at: parameters.span(),
            said: "a test that runs on both databases takes one parameter: world: World",
        });
    }
    Ok(())
}

/// A use of the attribute that makes no tests, and how to mend it.
struct Misuse {
    at: Span,
    said: &'static str,
}

impl Misuse {
    fn into_tokens(self) -> TokenStream {
        respanned(parse(&format!("::core::compile_error! {{ {:?} }}", self.said)), self.at)
    }
}

#[expect(
    clippy::expect_used,
    reason = "the text is this crate's own, but for a name and a path that were tokens before"
)]
fn parse(text: &str) -> TokenStream {
    text.parse().expect("what the attribute writes is Rust")
}

/// Moves tokens to `span`, where the compiler then points if they are wrong.
fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    let each = tokens.into_iter().map(|mut token| {
        if let TokenTree::Group(group) = token {
            token = Group::new(group.delimiter(), respanned(group.stream(), span)).into();
        }
        token.set_span(span);
        token
    });
    each.collect()
}
