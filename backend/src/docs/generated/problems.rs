//! A page for each type of problem: what it means, what to do, and an example.

use api_types::{
    ProblemType,
    explanations::ProblemDescription,
    problem::{FaultCode, FieldError},
};

use crate::docs::html::put;

/// All types, in the order of their status.
pub fn in_order() -> Vec<ProblemType> {
    let mut all = ProblemType::ALL.to_vec();
    all.sort_by_key(|kind| kind.status());
    all
}

/// The page's name.
pub fn name(kind: ProblemType) -> String {
    format!("problems/{kind}")
}

/// All types, as a table of links.
pub fn list() -> String {
    let mut page = String::from("| status | code | meaning |\n|---|---|---|\n");
    for kind in in_order() {
        put(
            &mut page,
            format_args!("| {} | [`{kind}`](problems/{kind}.md) | {} |\n", kind.status(), kind.title()),
        );
    }
    page
}

/// The page about one type, as the server at `origin` answers with it.
pub fn page(kind: ProblemType, origin: &str) -> String {
    let problem = ProblemDescription::of(kind, origin);
    let mut page = format!(
        "# {}\n\nStatus {}, code `{}`.\n\n## What it means\n\n{}\n\n## What to do\n\n{}\n\n",
        problem.title, problem.status, problem.code, problem.meaning, problem.remedy
    );
    put(&mut page, format_args!("## Is it worth repeating?\n\n{}\n\n", repeating(kind)));
    let example = serde_json::to_string_pretty(&problem.example).unwrap_or_default();
    put(
        &mut page,
        format_args!(
            "## An example\n\n```http\nHTTP/1.1 {}\ncontent-type: application/problem+json\n\n{example}\n```\n\n",
            problem.status
        ),
    );
    if !problem.example.errors.is_empty() {
        page.push_str(&codes(&problem.example.errors));
    }
    page.push_str("## See also\n\n- [All problems](../problems.md)\n");
    page
}

const fn repeating(kind: ProblemType) -> &'static str {
    match kind.status() {
        429 | 503 => "Yes. Wait as long as `Retry-After` says, then send the same request again.",
        408 => "Yes, at once, over a new connection.",
        500 => "Yes, after a pause. Send a POST with the same `Idempotency-Key`, so that it happens once.",
        _ if matches!(kind, ProblemType::IdempotencyInProgress) => {
            "Yes. Wait as long as `Retry-After` says, then send the same request again."
        }
        _ => "No. The same request gets the same answer until something has changed.",
    }
}

fn codes(errors: &[FieldError]) -> String {
    let mut page = String::from(
        "## Codes of fields\n\nEach entry of `errors` names one field: `in` and `field` say where it stands, `code` what is wrong.\n\n\
         | code | meaning |\n|---|---|\n",
    );
    for code in FaultCode::ALL {
        let is_shown = errors.iter().any(|error| error.code == code.as_str());
        let mark = if is_shown { " (in the example)" } else { "" };
        put(&mut page, format_args!("| `{code}` | {}{mark} |\n", code.meaning()));
    }
    page.push('\n');
    page
}
