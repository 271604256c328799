//! Names on one line: a reader must see what is stored. Characters that show nothing, or that turn the direction of writing
//! around, let a name look like somebody else's.

use unicode_properties::{
    GeneralCategory as Category, GeneralCategoryGroup as Group, UnicodeGeneralCategory,
};

/// What is wrong with a name, as a sentence; `None` where it is good. Its length and its ends are the caller's to check.
pub fn fault(name: &str) -> Option<String> {
    let characters: Vec<char> = name.chars().collect();
    for (at, &c) in characters.iter().enumerate() {
        match c.general_category() {
            Category::LineSeparator | Category::ParagraphSeparator => return Some(ONE_LINE.into()),
            Category::Control if matches!(c, '\n' | '\r' | '\t') => return Some(ONE_LINE.into()),
            Category::Control => return Some("It must not contain control characters.".into()),
            Category::Format if !(is_joiner(c) && is_within_a_word(&characters, at)) => {
                return Some(hidden(c));
            }
            _ if is_reserved_as_invisible(c) => return Some(hidden(c)),
            _ => {}
        }
    }
    shows_nothing(name).then(|| "It must contain a character that shows.".into())
}

/// `true` for a text without any character that shows: blanks, fillers, marks on nothing, and what is invisible.
pub fn shows_nothing(text: &str) -> bool {
    text.chars().all(|c| {
        is_blank(c)
            || is_reserved_as_invisible(c)
            // The Hangul fillers for a missing consonant or vowel.
            || matches!(c, '\u{115f}' | '\u{1160}')
            || matches!(c.general_category(), Category::Control | Category::Format)
            || c.general_category_group() == Group::Mark
    })
}

/// A name without the blanks around it.
pub fn trim(name: &str) -> &str {
    name.trim_matches(is_blank)
}

const ONE_LINE: &str = "It must be on one line.";

fn hidden(c: char) -> String {
    format!(
        "It must not contain U+{:04X}, which is invisible or changes how the rest is shown.",
        u32::from(c)
    )
}

/// White space, and the letters and signs that look like it.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{3164}' | '\u{ffa0}' | '\u{2800}')
}

/// Code points that Unicode keeps for invisible characters of later versions.
fn is_reserved_as_invisible(c: char) -> bool {
    let reserved = matches!(c, '\u{2065}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}');
    reserved && c.general_category() == Category::Unassigned
}

/// The joiners that some scripts and emoji are written with: zero-width non-joiner and joiner.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// `true` where a letter, a mark or an emoji stands on both sides.
fn is_within_a_word(characters: &[char], at: usize) -> bool {
    let joins = |neighbour: Option<&char>| {
        neighbour.is_some_and(|c| {
            matches!(c.general_category_group(), Group::Letter | Group::Mark)
                || matches!(c.general_category(), Category::OtherSymbol | Category::ModifierSymbol)
        })
    };
    joins(at.checked_sub(1).and_then(|before| characters.get(before))) && joins(characters.get(at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_scripts_are_good() {
        for name in [
            "Acme, Inc.",
            "Zoë's café № 5",
            "שלום עולם",
            "می\u{200c}خواهم",
            "ක්\u{200d}ෂ",
            "👨\u{200d}👩\u{200d}👧 family",
            "🏳\u{fe0f}\u{200d}🌈",
            "\u{2764}\u{fe0f}\u{200d}\u{1f525}",
            "한국어",
            "e\u{301}",
            "⠓⠊",
        ] {
            assert_eq!(fault(name), None, "{name}");
        }
    }

    #[test]
    fn what_hides_turns_around_or_breaks_the_line_is_named() {
        for c in [
            '\u{200b}',
            '\u{202e}',
            '\u{2066}',
            '\u{feff}',
            '\u{ad}',
            '\u{e0041}',
            '\u{2060}',
            '\u{180e}',
            '\u{e0080}',
            '\u{2065}',
            '\u{85}',
            '\u{9b}',
            '\u{2028}',
            '\u{2029}',
            '\u{0}',
            '\n',
            '\t',
        ] {
            assert!(fault(&format!("Ac{c}me")).is_some(), "{:x}", u32::from(c));
        }
        for joined in ["\u{200d}Acme", "Acme\u{200c}", "Ac \u{200d}me", "Ac\u{200d}\u{200d}me", "1\u{200d}2"]
        {
            assert!(fault(joined).is_some_and(|said| said.contains("U+200")), "{joined:?}");
        }
    }

    #[test]
    fn what_shows_nothing_is_no_name() {
        for nothing in [
            "",
            " ",
            "\u{3164}",
            "\u{115f}\u{1160}",
            "\u{ffa0}",
            "\u{2800}",
            "\u{301}",
            "\u{fe0f}",
            "\u{34f}",
        ] {
            assert!(shows_nothing(nothing) && fault(nothing).is_some(), "{nothing:?}");
        }
        assert_eq!(trim("\u{3164} Acme\u{2003}\u{2800}"), "Acme");
    }
}
