//! Code blocks: one alone, or several in tabs, where the same is said in several languages.

use super::{
    highlight,
    html::{Escaped, put},
};

/// Languages that stand for each other: blocks of different ones without a word between are alternatives.
const PROGRAMS: [&str; 11] =
    ["ts", "js", "mjs", "typescript", "javascript", "py", "python", "rust", "go", "ruby", "php"];

/// A code block, with what its info string says: `js label="Node.js" file="receivers/receiver.mjs"`.
#[derive(Debug, Default)]
pub struct Code {
    language: String,
    label: Option<String>,
    file: Option<String>,
    pub text: String,
}

impl Code {
    pub fn of(info: &str) -> Self {
        let language = info.split([' ', ',', '{']).next().unwrap_or_default().to_owned();
        Self { language, label: value(info, "label"), file: value(info, "file"), text: String::new() }
    }

    /// As much of the code as the search looks at.
    pub fn start(&self) -> &str {
        let end = self.text.char_indices().nth(600).map_or(self.text.len(), |(at, _)| at);
        &self.text[..end]
    }

    /// The name of a tab.
    fn name(&self) -> &str {
        self.label.as_deref().unwrap_or_else(|| language_name(&self.language))
    }
}

/// The value of `key="value"` in an info string.
fn value(info: &str, key: &str) -> Option<String> {
    let (_, rest) = info.split_once(&format!(" {key}=\""))?;
    Some(rest.split('"').next()?.to_owned())
}

fn language_name(language: &str) -> &str {
    match language {
        "sh" | "bash" | "shell" | "console" => "Shell",
        "json" | "jsonc" => "JSON",
        "js" | "mjs" | "javascript" => "JavaScript",
        "ts" | "tsx" | "typescript" => "TypeScript",
        "py" | "python" => "Python",
        "rs" | "rust" => "Rust",
        "go" => "Go",
        "rb" | "ruby" => "Ruby",
        "php" => "PHP",
        "java" => "Java",
        "http" => "HTTP",
        "sql" => "SQL",
        "toml" => "TOML",
        "yaml" | "yml" => "YAML",
        "" | "text" => "Text",
        other => other,
    }
}

/// The blocks that follow each other: in tabs where they are alternatives.
pub fn html(codes: &[Code]) -> String {
    let mut out = String::new();
    if !are_alternatives(codes) {
        for code in codes {
            block(&mut out, code);
        }
        return out;
    }
    out.push_str("<div class=\"tabs\">");
    for code in codes {
        put(
            &mut out,
            format_args!("<section data-tab=\"{0}\"><h4 class=\"tabname\">{0}</h4>", Escaped(code.name())),
        );
        block(&mut out, code);
        out.push_str("</section>");
    }
    out.push_str("</div>");
    out
}

fn are_alternatives(codes: &[Code]) -> bool {
    let is_one = |code: &Code| code.label.is_some() || PROGRAMS.contains(&code.language.as_str());
    let names: std::collections::BTreeSet<&str> = codes.iter().map(Code::name).collect();
    codes.len() > 1 && names.len() == codes.len() && codes.iter().all(is_one)
}

fn block(out: &mut String, code: &Code) {
    out.push_str("<figure class=\"code\"><figcaption>");
    match &code.file {
        Some(file) => {
            let name = file.rsplit('/').next().unwrap_or(file);
            put(out, format_args!("<a href=\"/docs/{}\">{}</a>", Escaped(file), Escaped(name)));
        }
        None => put(out, format_args!("<span>{}</span>", Escaped(language_name(&code.language)))),
    }
    let coloured = highlight::html(code.text.trim_end_matches('\n'), &code.language);
    put(out, format_args!("</figcaption><pre tabindex=\"0\"><code>{coloured}</code></pre></figure>"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(info: &str) -> Code {
        Code { text: "x\n".to_owned(), ..Code::of(info) }
    }

    #[test]
    fn the_same_in_several_languages_stands_in_tabs() {
        let tabs = html(&[code("ts run"), code("py"), code("rust")]);
        for name in ["TypeScript", "Python", "Rust"] {
            assert!(tabs.contains(&format!("data-tab=\"{name}\"")), "{tabs}");
        }
        assert!(!html(&[code("sh run"), code("json")]).contains("tabs"));
        assert!(!html(&[code("ts"), code("ts")]).contains("tabs"));
    }

    #[test]
    fn an_info_string_names_language_label_and_file() {
        let included = code("java label=\"Java 17\" file=\"receivers/Receiver.java\"");
        assert_eq!((included.name(), included.language.as_str()), ("Java 17", "java"));
        let shown = html(&[included]);
        assert!(shown.contains("<a href=\"/docs/receivers/Receiver.java\">Receiver.java</a>"), "{shown}");
        assert!(html(&[code("sh not-run=\"needs a mail server\"")]).contains("<span>Shell</span>"));
    }
}
