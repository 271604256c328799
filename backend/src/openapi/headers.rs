//! The headers of answers, each described once: a client generator then offers them by name.

use serde_json::{Value, json};
use utoipa::openapi::{
    Components, Deprecated, HeaderBuilder, ObjectBuilder, OpenApi as Document, Ref, RefOr, Response,
    SchemaFormat, header::Header, path::Operation, schema::Type,
};

/// A header by its name on the wire, and by its name among the document's components.
struct Known {
    wire: &'static str,
    name: &'static str,
    kind: Type,
    about: &'static str,
    example: fn() -> Value,
}

const REQUEST_ID: Known = Known {
    wire: "x-request-id",
    name: "RequestId",
    kind: Type::String,
    about: "The request's id: the caller's own where it sent a plain one, or a new one. Name it when you ask for help.",
    example: || json!("01JDBN5X7W3Q9K2M4E6R8T0VYZ"),
};
const POLICY: Known = Known {
    wire: "ratelimit-policy",
    name: "RateLimitPolicy",
    kind: Type::String,
    about: "The limits that the request counts against: `q` requests in `w` seconds, for the credential and for the workspace. \
        Absent where nothing is counted.",
    example: || json!("\"credential\";q=1200;w=60, \"workspace\";q=12000;w=60"),
};
const LIMIT: Known = Known {
    wire: "ratelimit",
    name: "RateLimit",
    kind: Type::String,
    about: "The limit that is nearest to its end: `r` requests are left right now, and all are back in `t` seconds.",
    example: || json!("\"credential\";r=1199;t=1"),
};
const RETRY: Known = Known {
    wire: "retry-after",
    name: "RetryAfter",
    kind: Type::Integer,
    about: "Seconds after which it makes sense to come back.",
    example: || json!(1),
};
const CHALLENGE: Known = Known {
    wire: "www-authenticate",
    name: "WwwAuthenticate",
    kind: Type::String,
    about: "Who gives tokens for this API, and for which scope to ask there (RFC 9728, section 5.1); `error` says what is wrong with \
        the credential that was sent (RFC 6750, section 3).",
    example: || {
        json!(
            "Bearer resource_metadata=\"https://sayless.example/.well-known/oauth-protected-resource\", scope=\"tickets:read\""
        )
    },
};
const ETAG: Known = Known {
    wire: "etag",
    name: "ETag",
    kind: Type::String,
    about: "The object's version. Send it as `If-Match` with a change that must not meet another version.",
    example: || json!("\"Xq3bW9sV0cTn1uYk5rLz7A\""),
};
const LOCATION: Known = Known {
    wire: "location",
    name: "Location",
    kind: Type::String,
    about: "Where the new object is.",
    example: || json!("/v1/tickets/tkt_01JDBN5X7W3Q9K2M4E6R8T0VYZ"),
};
const REPLAYED: Known = Known {
    wire: "idempotent-replayed",
    name: "IdempotentReplayed",
    kind: Type::String,
    about: "`true` where this is the first answer to the request's `Idempotency-Key` once more.",
    example: || json!("true"),
};
const DEPRECATION: Known = Known {
    wire: "deprecation",
    name: "Deprecation",
    kind: Type::String,
    about: "Since when the operation is deprecated (RFC 9745).",
    example: || json!("@1764201600"),
};
const SUNSET: Known = Known {
    wire: "sunset",
    name: "Sunset",
    kind: Type::String,
    about: "Until when the operation answers at least (RFC 8594).",
    example: || json!("Sun, 29 Nov 2027 00:00:00 GMT"),
};

const ALL: [&Known; 10] =
    [&REQUEST_ID, &POLICY, &LIMIT, &RETRY, &CHALLENGE, &ETAG, &LOCATION, &REPLAYED, &DEPRECATION, &SUNSET];

/// The objects that have a version, by the names of their schemas.
const TAGGED: &[&str] = &[
    "ApiKey",
    "AppInstall",
    "AppPolicySetting",
    "AuthorizationRequest",
    "Broadcast",
    "CreatedApiKey",
    "CreatedOAuthApp",
    "CreatedWebhook",
    "DeliveryDetail",
    "Event",
    "OAuthApp",
    "Recovery",
    "Ticket",
    "Webhook",
];

/// Declares the headers of every answer.
pub fn declare(document: &mut Document) {
    let components = document.components.get_or_insert_with(Components::new);
    for known in ALL {
        components.headers.insert(known.name.into(), RefOr::T(describe(known)));
    }
    for response in components.responses.values_mut() {
        if let RefOr::T(response) = response {
            add(response, &[&REQUEST_ID, &POLICY, &LIMIT, &RETRY, &CHALLENGE]);
        }
    }
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            complete(operation, path.starts_with("/v1/"));
        }
    }
}

fn complete(operation: &mut Operation, is_api: bool) {
    let parameters = operation.parameters.iter().flatten();
    let takes_key = parameters
        .into_iter()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "Idempotency-Key"));
    let is_deprecated = matches!(operation.deprecated, Some(Deprecated::True));
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        add(response, &[&REQUEST_ID]);
        if !is_api {
            if matches!(status.as_str(), "429" | "503") {
                add(response, &[&RETRY]);
            }
            continue;
        }
        add(response, &[&POLICY, &LIMIT]);
        let is_tagged = is_tagged(response);
        if is_tagged {
            add(response, &[&ETAG]);
        }
        if status == "201" || (status == "202" && is_tagged) {
            add(response, &[&LOCATION]);
        }
        if takes_key {
            add(response, &[&REPLAYED]);
        }
        if is_deprecated {
            add(response, &[&DEPRECATION, &SUNSET]);
        }
    }
}

/// `true` where the answer is an object that has a version.
fn is_tagged(response: &Response) -> bool {
    response.content.values().any(|content| match content {
        RefOr::T(content) => match &content.schema {
            Some(RefOr::Ref(schema)) => {
                schema.ref_location.rsplit('/').next().is_some_and(|name| TAGGED.contains(&name))
            }
            _ => false,
        },
        RefOr::Ref(_) => false,
    })
}

fn add(response: &mut Response, headers: &[&Known]) {
    for known in headers {
        let reference = Ref::new(format!("#/components/headers/{}", known.name));
        response.headers.insert(known.wire.into(), RefOr::Ref(reference));
    }
}

fn describe(known: &Known) -> Header {
    let mut schema = ObjectBuilder::new().schema_type(known.kind.clone());
    if known.name == LOCATION.name {
        schema = schema.format(Some(SchemaFormat::Custom("uri-reference".into())));
    }
    HeaderBuilder::new()
        .description(Some(known.about))
        .schema(Some(schema))
        .example(Some((known.example)()))
        .build()
}
