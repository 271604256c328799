//! The OpenAPI document: all that the handlers say of themselves, plus what is true of every operation.

mod bodies;
pub mod deprecation;
mod files;
mod headers;
pub mod parameters;
mod problems;

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Components, OpenApi as Document,
        path::{HttpMethod, Operation},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_actix_web::{AppExt, scope::scope};

pub use self::files::{PAGES, configure};
use crate::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sayless API",
        version = "1",
        description = "API keys, OAuth apps, webhooks, events and their deliveries. Errors are RFC 9457 problem documents \
            with a stable `code`; their `type` is the address of a page about the error. Lists are newest first and go on with `cursor`. \
            Times are RFC 3339 in UTC.\n\n**Versions.** `/v1` only grows. Without notice there may be new operations, new fields in \
            answers, new optional fields and parameters in requests, new words where a word is told, new types of problems and of \
            events, and other sentences in `detail`: ignore what you do not know. An operation that is to go answers \
            with `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) headers for at least twelve months. What breaks callers comes as \
            `/v2` only. CHANGELOG.md has every change of the API under its date.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "This server")),
    components(schemas(api_types::Problem, api_types::ProblemType, api_types::problem::FaultCode)),
    modifiers(&Credentials)
)]
struct Outline;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_with(Components::new);
        components.add_security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                "sayless",
                "The console's session cookie (`__Host-sayless` over https). Changes must come from our own origin.",
            ))),
        );
        components.add_security_scheme(
            "bearer",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .description(Some(
                        "An API key (`slk_…`), or an OAuth access token from `/oauth/token`, that holds the scopes named at \
                         the operation.",
                    ))
                    .build(),
            ),
        );
    }
}

/// The whole document.
pub fn document() -> Document {
    let (_, mut document) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(Outline::openapi())
        .service(scope("/v1").configure(routes::v1))
        .configure(routes::oauth)
        .service(routes::health::alive)
        .service(routes::health::ready)
        .service(routes::problems::list)
        .service(routes::problems::show)
        .split_for_parts();
    let mut shared = problems::Shared::new();
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Patch, &mut item.patch),
            (HttpMethod::Delete, &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation.as_mut().filter(|_| path.starts_with("/v1")) {
                complete(operation, &method, path, &mut shared);
            }
        }
    }
    document.components.get_or_insert_with(Components::new).responses.extend(shared);
    bodies::declare_optional(&mut document);
    headers::declare(&mut document);
    document
}

/// The document as `openapi/openapi.json` has it.
pub fn json() -> String {
    let mut text = document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Adds to an operation what its security and method imply: its permission in words, and the problems it may answer.
fn complete(operation: &mut Operation, method: &HttpMethod, path: &str, shared: &mut problems::Shared) {
    let needs = permission(operation);
    let said = operation.description.take().unwrap_or_default();
    operation.description = Some(format!("{said}\n\n**Permission:** {needs}").trim().to_owned());
    deprecation::declare(operation);
    problems::declare(operation, method, path, shared);
}

/// The operation's security requirements, in words.
fn permission(operation: &Operation) -> String {
    let Some(requirements) = &operation.security else { return "none".into() };
    let said = serde_json::to_value(requirements).unwrap_or_default();
    let scopes = |scheme: &str| {
        said.as_array()?.iter().find_map(|requirement| {
            let names = requirement.get(scheme)?.as_array()?;
            Some(names.iter().filter_map(|name| name.as_str()).collect::<Vec<_>>().join(", "))
        })
    };
    let session = scopes("session").map(|role| match role.as_str() {
        "admin" => "an admin's session".to_owned(),
        _ => "any member's session".to_owned(),
    });
    let bearer = scopes("bearer").map(|scope| match scope.as_str() {
        "" => "any key or token".to_owned(),
        "rotatable" => "an API key that an admin marked rotatable".to_owned(),
        scope => format!("a key or token with the scope `{scope}`"),
    });
    [session, bearer].into_iter().flatten().collect::<Vec<_>>().join(", or ")
}

/// `true` where a path's segments are those of a path of the document, whose variables stand in braces.
pub fn matches_path(known: &[String], wanted: &[&str]) -> bool {
    let fits = |known: &str, wanted: &str| known == wanted || (known.starts_with('{') && !wanted.is_empty());
    known.len() == wanted.len() && known.iter().zip(wanted).all(|(known, wanted)| fits(known, wanted))
}
