//! Operations that will go: their handlers say since when and until when, the document shows it, and every answer of theirs
//! carries `Deprecation` (RFC 9745) and `Sunset` (RFC 8594). docs/api-versions.md is the policy.
//!
//! A handler is deprecated by one line: `extensions(("x-deprecated" = json!({ "since": "2026-11-27", "sunset": "2027-11-27",
//! "successor": "POST /v1/webhooks/{id}/secrets" })))`.

use std::{collections::HashMap, time::SystemTime};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method,
        header::{HeaderMap, HeaderName, HeaderValue, HttpDate},
    },
    middleware::Next,
    web::Data,
};
use api_types::Timestamp;
use serde::Deserialize;
use utoipa::openapi::{Deprecated, OpenApi as Document, path::Operation};

/// The extension by which a handler says that it will go. It stays in the document.
const EXTENSION: &str = "x-deprecated";

/// What a handler says of its end.
#[derive(Debug, Deserialize)]
struct Notice {
    /// The day of the announcement, such as `2026-11-27`.
    since: String,
    /// The day from which on the operation may be gone.
    sunset: String,
    /// The operation to use instead.
    successor: String,
}

impl Notice {
    fn of(operation: &Operation) -> Option<Self> {
        let said = operation.extensions.as_ref()?.get(EXTENSION)?;
        serde_json::from_value(said.clone()).ok()
    }

    fn headers(&self) -> Option<[(HeaderName, HeaderValue); 2]> {
        let since = start_of(&self.since)?.as_millis() / 1000;
        let sunset = HttpDate::from(SystemTime::from(start_of(&self.sunset)?.to_datetime()));
        Some([
            (HeaderName::from_static("deprecation"), HeaderValue::from_str(&format!("@{since}")).ok()?),
            (HeaderName::from_static("sunset"), HeaderValue::from_str(&sunset.to_string()).ok()?),
        ])
    }
}

/// The first instant of a day.
fn start_of(day: &str) -> Option<Timestamp> {
    format!("{day}T00:00:00Z").parse().ok()
}

/// Marks an operation as deprecated in the document, where its handler says so.
pub fn declare(operation: &mut Operation) {
    let Some(Notice { since, sunset, successor }) = Notice::of(operation) else { return };
    operation.deprecated = Some(Deprecated::True);
    let said = operation.description.take().unwrap_or_default();
    operation.description = Some(format!(
        "**Deprecated** since {since}: use `{successor}`. It answers until {sunset} at least.\n\n{said}"
    ));
}

/// The headers of all deprecated operations.
#[derive(Clone, Debug, Default)]
pub struct Deprecations {
    by_pattern: HashMap<(String, Method), [(HeaderName, HeaderValue); 2]>,
    /// The ends of their paths, after the last id: by them almost every request is told to be another's, at no cost.
    ends: Vec<String>,
}

impl Deprecations {
    /// Reads them out of the document.
    pub fn of(document: &Document) -> Self {
        let mut found = Self::default();
        for (path, item) in &document.paths.paths {
            let operations = [
                (Method::GET, &item.get),
                (Method::POST, &item.post),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            for (method, operation) in operations {
                let headers = operation.as_ref().and_then(Notice::of).and_then(|notice| notice.headers());
                if let Some(headers) = headers {
                    found.ends.push(path.rsplit('}').next().unwrap_or_default().to_owned());
                    found.by_pattern.insert((path.clone(), method), headers);
                }
            }
        }
        found
    }

    /// `true` where the path may be that of a deprecated operation.
    fn may_be_at(&self, path: &str) -> bool {
        self.ends.iter().any(|end| path.ends_with(end.as_str()))
    }

    /// The headers of the operation's answers; none where the operation stays.
    pub fn headers(&self, pattern: Option<String>, method: &Method) -> &[(HeaderName, HeaderValue)] {
        let found = pattern.and_then(|pattern| self.by_pattern.get(&(pattern, method.clone())));
        found.map_or(&[], |headers| headers.as_slice())
    }
}

/// Around every request: what a deprecated operation answers says that it is one, its errors too.
pub async fn announce(
    deprecations: Data<Deprecations>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if !deprecations.may_be_at(request.path()) {
        return next.call(request).await;
    }
    let headers = deprecations.headers(request.match_pattern(), request.method());
    match next.call(request).await {
        Ok(mut response) => {
            add(response.headers_mut(), headers);
            Ok(response)
        }
        Err(error) => {
            let mut response = error.error_response();
            add(response.headers_mut(), headers);
            Err(InternalError::from_response(error, response).into())
        }
    }
}

fn add(answer: &mut HeaderMap, headers: &[(HeaderName, HeaderValue)]) {
    for (name, value) in headers {
        answer.insert(name.clone(), value.clone());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use utoipa::openapi::{
        HttpMethod, PathItem, PathsBuilder, extensions::ExtensionsBuilder, path::OperationBuilder,
    };

    use super::*;

    fn document() -> Document {
        let notice = json!({ "since": "2026-11-27", "sunset": "2027-11-27", "successor": "POST /v1/new" });
        let extensions = ExtensionsBuilder::new().add(EXTENSION, notice).build();
        let mut operation = OperationBuilder::new().extensions(Some(extensions)).build();
        declare(&mut operation);
        assert_eq!(json!(operation)["deprecated"], true);
        assert!(operation.description.as_ref().is_some_and(|said| said.contains("`POST /v1/new`")));
        let paths =
            PathsBuilder::new().path("/v1/old/{id}", PathItem::new(HttpMethod::Post, operation)).build();
        let mut document = crate::openapi::document();
        document.paths = paths;
        document
    }

    #[test]
    fn a_deprecated_operation_announces_its_end_and_no_other_does() {
        let deprecations = Deprecations::of(&document());
        let headers = deprecations.headers(Some("/v1/old/{id}".into()), &Method::POST);
        let said: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default())).collect();
        let wanted = [("deprecation", "@1795737600"), ("sunset", "Sat, 27 Nov 2027 00:00:00 GMT")];
        assert_eq!(said, wanted);
        for (pattern, method) in [("/v1/old/{id}", Method::GET), ("/v1/old", Method::POST)] {
            assert!(deprecations.headers(Some(pattern.into()), &method).is_empty(), "{method} {pattern}");
        }
        assert!(deprecations.headers(None, &Method::POST).is_empty());
    }
}
