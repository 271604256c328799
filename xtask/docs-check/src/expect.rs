//! Compares what a block printed with what the page shows. The page may leave things out: `…` stands for any text, and JSON
//! shows only the fields that matter.

use serde_json::Value;

/// `true` where `printed` has in it what the page shows.
pub fn shows(expected: &str, printed: &str) -> bool {
    if let Some(expected) = document(expected) {
        return documents(printed).iter().any(|printed| holds(&expected, printed));
    }
    let mut lines = printed.lines();
    expected.lines().filter(|line| !line.trim().is_empty()).all(|line| {
        let rest = lines.by_ref();
        rest.any(|printed| text(line.trim(), printed.trim()))
    })
}

/// The beginnings of JSON that is compared as such; a number or a word is compared as text.
const BEGINNINGS: [char; 2] = ['{', '['];

fn document(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(|_| text.trim_start().starts_with(BEGINNINGS))
}

/// The JSON objects and lists in a text, each beginning at the start of a line.
fn documents(printed: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in printed.split_inclusive('\n') {
        if line.trim_start().starts_with(BEGINNINGS) {
            let mut values = serde_json::Deserializer::from_str(&printed[start..]).into_iter::<Value>();
            found.extend(values.next().and_then(Result::ok));
        }
        start += line.len();
    }
    found
}

/// `true` where `printed` has all that `expected` has.
fn holds(expected: &Value, printed: &Value) -> bool {
    match (expected, printed) {
        (Value::String(expected), Value::String(printed)) => text(expected, printed),
        (Value::String(any), _) => any == "…",
        (Value::Object(expected), Value::Object(printed)) => expected
            .iter()
            .filter(|(name, _)| *name != "…")
            .all(|(name, value)| printed.get(name).is_some_and(|printed| holds(value, printed))),
        (Value::Array(expected), Value::Array(printed)) => {
            let (expected, open) = match expected.split_last() {
                Some((Value::String(last), rest)) if last == "…" => (rest, true),
                _ => (expected.as_slice(), false),
            };
            (open || expected.len() == printed.len())
                && expected.len() <= printed.len()
                && expected.iter().zip(printed).all(|(expected, printed)| holds(expected, printed))
        }
        _ => expected == printed,
    }
}

/// `true` where a text is the pattern, in which each `…` stands for any text.
pub fn text(pattern: &str, printed: &str) -> bool {
    let Some((before, after)) = pattern.split_once('…') else { return pattern == printed };
    let Some(rest) = printed.strip_prefix(before) else { return false };
    let starts = rest.char_indices().map(|(start, _)| start).chain([rest.len()]);
    starts.into_iter().any(|start| text(after, &rest[start..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_dots_stand_for_any_text() {
        assert!(text("evt_… verified -> 200", "evt_01J verified -> 200"));
        assert!(text("…a…b", "xxaabab") && text("…", "") && text("a", "a"));
        assert!(!text("a…b", "a") && !text("evt_…", "dlv_1") && !text("a", "ab"));
    }

    #[test]
    fn a_json_block_shows_the_fields_that_matter() {
        let printed =
            "HTTP/1.1 201\n\n{\"id\":\"tkt_1\",\"status\":\"open\",\"tags\":[1,2],\"n\":{\"a\":1}}\n";
        for good in [
            r#"{"id":"tkt_…"}"#,
            r#"{"status":"open","n":{"a":1}}"#,
            r#"{"n":"…","tags":[1,"…"]}"#,
            r#"{"tags":[1,2],"…":"…"}"#,
        ] {
            assert!(shows(good, printed), "{good}");
        }
        for bad in [r#"{"id":"evt_…"}"#, r#"{"missing":"…"}"#, r#"{"tags":[1]}"#, r#"{"n":{"a":2}}"#, "[]"]
        {
            assert!(!shows(bad, printed), "{bad}");
        }
    }

    #[test]
    fn lines_stand_in_this_order_with_others_between() {
        let printed = "one\ntwo\nthree\n";
        assert!(shows("one\nthree\n", printed) && shows("t…o", printed));
        assert!(!shows("three\none", printed) && !shows("four", printed));
        assert!(shows("true", "true\n") && !shows("true", "false\n"));
    }
}
