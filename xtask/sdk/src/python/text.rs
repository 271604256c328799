//! Python text: docstrings, imports, and names as Python writes them.

use std::fmt::Arguments;

/// Columns of a line.
const WIDTH: usize = 100;
const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not",
    "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Puts formatted text at the end.
pub fn add(out: &mut String, text: Arguments<'_>) {
    out.push_str(&text.to_string());
}

/// A name that may be one of Python's own words, which then gets `_` after it.
pub fn escape(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// `oauth_app.secret_rotated` -> `OauthAppSecretRotated`.
pub fn class_name(name: &str) -> String {
    name.split(['_', '.']).map(capital).collect()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A docstring with its line breaks, `indent` columns in.
pub fn docstring(text: &str, indent: usize) -> String {
    docstring_with(text, &[], indent)
}

/// A docstring with further lines after its text.
pub fn docstring_with(text: &str, more: &[String], indent: usize) -> String {
    let space = " ".repeat(indent);
    let raw = if text.contains('\\') { "r" } else { "" };
    let opening = 3 + raw.len();
    let lines = wrap_after(text, WIDTH - indent, opening);
    if lines.len() == 1 && more.is_empty() && lines[0].chars().count() + indent + opening + 3 <= WIDTH {
        // A quote at the end would run into those that close.
        let last = if lines[0].ends_with('"') { format!("\n{space}") } else { String::new() };
        return format!("{space}{raw}\"\"\"{}{last}\"\"\"\n", lines[0]);
    }
    let mut out = format!("{space}{raw}\"\"\"{}\n", lines[0]);
    for line in lines[1..].iter().chain(more) {
        out.push_str(if line.is_empty() { "" } else { &space });
        out.push_str(line);
        out.push('\n');
    }
    out + &format!("{space}\"\"\"\n")
}

/// A text whose first line is `first` columns in and whose others are `rest`, within a docstring of a method.
pub fn hanging(text: &str, first: usize, rest: usize) -> Vec<String> {
    let lines = wrap(text, WIDTH - 8 - rest);
    let indent = |(number, line): (usize, &String)| " ".repeat(if number == 0 { first } else { rest }) + line;
    lines.iter().filter(|line| !line.is_empty()).enumerate().map(indent).collect()
}

/// The text in lines of at most `width` characters. Paragraphs and list items stay apart.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    wrap_after(text, width, 0)
}

/// [`wrap`] for a text whose first line begins `used` columns in.
fn wrap_after(text: &str, width: usize, used: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for line in text.trim().lines().map(str::trim) {
        if line.is_empty() {
            lines.extend([String::new(), String::new()]);
        } else if line.starts_with("- ") && lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(String::new());
        }
        for word in line.split_whitespace() {
            let before = if lines.len() == 1 { used } else { 0 };
            let room = width - before;
            let Some(last) = lines.last_mut() else { continue };
            if last.is_empty() {
                last.push_str(word);
            } else if last.chars().count() + 1 + word.chars().count() <= room {
                last.push(' ');
                last.push_str(word);
            } else {
                lines.push(word.to_owned());
            }
        }
    }
    lines
}

/// True if `text` has `word` as a name of its own, outside of docstrings.
pub fn names(text: &str, word: &str) -> bool {
    // Every other part is a docstring.
    text.split("\"\"\"").step_by(2).any(|code| code_names(code, word))
}

fn code_names(text: &str, word: &str) -> bool {
    let part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// `from module import …` of those names that `text` has, in the order given; empty where it has none.
pub fn import(module: &str, candidates: &[&str], text: &str) -> String {
    let used: Vec<&str> = candidates.iter().copied().filter(|name| names(text, name)).collect();
    let line = format!("from {module} import {}\n", used.join(", "));
    if used.is_empty() {
        String::new()
    } else if line.trim_end().len() <= WIDTH {
        line
    } else {
        format!("from {module} import (\n    {},\n)\n", used.join(",\n    "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_wrapped_and_lists_stay_lists() {
        assert_eq!(wrap("one two\nthree\n\n- four\n- five", 9), ["one two", "three", "", "- four", "- five"]);
        assert_eq!(docstring("The id.", 4), "    \"\"\"The id.\"\"\"\n");
        assert_eq!(docstring("Say \"so\"", 0), "\"\"\"Say \"so\"\n\"\"\"\n");
        assert!(docstring(&"word ".repeat(60), 4).lines().all(|line| line.len() <= WIDTH));
    }

    #[test]
    fn names_are_pythons() {
        assert_eq!(escape("continue"), "continue_");
        assert_eq!(class_name("oauth_app.secret_rotated"), "OauthAppSecretRotated");
        assert!(names("x: Sequence[str]", "str") && !names("x: strange", "str"));
        assert!(!names("\"\"\"A str.\"\"\"", "str"));
        assert_eq!(
            import("typing", &["Any", "Optional"], "x: Optional[str]"),
            "from typing import Optional\n"
        );
    }
}
