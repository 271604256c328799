//! Words made of numbers and times, kept apart from the browser so that tests can call them.

use api_types::{
    authorizations::OAuthAppActivity,
    deliveries::AttemptRequest,
    recoveries::{Recovery, RecoveryCount, RecoveryStatus},
};

use crate::data::News;

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

/// `1,204`.
pub fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What the server stops counting at.
const COUNTED: u64 = 1_000;

/// A count of which there may be more than was counted: `more than 1,000`.
pub fn at_least(count: u64, capped: bool) -> String {
    if capped && count >= COUNTED { format!("more than {}", number(COUNTED)) } else { number(count) }
}

/// `1 delivery`, `312 deliveries`, `more than 1,000 deliveries`.
pub fn deliveries(count: u64, capped: bool) -> String {
    let noun = if count == 1 { "delivery" } else { "deliveries" };
    format!("{} {noun}", at_least(count, capped))
}

/// What a list holds back: `12 new`, `3 no longer belong here`.
pub fn news(news: &News) -> Option<String> {
    let more = if news.more { "more than " } else { "" };
    match (news.arrived, news.gone.len()) {
        (0, 0) => None,
        (new, 0) => Some(format!("{more}{new} new")),
        (0, 1) => Some("1 no longer belongs here".to_owned()),
        (0, gone) => Some(format!("{gone} no longer belong here")),
        (new, gone) => Some(format!("{more}{new} new, {gone} gone")),
    }
}

/// How long until something, to the second: `42 s`, `3 min 05 s`, `1 h 02 min`, `6 d 23 h`.
pub fn countdown(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// What an app holds, to say what ends with it: `12 members' authorizations, 4 access tokens and 1 refresh token`;
/// `None` where it holds nothing.
pub fn holds(activity: &OAuthAppActivity) -> Option<String> {
    let parts = [
        (activity.authorizations, "member's authorization", "members' authorizations"),
        (activity.access_tokens, "access token", "access tokens"),
        (activity.refresh_tokens, "refresh token", "refresh tokens"),
        (activity.client_credentials_tokens, "client-credentials token", "client-credentials tokens"),
    ];
    let mut parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| {
            format!("{} {}", number(count.unsigned_abs()), if count == 1 { one } else { many })
        })
        .collect();
    let last = parts.pop()?;
    Some(if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) })
}

/// What a recovery would do, as sentences.
pub fn would_recover(count: &RecoveryCount) -> String {
    let RecoveryCount { total, failed, canceled, retrying, passed_over } = *count;
    if total == 0 {
        return "No delivery matches: there is nothing to recover.".to_owned();
    }
    if passed_over >= total {
        let (all, belong) =
            if total == 1 { ("The one that matches", "belongs") } else { ("All that match", "belong") };
        return format!(
            "{all} {belong} to a webhook that is disabled or deleted, and would be passed over. Enable the webhook first."
        );
    }
    let restarted = match (failed, canceled) {
        (0, 0) => String::new(),
        (failed, 0) => format!("restart {} failed {}", number(failed), noun(failed)),
        (0, canceled) => format!("restart {} canceled {}", number(canceled), noun(canceled)),
        (failed, canceled) => {
            format!("restart {} failed and {} canceled deliveries", number(failed), number(canceled))
        }
    };
    let tried = match retrying {
        0 => String::new(),
        1 if restarted.is_empty() => "try 1 delivery, which is still retrying, once now".to_owned(),
        many if restarted.is_empty() => {
            format!("try {} deliveries, which are still retrying, once now", number(many))
        }
        1 => "try 1 that is still retrying once now".to_owned(),
        many => format!("try {} that are still retrying once now", number(many)),
    };
    let deeds: Vec<String> = [restarted, tried].into_iter().filter(|deed| !deed.is_empty()).collect();
    let passed = match passed_over {
        0 => String::new(),
        1 => " Of these, 1 belongs to a webhook that is disabled or deleted and is passed over.".to_owned(),
        many => format!(
            " Of these, {} belong to webhooks that are disabled or deleted and are passed over.",
            number(many)
        ),
    };
    format!("This will {}.{passed}", deeds.join(", and "))
}

fn noun(count: u64) -> &'static str {
    if count == 1 { "delivery" } else { "deliveries" }
}

/// Where a recovery stands, as a headline.
pub fn recovery_headline(recovery: &Recovery) -> String {
    let Recovery { total, started, outcome, .. } = recovery;
    match recovery.status {
        RecoveryStatus::Running => format!("Recovering {} {}", number(*total), noun(*total)),
        RecoveryStatus::Canceled => {
            format!("Recovery canceled after {} of {}", number(*started), number(*total))
        }
        RecoveryStatus::Done if outcome.waiting > 0 => {
            format!("All set going; {} still on the way", number(outcome.waiting))
        }
        RecoveryStatus::Done if outcome.failed > 0 => {
            format!(
                "Recovery finished: {} delivered, {} failed again",
                number(outcome.succeeded),
                number(outcome.failed)
            )
        }
        RecoveryStatus::Done => {
            format!("Recovery finished: {} {} delivered", number(outcome.succeeded), noun(outcome.succeeded))
        }
    }
}

/// How long a running recovery will still set deliveries going, in seconds.
pub fn recovery_left(recovery: &Recovery) -> Option<u32> {
    let left = recovery.total.saturating_sub(recovery.started + recovery.passed_over);
    let running = recovery.status == RecoveryStatus::Running && left > 0;
    running
        .then(|| u32::try_from(left.div_ceil(u64::from(recovery.rate_per_second.max(1)))).unwrap_or(u32::MAX))
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
    fn counts_are_grouped_and_say_when_there_may_be_more() {
        assert_eq!(number(0), "0");
        assert_eq!(number(1_204), "1,204");
        assert_eq!(number(1_000_000), "1,000,000");
        assert_eq!(at_least(1_000, true), "more than 1,000");
        assert_eq!(at_least(12, true), "12");
        assert_eq!(deliveries(1, false), "1 delivery");
        assert_eq!(countdown(185), "3 min 05 s");
        assert_eq!(countdown(7 * 86_400 - 1), "6 d 23 h");
    }

    #[test]
    fn what_an_app_holds_is_counted_without_what_it_has_none_of() {
        let activity = |authorizations, access_tokens, refresh_tokens, client_credentials_tokens| {
            holds(&OAuthAppActivity {
                authorizations,
                access_tokens,
                refresh_tokens,
                client_credentials_tokens,
                incidents: Vec::new(),
            })
        };
        let all =
            "1,204 members' authorizations, 4 access tokens, 1 refresh token and 2 client-credentials tokens";
        assert_eq!(activity(1_204, 4, 1, 2).as_deref(), Some(all));
        assert_eq!(activity(0, 0, 0, 1).as_deref(), Some("1 client-credentials token"));
        assert_eq!(activity(0, 0, 0, 0), None);
    }

    #[test]
    fn what_a_recovery_would_do_is_said_in_words() {
        let count = |failed, canceled, retrying, passed_over| {
            let total = failed + canceled + retrying;
            would_recover(&RecoveryCount { total, failed, canceled, retrying, passed_over })
        };
        assert_eq!(
            count(280, 20, 12, 4),
            "This will restart 280 failed and 20 canceled deliveries, and try 12 that are still retrying once now. \
             Of these, 4 belong to webhooks that are disabled or deleted and are passed over."
        );
        assert_eq!(count(1, 0, 0, 0), "This will restart 1 failed delivery.");
        assert_eq!(count(0, 0, 1, 0), "This will try 1 delivery, which is still retrying, once now.");
        assert!(count(0, 0, 0, 0).contains("nothing to recover"));
        assert!(count(0, 3, 0, 3).contains("Enable the webhook first"));
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
