//! What each diagnosis means, whose it is and what to do: what the diagnosing itself says of examples.

use api_types::deliveries::{Category, Diagnosis, DiagnosisCode, RetryHelps};

use crate::{delivery::diagnosis::examples, docs::html::put};

/// All codes, each with a section of its own.
pub fn list() -> String {
    let all = examples::all();
    let mut page = String::from("| code | fault | whose it is |\n|---|---|---|\n");
    for code in DiagnosisCode::ALL {
        let mut parties: Vec<&str> = of(&all, *code).map(|diagnosis| whose(diagnosis.category)).collect();
        parties.dedup();
        put(
            &mut page,
            format_args!("| [`{code}`](#{code}) | {} | {} |\n", code.phrase(), parties.join(" or ")),
        );
    }
    page.push('\n');
    for code in DiagnosisCode::ALL {
        put(&mut page, format_args!("## {code}\n\n{}.\n\n", code.phrase()));
        for diagnosis in of(&all, *code) {
            put(
                &mut page,
                format_args!(
                    "- **{}.** For example: *{}* {} {}\n",
                    capital(whose(diagnosis.category)),
                    plain(&diagnosis.summary),
                    plain(&diagnosis.advice),
                    retry(diagnosis.retry_helps)
                ),
            );
        }
        page.push('\n');
    }
    page
}

fn of(all: &[Diagnosis], code: DiagnosisCode) -> impl Iterator<Item = &Diagnosis> {
    all.iter().filter(move |diagnosis| diagnosis.code == code)
}

const fn whose(category: Category) -> &'static str {
    match category {
        Category::Configuration => "yours: set up wrongly",
        Category::Outage => "the receiver's: an outage",
        Category::Throttling => "the receiver's: it asks for a pause",
        Category::Ours => "ours",
    }
}

const fn retry(helps: RetryHelps) -> &'static str {
    match helps {
        RetryHelps::Now => "A retry by hand helps at once.",
        RetryHelps::AfterFix => "A retry by hand helps once that is mended.",
        RetryHelps::Later => "A retry by hand helps once the receiver is back.",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A text that Markdown takes as it is.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '*' | '_' | '<' | '[' | ']' | '`' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained() {
        let (all, page) = (examples::all(), list());
        for code in DiagnosisCode::ALL {
            assert!(of(&all, *code).next().is_some(), "{code} has no example");
            assert!(page.contains(&format!("## {code}\n")), "{code}");
        }
    }
}
