//! The colours of code: comments, texts, numbers, keywords and names, told apart by one small reader for all languages.

use std::fmt::Write as _;

use super::html::Escaped;

/// The syntax of a language: its keywords, comments and quotation marks.
struct Language {
    comments: &'static [&'static str],
    block: Option<(&'static str, &'static str)>,
    quotes: &'static [char],
    /// Quotes whose text may go over several lines.
    long_quotes: &'static [char],
    keywords: &'static [&'static str],
    /// `true`: a text before a colon is the name of a field.
    has_fields: bool,
}

const C_BLOCK: Option<(&str, &str)> = Some(("/*", "*/"));

const SHELL: Language = Language {
    comments: &["#"],
    block: None,
    quotes: &['"', '\''],
    long_quotes: &['\'', '"'],
    keywords: &[
        "if",
        "then",
        "else",
        "fi",
        "for",
        "in",
        "do",
        "done",
        "while",
        "export",
        "curl",
        "sayless",
        "npm",
        "npx",
        "pip",
        "python",
        "python3",
        "cargo",
        "node",
        "sudo",
        "systemctl",
        "docker",
        "cd",
        "mkdir",
        "cat",
        "echo",
        "apt-get",
        "psql",
        "sqlite3",
        "go",
        "php",
        "ruby",
        "java",
    ],
    has_fields: false,
};
const JSON: Language = Language {
    comments: &[],
    block: None,
    quotes: &['"'],
    long_quotes: &[],
    keywords: &["true", "false", "null"],
    has_fields: true,
};
const SCRIPT: Language = Language {
    comments: &["//"],
    block: C_BLOCK,
    quotes: &['"', '\'', '`'],
    long_quotes: &['`'],
    keywords: &[
        "import",
        "from",
        "export",
        "default",
        "const",
        "let",
        "var",
        "function",
        "return",
        "if",
        "else",
        "for",
        "of",
        "in",
        "while",
        "new",
        "await",
        "async",
        "try",
        "catch",
        "finally",
        "throw",
        "class",
        "extends",
        "typeof",
        "true",
        "false",
        "null",
        "undefined",
        "switch",
        "case",
        "break",
        "continue",
        "interface",
        "type",
        "as",
        "this",
    ],
    has_fields: false,
};
const PYTHON: Language = Language {
    comments: &["#"],
    block: None,
    quotes: &['"', '\''],
    long_quotes: &[],
    keywords: &[
        "import", "from", "as", "def", "class", "return", "if", "elif", "else", "for", "in", "while", "with",
        "try", "except", "finally", "raise", "async", "await", "lambda", "not", "and", "or", "is", "None",
        "True", "False", "pass", "break", "continue", "yield", "assert", "global",
    ],
    has_fields: false,
};
const RUST: Language = Language {
    comments: &["//"],
    block: C_BLOCK,
    quotes: &['"'],
    long_quotes: &['"'],
    keywords: &[
        "use", "mod", "pub", "fn", "let", "mut", "const", "static", "struct", "enum", "impl", "trait", "for",
        "in", "if", "else", "match", "while", "loop", "return", "async", "await", "move", "ref", "self",
        "Self", "crate", "where", "as", "dyn", "true", "false", "break", "continue",
    ],
    has_fields: false,
};
/// Go, Ruby, PHP and Java share this: words of one are rarely names in another.
const OTHERS: Language = Language {
    comments: &["//", "#"],
    block: C_BLOCK,
    quotes: &['"', '\'', '`'],
    long_quotes: &['`'],
    keywords: &[
        "package", "import", "func", "return", "if", "else", "elsif", "for", "range", "var", "const", "type",
        "struct", "go", "defer", "switch", "case", "default", "nil", "true", "false", "null", "require",
        "def", "end", "do", "unless", "begin", "rescue", "class", "module", "function", "foreach", "as",
        "echo", "new", "use", "public", "private", "static", "final", "void", "throws", "try", "catch",
        "finally", "throw", "while", "break",
    ],
    has_fields: false,
};
const SETTINGS: Language = Language {
    comments: &["#", ";"],
    block: None,
    quotes: &['"', '\''],
    long_quotes: &[],
    keywords: &["true", "false", "null"],
    has_fields: true,
};
const SQL: Language = Language {
    comments: &["--"],
    block: C_BLOCK,
    quotes: &['\''],
    long_quotes: &[],
    keywords: &[
        "SELECT", "FROM", "WHERE", "AND", "OR", "ORDER", "BY", "GROUP", "INSERT", "INTO", "VALUES", "UPDATE",
        "SET", "DELETE", "CREATE", "TABLE", "INDEX", "PRIMARY", "KEY", "NOT", "NULL", "ON", "LIMIT", "AS",
    ],
    has_fields: false,
};

fn language(name: &str) -> Option<&'static Language> {
    Some(match name {
        "sh" | "bash" | "shell" | "console" => &SHELL,
        "json" | "jsonc" | "http" => &JSON,
        "js" | "mjs" | "javascript" | "ts" | "tsx" | "typescript" | "jsx" => &SCRIPT,
        "py" | "python" => &PYTHON,
        "rs" | "rust" => &RUST,
        "go" | "rb" | "ruby" | "php" | "java" => &OTHERS,
        "toml" | "yaml" | "yml" | "ini" | "env" | "nginx" => &SETTINGS,
        "sql" => &SQL,
        _ => return None,
    })
}

/// The code as HTML, escaped and coloured where the language is known.
pub fn html(code: &str, name: &str) -> String {
    let mut out = String::with_capacity(code.len() * 2);
    match language(name) {
        Some(language) => colour(code, language, &mut out),
        None => put(&mut out, None, code),
    }
    out
}

fn put(out: &mut String, class: Option<char>, text: &str) {
    // Writing to a string does not fail.
    let _ = match class {
        Some(class) => write!(out, "<span class=\"{class}\">{}</span>", Escaped(text)),
        None => write!(out, "{}", Escaped(text)),
    };
}

fn colour(code: &str, language: &Language, out: &mut String) {
    let mut rest = code;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let (length, class) = token(rest, before, language);
        let (text, after) = rest.split_at(length.max(first.len_utf8()));
        put(out, class, text);
        before = text.chars().last().unwrap_or(' ');
        rest = after;
    }
}

/// The length of the token at the start of `rest`, and its class.
fn token(rest: &str, before: char, language: &Language) -> (usize, Option<char>) {
    let line = rest.find('\n').unwrap_or(rest.len());
    let starts_word = !before.is_alphanumeric() && before != '_';
    if let Some((open, close)) = language.block
        && let Some(inside) = rest.strip_prefix(open)
    {
        let end = inside.find(close).map_or(rest.len(), |at| open.len() + at + close.len());
        return (end, Some('c'));
    }
    // A mark in the middle of a word, as in a URL or `$#`, begins no comment.
    if language.comments.iter().any(|mark| rest.starts_with(mark))
        && (before.is_whitespace() || before == ';')
    {
        return (line, Some('c'));
    }
    let Some(first) = rest.chars().next() else { return (0, None) };
    if language.quotes.contains(&first) {
        let length = quoted(rest, first, language.long_quotes.contains(&first));
        let is_field = language.has_fields && rest[length..].trim_start().starts_with(':');
        return (length, Some(if is_field { 'p' } else { 's' }));
    }
    if first.is_ascii_digit() && starts_word {
        let end =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_').unwrap_or(rest.len());
        return (end, Some('n'));
    }
    if first.is_alphabetic() || first == '_' {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-' && language.has_fields;
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        return (end, class_of(&rest[..end], &rest[end..], before, language));
    }
    (first.len_utf8(), None)
}

fn class_of(word: &str, after: &str, before: char, language: &Language) -> Option<char> {
    if before != '-' && before != '/' && before != '.' && language.keywords.contains(&word) {
        Some('k')
    } else if language.has_fields && (after.starts_with(':') || after.trim_start().starts_with("= ")) {
        Some('p')
    } else if after.starts_with('(') {
        Some('f')
    } else {
        None
    }
}

/// The length of the quoted text at the start of `rest`; one that does not end goes to the end of the line.
fn quoted(rest: &str, quote: char, is_long: bool) -> usize {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\n' if !is_long => return at,
            end if end == quote => return at + end.len_utf8(),
            _ => {}
        }
    }
    if is_long { rest.len() } else { rest.find('\n').unwrap_or(rest.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_get_their_classes_and_all_text_stays() {
        assert_eq!(
            html("{\"a\": \"<b>\", \"n\": 12}", "json"),
            "{<span class=\"p\">&quot;a&quot;</span>: <span class=\"s\">&quot;&lt;b&gt;&quot;</span>, \
             <span class=\"p\">&quot;n&quot;</span>: <span class=\"n\">12</span>}"
        );
        assert_eq!(
            html("const a = f(1); // é\n", "ts"),
            "<span class=\"k\">const</span> a = <span class=\"f\">f</span>(<span class=\"n\">1</span>); \
             <span class=\"c\">// é</span>\n"
        );
        assert_eq!(html("a < b", "text"), "a &lt; b");
    }

    #[test]
    fn a_url_is_no_comment_and_an_open_quote_ends_with_its_line() {
        assert!(!html("curl https://a.example/x#y", "sh").contains("class=\"c\""));
        assert_eq!(html("it's\nnext", "py"), "it<span class=\"s\">'s</span>\nnext");
    }
}
