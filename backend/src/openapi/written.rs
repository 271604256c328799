//! The document as it is put together and written: from the handlers, and in both versions of OpenAPI.

use serde_json::{Value, json};
use utoipa::{
    OpenApi,
    openapi::{
        Components, OpenApi as Document,
        path::{HttpMethod, Operation},
    },
};
use utoipa_actix_web::{AppExt, scope::scope};

use super::{bodies, deprecation, finish, headers, problems, security, tags, version_3_0, webhooks, words};
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
    components(schemas(api_types::Problem, api_types::ProblemType, api_types::problem::FaultCode, api_types::stream::Change))
)]
struct Outline;

/// The whole document, as the handlers describe themselves.
pub fn document() -> Document {
    let (_, mut document) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(Outline::openapi())
        .service(scope("/v1").configure(|operations| routes::v1(operations)))
        .configure(|operations| routes::around_v1(operations))
        .split_for_parts();
    security::add_schemes(&mut document);
    document.tags = Some(tags::all());
    let mut shared = problems::Shared::new();
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Patch, &mut item.patch),
            (HttpMethod::Delete, &mut item.delete),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            if path.starts_with("/v1") {
                complete(operation, &method, path, &mut shared);
            }
            security::complete(operation);
        }
    }
    document.components.get_or_insert_with(Components::new).responses.extend(shared);
    bodies::declare_optional(&mut document);
    headers::declare(&mut document);
    document
}

/// The document as it is served.
pub fn finished() -> Value {
    let mut document = json!(document());
    finish::refer_to_items(&mut document);
    words::separate(&mut document);
    webhooks::describe(&mut document);
    document
}

/// The document as `openapi/openapi.json` has it.
pub fn json() -> String {
    printed(&finished())
}

/// The document in OpenAPI 3.0.3, as `openapi/openapi-3.0.json` has it.
pub fn json_3_0() -> String {
    printed(&version_3_0::downgrade(&finished()))
}

fn printed(document: &Value) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// Adds to an operation what its security and method imply: its permission in words, and the problems it may answer.
fn complete(operation: &mut Operation, method: &HttpMethod, path: &str, shared: &mut problems::Shared) {
    let needs = security::describe(operation);
    let said = operation.description.take().unwrap_or_default();
    operation.description = Some(format!("{said}\n\n**Permission:** {needs}").trim().to_owned());
    deprecation::declare(operation);
    problems::declare(operation, method, path, shared);
    security::mark_audience(operation);
}
