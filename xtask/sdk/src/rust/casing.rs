//! How names of the document are written in Rust.

/// Words that are no names in Rust.
const RESERVED: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern", "false", "fn",
    "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self",
    "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while",
];

/// A field's, parameter's or method's name.
pub fn name(wire: &str) -> String {
    let name: String = wire.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if RESERVED.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// `oauth_app` -> `OAuthApp`, `ticket.created` -> `TicketCreated`, `listWebhooks` -> `ListWebhooks`.
pub fn pascal(text: &str) -> String {
    let mut name = String::new();
    let mut start = true;
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() {
            start = true;
        } else if start {
            name.push(c.to_ascii_uppercase());
            start = false;
        } else {
            name.push(c);
        }
    }
    match name.strip_prefix("Oauth") {
        Some(rest) => format!("OAuth{rest}"),
        None => name,
    }
}

/// The variant of a word; a span of time (`24h`) gets its unit first.
pub fn variant(word: &str) -> String {
    let unit = match word.chars().last() {
        Some('h') => "Hours",
        Some('d') => "Days",
        _ => "",
    };
    let digits = &word[..word.len().saturating_sub(1)];
    if !unit.is_empty() && !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) {
        return format!("{unit}{digits}");
    }
    pascal(word)
}

/// `OAuthApp` -> `oauth_app`.
pub fn snake(pascal: &str) -> String {
    let mut name = String::new();
    for c in pascal.replace("OAuth", "Oauth").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// `oauth_apps` -> `OAuth apps`, for a sentence.
pub fn words_of(resource: &str) -> String {
    resource.replace('_', " ").replace("oauth", "OAuth").replace("api ", "API ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_rust_writes_them() {
        assert_eq!(name("type"), "type_");
        assert_eq!(pascal("api_key.created"), "ApiKeyCreated");
        assert_eq!(pascal("listOAuthApps"), "ListOAuthApps");
        assert_eq!(pascal("oauth_apps"), "OAuthApps");
        assert_eq!(pascal("tickets:read"), "TicketsRead");
        assert_eq!(
            [variant("24h"), variant("none"), variant("v1a"), variant("failed")],
            ["Hours24", "None", "V1a", "Failed"]
        );
        assert_eq!(snake("OAuthApp"), "oauth_app");
    }
}
