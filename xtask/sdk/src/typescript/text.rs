//! Names in TypeScript's case, and doc comments.

/// `list_attempts` as `listAttempts`.
pub fn camel(name: &str) -> String {
    let (first, rest) = name.split_once('_').unwrap_or((name, ""));
    first.to_owned() + &pascal(rest)
}

/// `api_key.created` as `ApiKeyCreated`.
pub fn pascal(name: &str) -> String {
    let capitalized = |word| if word == "oauth" { "OAuth".to_owned() } else { capitalized(word) };
    name.split(['_', '.']).map(capitalized).collect()
}

/// `listWebhooks` as `ListWebhooks`.
pub fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The text that `line` makes of each item.
pub fn each<T>(items: impl IntoIterator<Item = T>, line: impl Fn(T) -> String) -> String {
    items.into_iter().map(line).collect()
}

/// A doc comment of these paragraphs, without those that are empty; nothing where all are.
pub fn comment(paragraphs: &[&str], indent: usize) -> String {
    let text: Vec<&str> = paragraphs
        .iter()
        .map(|paragraph| paragraph.trim())
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    let text = text.join("\n\n").replace("*/", "*\u{200b}/");
    let pad = " ".repeat(indent);
    match text.lines().collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        [line] if indent + line.len() <= 113 => format!("{pad}/** {line} */\n"),
        lines => {
            let body = each(lines, |line| format!("{pad} * {line}").trim_end().to_owned() + "\n");
            format!("{pad}/**\n{body}{pad} */\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_typescripts_case() {
        assert_eq!(camel("list_attempts"), "listAttempts");
        assert_eq!(camel("get"), "get");
        assert_eq!(camel("oauth_apps"), "oauthApps");
        assert_eq!(pascal("oauth_apps"), "OAuthApps");
        assert_eq!(pascal("api_key.created"), "ApiKeyCreated");
        assert_eq!(capitalized("listWebhooks"), "ListWebhooks");
    }

    #[test]
    fn a_comment_cannot_be_ended_by_its_text() {
        assert_eq!(comment(&["", " "], 2), "");
        assert_eq!(comment(&["Short."], 2), "  /** Short. */\n");
        assert_eq!(
            comment(&["One.", "Two */ three."], 0),
            "/**\n * One.\n *\n * Two *\u{200b}/ three.\n */\n"
        );
    }
}
