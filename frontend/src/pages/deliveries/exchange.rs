//! The request of an attempt and the answer to it, laid out as text to read and to copy. The answer is hostile input, and
//! only ever text.

use api_types::deliveries::{AttemptRequest, AttemptResponse, Header};
use leptos::prelude::*;

use crate::{
    amounts::counted,
    ui::{
        code::{code_block, copy_labelled},
        erase::Erase,
        icon,
        notice::note,
    },
};

fn header_lines(headers: &[Header]) -> String {
    let lines: Vec<String> =
        headers.iter().map(|header| format!("{}: {}", header.name, header.value)).collect();
    lines.join("\n")
}

/// The request, as text and to copy as a command. `payload` is the body where the request has none of its own.
pub fn request_view(request: &AttemptRequest, payload: &str) -> AnyView {
    let body = request.body.as_deref().unwrap_or(payload);
    let command = curl(request, body);
    let text = format!("POST {}\n{}\n\n{}", request.url, header_lines(&request.headers), pretty(body));
    let title = view! {
        <span class="flex items-center gap-2">
            "Request" {copy_labelled("Copy as curl", "btn btn-ghost btn-xs", move || command.clone())}
        </span>
    };
    code_block(title, "Copy request", true, text)
}

/// The answer, as far as it is kept.
pub fn response_view(response: &AttemptResponse) -> AnyView {
    let body = if response.truncated { response.body.clone() } else { pretty(&response.body) };
    let text = format!("HTTP {}\n{}\n\n{body}", response.status, header_lines(&response.headers));
    let size = counted(response.body.len() as u64, "byte");
    let title = view! {
        "Response"
        {response.truncated.then(|| view! { <span class="ml-2 tag warn">"Cut off: only the first " {size} " are kept"</span> })}
    };
    view! {
        {code_block(title, "Copy response", true, text)}
        {response.remark.clone().map(|remark| note("plain", icon::INFO, remark))}
    }
    .erase()
}

/// The request as a command for a POSIX shell.
fn curl(request: &AttemptRequest, body: &str) -> String {
    let mut words = vec![format!("curl -i -X POST {}", quote(&request.url))];
    for header in &request.headers {
        // curl sets these itself, to the same values.
        if !matches!(header.name.as_str(), "host" | "content-length") {
            words.push(format!("-H {}", quote(&format!("{}: {}", header.name, header.value))));
        }
    }
    words.push(format!("--data-binary {}", quote(body)));
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
    let mut depth = 0;
    let mut in_string = false;
    let mut escaped = false;
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
    use super::*;

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
            body: None,
        };
        let expected = [
            "curl -i -X POST 'https://hooks.example/a?b=c&d'",
            "  -H 'webhook-id: evt_1'",
            r#"  --data-binary '{"title":"it'\''s"}'"#,
        ];
        assert_eq!(curl(&request, r#"{"title":"it's"}"#), expected.join(" \\\n"));
    }
}
