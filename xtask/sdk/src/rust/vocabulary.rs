//! Ids and vocabularies, as the SDK's macros declare them.

use super::casing;
use super::format::doc;
use super::types::{open, word_list};
use anyhow::{Result, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The declaration of an id.
pub fn id(name: &str, schema: &Value) -> String {
    let prefix =
        schema["pattern"].as_str().and_then(|pattern| pattern.trim_start_matches('^').split('_').next());
    let prefix = prefix.unwrap_or_default();
    let noun = casing::snake(name.trim_end_matches("Id")).replace('_', " ").replace("oauth", "OAuth");
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u', 'O']) { "an" } else { "a" };
    format!("    /// The id of {article} {noun}: `{prefix}_…`.\n    {name};\n")
}

/// The declaration of a vocabulary.
pub fn words(name: &str, schema: &Value) -> Result<String> {
    let (text, meanings) = meanings(schema["description"].as_str().unwrap_or_default());
    let text = if text.is_empty() { format!("One of the words of `{}`.", casing::snake(name)) } else { text };
    let mut source = format!("words! {{\n{}    {} {{\n", indented(&doc(&text), 1), open(name));
    let mut seen = BTreeSet::from(["Other".to_owned()]);
    for word in word_list(schema).unwrap_or_default() {
        let variant = casing::variant(&word);
        ensure!(seen.insert(variant.clone()), "{name}: {word} would be a second {variant}");
        let meaning = meanings.get(&word).cloned().unwrap_or_else(|| format!("`{word}`"));
        writeln!(source, "{}        {variant} = {word:?},", indented(&doc(&meaning), 2))?;
    }
    source.push_str("    }\n}\n\n");
    Ok(source)
}

/// `rustfmt` leaves what stands in a macro as it is.
fn indented(text: &str, depth: usize) -> String {
    text.lines().flat_map(|line| ["    ".repeat(depth), line.to_owned(), "\n".to_owned()]).collect()
}

/// What a description says of all words, and of each (a line "- `word`: …").
fn meanings(description: &str) -> (String, BTreeMap<String, String>) {
    let mut text = Vec::new();
    let mut meanings = BTreeMap::new();
    for line in description.lines() {
        let of_word = line.strip_prefix("- `").and_then(|line| line.split_once("`: "));
        match of_word {
            Some((word, meaning)) => {
                meanings.insert(word.to_owned(), meaning.to_owned());
            }
            None if line.trim() == "More words may be added." => {}
            None => text.push(line),
        }
    }
    (text.join("\n").trim().to_owned(), meanings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_word_has_its_meaning() {
        let schema = json!({ "enum": ["open", "24h"],
            "description": "Where it stands.\n\n- `open`: Somebody works on it.\n\nMore words may be added." });
        let source = words("KnownState", &schema).unwrap();
        assert!(source.contains("    /// Where it stands.\n    State {"), "{source}");
        assert!(source.contains("        /// Somebody works on it.\n        Open = \"open\","), "{source}");
        assert!(source.contains("        /// `24h`\n        Hours24 = \"24h\","), "{source}");
        assert!(words("X", &json!({ "enum": ["a.b", "a_b"] })).is_err());
    }
}
