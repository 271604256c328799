//! A page of a list in the form that its reader asked for: one JSON document, or JSON lines, which have one result a line and
//! tell of the next page in the `Link` header (RFC 8288).

use actix_web::{HttpRequest, HttpResponse, http::header};
use api_types::Page;
use serde::Serialize;
use url::form_urlencoded;

use super::problem::{Answer, Failure};

const JSON: &str = "application/json";
const JSONL: &str = "application/jsonl";
const NDJSON: &str = "application/x-ndjson";

/// The page as an answer to `request`.
pub fn respond<T: Serialize>(request: &HttpRequest, page: &Page<T>) -> Answer {
    let accept = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    let form = wanted(&accept.collect::<Vec<_>>().join(","));
    let body = if form == JSON { serde_json::to_string(page) } else { lines(&page.data) };
    let mut response = HttpResponse::Ok();
    response.content_type(form).append_header((header::VARY, "accept"));
    if let Some(cursor) = &page.next_cursor {
        response.insert_header((header::LINK, next(request, cursor)));
    }
    Ok(response.body(body.map_err(|error| Failure::internal(&error))?))
}

fn lines<T: Serialize>(results: &[T]) -> serde_json::Result<String> {
    let mut text = String::new();
    for result in results {
        text.push_str(&serde_json::to_string(result)?);
        text.push('\n');
    }
    Ok(text)
}

/// The link to the next page: the same request with another cursor.
fn next(request: &HttpRequest, cursor: &str) -> String {
    let query = form_urlencoded::parse(request.query_string().as_bytes());
    let kept = query.filter(|(name, _)| name != "cursor");
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("cursor", cursor)
        .finish();
    format!("<{}?{query}>; rel=\"next\"", request.path())
}

/// The media type that an `Accept` header prefers; JSON where it prefers none.
fn wanted(accept: &str) -> &'static str {
    let mut best = (0, 0);
    let mut form = JSON;
    for candidate in [JSON, JSONL, NDJSON] {
        let preference = preference(accept, candidate);
        if preference.0 > 0 && preference > best {
            best = preference;
            form = candidate;
        }
    }
    form
}

/// How much an `Accept` header wants a media type: its quality in thousandths, and how exactly it is named.
fn preference(accept: &str, media: &str) -> (u16, u8) {
    let ranges = accept.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let exactness = match parts.next()? {
            name if name.eq_ignore_ascii_case(media) => 3,
            "application/*" => 2,
            "*/*" => 1,
            _ => return None,
        };
        let quality =
            parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>).ok()?;
        Some((exactness, thousandths(quality)))
    });
    // The most exact range says it, whatever a wider one says (RFC 9110, section 12.5.1).
    ranges.max().map_or((0, 0), |(exactness, quality)| (quality, exactness))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 1000")]
fn thousandths(quality: f32) -> u16 {
    (quality.clamp(0.0, 1.0) * 1000.0) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_is_wanted_most_is_given_and_json_where_none_is() {
        for (accept, form) in [
            ("", JSON),
            ("*/*", JSON),
            ("application/json", JSON),
            ("text/html", JSON),
            ("application/jsonl", JSONL),
            ("application/x-ndjson", NDJSON),
            ("Application/JSONL; charset=utf-8", JSONL),
            ("application/jsonl, */*", JSONL),
            ("application/jsonl;q=0.5, application/json", JSON),
            ("application/jsonl, application/json;q=0.5", JSONL),
            ("application/x-ndjson;q=0.9, application/jsonl;q=0.8, */*;q=0.1", NDJSON),
            ("application/jsonl;q=0", JSON),
            ("application/jsonl;q=rubbish", JSON),
        ] {
            assert_eq!(wanted(accept), form, "{accept}");
        }
    }
}
