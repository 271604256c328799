//! The HTML of the pages about problems: self-contained, without scripts.

use std::{
    fmt::{self, Write as _},
    sync::LazyLock,
};

use api_types::{ProblemType, explanations::ProblemDescription, problem::FaultCode};

use crate::crypto;

const STYLE: &str = include_str!("page.css");

/// The pages' content security policy: their own style, and nothing else.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = crypto::sha256_text(STYLE.as_bytes());
    format!(
        "default-src 'none'; style-src 'sha256-{hash}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// All types, in the order of their status.
pub fn by_status() -> Vec<ProblemType> {
    let mut all = ProblemType::ALL.to_vec();
    all.sort_by_key(|kind| kind.status());
    all
}

/// The page with all types.
pub fn list() -> String {
    let mut body = String::from(
        "<h1>Problems</h1><p>An error of the API is a problem document (RFC 9457). Programs read its <code>code</code>, \
         and people its <code>detail</code>. Its <code>type</code> is the address of one of these pages.</p>\
         <table><thead><tr><th>Status</th><th>Code</th><th>Meaning</th></tr></thead><tbody>",
    );
    for kind in by_status() {
        put(
            &mut body,
            format_args!(
                "<tr><td>{}</td><td><a href=\"{}\"><code>{kind}</code></a></td><td>{}</td></tr>",
                kind.status(),
                kind.path(),
                Text(kind.title())
            ),
        );
    }
    body.push_str("</tbody></table>");
    whole("Problems", &body)
}

/// The page about one type.
pub fn of(problem: &ProblemDescription) -> String {
    let mut body = String::new();
    put(
        &mut body,
        format_args!(
            "<h1>{}</h1><p class=\"facts\"><code>{}</code> <span>Status {}</span></p><h2>What it means</h2><p>{}</p>\
             <h2>What to do</h2><p>{}</p>",
            Text(&problem.title),
            problem.code,
            problem.status,
            Text(&problem.meaning),
            Text(&problem.remedy)
        ),
    );
    if !problem.example.errors.is_empty() {
        body.push_str(
            "<h2>Codes of fields</h2><table><thead><tr><th>Code</th><th>Meaning</th></tr></thead><tbody>",
        );
        for code in FaultCode::ALL {
            put(
                &mut body,
                format_args!("<tr><td><code>{code}</code></td><td>{}</td></tr>", Text(code.meaning())),
            );
        }
        body.push_str("</tbody></table>");
    }
    let example = serde_json::to_string_pretty(&problem.example).unwrap_or_default();
    put(
        &mut body,
        format_args!(
            "<h2>An example</h2><pre><code>HTTP/1.1 {}\nContent-Type: application/problem+json\n\n{}</code></pre>",
            problem.status,
            Escaped(&example)
        ),
    );
    whole(&problem.title, &body)
}

/// The page about a name that no type has.
pub fn unknown() -> String {
    let body = "<h1>There is no such problem</h1><p>The server may be older than the page that you look for. \
                <a href=\"/problems\">All problems</a> are listed.</p>";
    whole("There is no such problem", body)
}

fn whole(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{} · Sayless API</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><style>{STYLE}</style></head><body>\
         <nav aria-label=\"Documentation\"><a href=\"/problems\">All problems</a><a href=\"/docs/\">API reference</a></nav>\
         <main>{body}</main></body></html>",
        Escaped(title)
    )
}

fn put(page: &mut String, part: fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = page.write_fmt(part);
}

/// A text as HTML shows it, with the words between backticks as code.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.split('`').enumerate() {
            if at % 2 == 0 {
                write!(f, "{}", Escaped(part))?;
            } else {
                write!(f, "<code>{}</code>", Escaped(part))?;
            }
        }
        Ok(())
    }
}

/// A text whose characters mean nothing to HTML.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_their_words_of_code_marked() {
        assert_eq!(Text("a <b> & `c\"d`").to_string(), "a &lt;b&gt; &amp; <code>c&quot;d</code>");
    }
}
