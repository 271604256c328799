//! Texts as HTML shows them.

use std::fmt::{self, Write as _};

/// A text whose characters mean nothing to HTML.
#[derive(Debug)]
pub struct Escaped<'a>(pub &'a str);

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

/// Adds to a page.
pub fn put(page: &mut String, part: fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = page.write_fmt(part);
}

/// The anchor of a heading, as repository pages make it: `#asking-for-a-pause`.
pub fn slug(heading: &str) -> String {
    let words = heading.trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// A link's target: nothing but what an address may hold, escaped.
pub fn href(target: &str) -> String {
    let is_safe = !target.trim_start().to_ascii_lowercase().starts_with("javascript:");
    Escaped(if is_safe { target } else { "#" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_get_the_anchors_of_repository_pages() {
        assert_eq!(slug("Asking for a pause"), "asking-for-a-pause");
        assert_eq!(slug("What `v1a` is, and why"), "what-v1a-is-and-why");
        assert_eq!(slug("Roll back"), "roll-back");
        assert_eq!(slug("connection_refused"), "connection_refused");
    }

    #[test]
    fn texts_are_escaped_and_no_link_is_a_script() {
        assert_eq!(Escaped("a <b> & \"c\"").to_string(), "a &lt;b&gt; &amp; &quot;c&quot;");
        assert_eq!(href("JavaScript:alert(1)"), "#");
    }
}
