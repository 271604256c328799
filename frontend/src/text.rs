//! Words made of numbers and times, kept apart from the browser so that tests can call them.

use api_types::deliveries::AttemptRequest;

/// How long ago, or how far ahead, as a person would say it; `None` where a date says it better.
/// `ms` is the instant minus now.
pub fn relative(ms: i64) -> Option<String> {
    let seconds = ms.unsigned_abs() / 1000;
    let (count, unit) = match seconds {
        0..10 => return Some(if ms > 0 { "in a few seconds".into() } else { "just now".into() }),
        10..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..2_592_000 => (seconds / 86_400, "day"),
        _ => return None,
    };
    let amount = counted(count, unit);
    Some(if ms > 0 { format!("in {amount}") } else { format!("{amount} ago") })
}

/// `1 minute`, `2 minutes`.
pub fn counted(count: u64, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

/// A number of seconds in the largest unit that says it well.
pub fn seconds(count: u32) -> String {
    if count < 120 {
        counted(u64::from(count), "second")
    } else {
        counted(u64::from(count).div_ceil(60), "minute")
    }
}

/// `0.4 ms`, `12 ms`, `1.2 s`.
pub fn milliseconds(ms: f64) -> String {
    if ms < 10.0 {
        format!("{ms:.1} ms")
    } else if ms < 1000.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.1} s", ms / 1000.0)
    }
}

/// Whether an error's field is this field or something in it: `scopes[2]` is in `scopes`.
pub fn is_or_in(path: &str, field: &str) -> bool {
    path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
}

/// The lines of a text area that hold something.
pub fn lines(text: &str) -> Vec<String> {
    text.split(['\n', ',']).map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The request as a command for a POSIX shell.
pub fn curl(request: &AttemptRequest) -> String {
    let mut words = vec![format!("curl -i -X POST {}", quote(&request.url))];
    for header in &request.headers {
        // curl sets these itself, to the same values.
        if !matches!(header.name.as_str(), "host" | "content-length") {
            words.push(format!("-H {}", quote(&format!("{}: {}", header.name, header.value))));
        }
    }
    words.push(format!("--data-binary {}", quote(&request.body)));
    words.join(" \\\n  ")
}

fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// JSON with line breaks and indentation, every token as it was; anything else unchanged.
pub fn pretty(json: &str) -> String {
    if serde_json::from_str::<&serde_json::value::RawValue>(json).is_err() {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_string, mut escaped) = (0, false, false);
    let mut last = ' ';
    for c in json.chars() {
        if in_string {
            out.push(c);
            in_string = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
            continue;
        }
        if c.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(c, '}' | ']');
        if closes {
            depth -= 1;
        }
        let empty = closes && matches!(last, '{' | '[');
        if !empty && (closes || matches!(last, '{' | '[' | ',')) {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
        out.push(c);
        match c {
            '{' | '[' => depth += 1,
            ':' => out.push(' '),
            '"' => in_string = true,
            _ => {}
        }
        last = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use api_types::deliveries::Header;

    use super::*;

    #[test]
    fn times_are_said_as_a_person_would() {
        let said = |ms| relative(ms).unwrap_or_default();
        assert_eq!(said(-400), "just now");
        assert_eq!(said(4_000), "in a few seconds");
        assert_eq!(said(-61_000), "1 minute ago");
        assert_eq!(said(2 * 3_600_000), "in 2 hours");
        assert_eq!(said(-29 * 86_400_000), "29 days ago");
        assert_eq!(relative(-31 * 86_400_000), None);
    }

    #[test]
    fn durations_keep_the_digits_that_matter() {
        assert_eq!(milliseconds(0.42), "0.4 ms");
        assert_eq!(milliseconds(132.4), "132 ms");
        assert_eq!(milliseconds(15_000.0), "15.0 s");
        assert_eq!(seconds(1), "1 second");
        assert_eq!(seconds(121), "3 minutes");
    }

    #[test]
    fn an_error_belongs_to_its_field_and_to_no_other() {
        assert!(is_or_in("scopes", "scopes"));
        assert!(is_or_in("scopes[2]", "scopes"));
        assert!(!is_or_in("scopes_more", "scopes"));
        assert!(!is_or_in("name", "scopes"));
    }

    #[test]
    fn json_is_laid_out_without_changing_a_token() {
        let laid_out = pretty(r#"{"z":1.50,"a":["x,{}\\\"",[],{}],"b":null}"#);
        assert_eq!(
            laid_out,
            "{\n  \"z\": 1.50,\n  \"a\": [\n    \"x,{}\\\\\\\"\",\n    [],\n    {}\n  ],\n  \"b\": null\n}"
        );
        assert_eq!(pretty("<b>not json</b>"), "<b>not json</b>");
    }

    #[test]
    fn a_request_becomes_a_command_that_a_shell_reads_back() {
        let header = |name: &str, value: &str| Header { name: name.into(), value: value.into() };
        let request = AttemptRequest {
            url: "https://hooks.example/a?b=c&d".into(),
            headers: vec![header("host", "hooks.example"), header("webhook-id", "evt_1")],
            body: r#"{"title":"it's"}"#.into(),
        };
        let expected = [
            "curl -i -X POST 'https://hooks.example/a?b=c&d'",
            "  -H 'webhook-id: evt_1'",
            r#"  --data-binary '{"title":"it'\''s"}'"#,
        ];
        assert_eq!(curl(&request), expected.join(" \\\n"));
    }
}
