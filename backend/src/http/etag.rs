//! `ETag` and `If-Match` (RFC 9110, sections 8.8.3 and 13.1.1): a change is made only to the version that its caller has seen.
//!
//! A tag stands for what a change can change. What an object does by itself (counts, health, last uses) is left out: else no
//! change of a busy webhook would ever meet the version that its caller read a second ago.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, http::header,
};
use api_types::{
    ProblemType,
    api_keys::ApiKey,
    app_installs::{AppInstall, AppPolicySetting},
    authorizations::AuthorizationRequest,
    broadcasts::Broadcast,
    deliveries::DeliveryDetail,
    events::Event,
    oauth_apps::OAuthApp,
    problem::FaultCode,
    recoveries::Recovery,
    tickets::Ticket,
    webhooks::{Webhook, WebhookStatus},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::{
    ObjectBuilder, Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
};

use super::{
    path_id::{Noun, PathId},
    problem::{Answer, Failure},
};
use crate::crypto;

/// The characters of a tag, which hold 132 bits.
const LEN: usize = 22;

/// An object that has an `ETag`.
pub trait Tagged: Serialize {
    /// Members that change by themselves, at any depth: the tag does not stand for them.
    const VOLATILE: &'static [&'static str] = &[];

    /// The object as the tag stands for it.
    fn version(&self) -> Value {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        strip(&mut value, Self::VOLATILE);
        value
    }
}

/// Takes the members with these names out, at any depth.
fn strip(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !names.contains(&name.as_str()));
            members.values_mut().for_each(|member| strip(member, names));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| strip(value, names)),
        _ => {}
    }
}

impl Tagged for AuthorizationRequest {}
impl Tagged for AppInstall {}
impl Tagged for AppPolicySetting {}
impl Tagged for Ticket {}
impl Tagged for Broadcast {}
impl Tagged for Event {}
impl Tagged for DeliveryDetail {}
impl Tagged for Recovery {
    const VOLATILE: &'static [&'static str] = &["started", "passed_over", "outcome", "canary"];
}
impl Tagged for ApiKey {
    const VOLATILE: &'static [&'static str] = &["last_used_at", "last_used_ip"];
}
impl Tagged for OAuthApp {
    const VOLATILE: &'static [&'static str] = &[
        "last_used_at",
        "last_used_ip",
        "installs",
        "open_incidents",
        "publisher_domain_verified_at",
        "publisher_domain_fault",
    ];
}
impl Tagged for Webhook {
    const VOLATILE: &'static [&'static str] = &["health", "parked", "draining", "last_used_at"];

    fn version(&self) -> Value {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        strip(&mut value, Self::VOLATILE);
        // The breaker parks a webhook by itself.
        if self.status == WebhookStatus::Parked {
            value["status"] = Value::from(WebhookStatus::Active.as_str());
        }
        value
    }
}

/// The object's `ETag`, quotes included.
pub fn of(object: &impl Tagged) -> String {
    let digest = crypto::sha256_text(object.version().to_string().as_bytes());
    format!("\"{}\"", digest.get(..LEN).unwrap_or(&digest))
}

/// An object as an answer: its JSON, and its `ETag`.
#[derive(Debug)]
pub struct Shown<T>(pub T);

impl<T: Tagged> Responder for Shown<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().insert_header((header::ETAG, of(&self.0))).json(self.0)
    }
}

/// The versions that a change accepts, by the request's `If-Match`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// The request names none, or `*`: any version.
    Any,
    /// One of these tags, quotes included.
    OneOf(Vec<String>),
}

impl IfMatch {
    fn read(request: &HttpRequest) -> Result<Self, Failure> {
        let mut tags = Vec::new();
        for value in request.headers().get_all(header::IF_MATCH) {
            let text = value.to_str().map_err(|_| malformed())?.trim();
            if text == "*" {
                return Ok(Self::Any);
            }
            for tag in text.split(',').map(str::trim) {
                let opaque = tag.strip_prefix("W/").unwrap_or(tag);
                let quoted = opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"');
                if !quoted {
                    return Err(malformed());
                }
                tags.push(tag.to_owned());
            }
        }
        Ok(if tags.is_empty() { Self::Any } else { Self::OneOf(tags) })
    }

    /// Refuses the change of an object whose version is none of those that the request names. A weak tag never matches.
    pub fn check(&self, object: &impl Tagged) -> Answer<()> {
        let Self::OneOf(tags) = self else { return Ok(()) };
        let now = of(object);
        if tags.contains(&now) {
            return Ok(());
        }
        Err(Failure::new(
            ProblemType::PreconditionFailed,
            format!(
                "The object has changed since you read it: its ETag is {now} now. Read it again, then decide."
            ),
        ))
    }
}

fn malformed() -> Failure {
    Failure::header(
        "If-Match",
        FaultCode::Malformed,
        "It must be `*`, or entity tags in quotes, separated by commas.",
    )
}

/// An object that a request changes: its id in the path, and the versions of it that the request accepts.
#[derive(Clone, Debug)]
pub struct Target<T> {
    pub id: T,
    pub if_match: IfMatch,
}

impl<T: Noun> FromRequest for Target<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let mut read = || {
            let PathId(id) = PathId::from_request(request, payload).into_inner()?;
            Ok(Self { id, if_match: IfMatch::read(request)? })
        };
        ready(read())
    }
}

impl FromRequest for IfMatch {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}

impl utoipa::IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let parameter = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "The `ETag` of the version that you read. Where the object has changed since, nothing happens and the answer \
                 is 412.",
            ))
            .schema(Some(text));
        vec![parameter.build()]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Serialize)]
    struct Busy(Value);

    impl Tagged for Busy {
        const VOLATILE: &'static [&'static str] = &["health"];
    }

    #[test]
    fn a_tag_stands_for_what_a_change_can_change_and_for_nothing_else() {
        let tag = |value: Value| of(&Busy(value));
        let first = tag(json!({ "name": "a", "health": 1, "secrets": [{ "health": 1 }] }));
        assert_eq!(first, tag(json!({ "name": "a", "health": 2, "secrets": [{ "health": 2 }] })));
        assert_ne!(first, tag(json!({ "name": "b", "health": 1, "secrets": [{ "health": 1 }] })));
        assert_eq!(first.len(), LEN + 2);
    }
}
