//! The problems that an operation may answer: what follows from its security, parameters and body, and what its handler adds
//! by `extensions(("x-problems" = json!(["conflict"])))`. A test holds every answer to it.

use std::collections::BTreeMap;

use api_types::ProblemType;
use serde_json::{Value, json};
use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder,
    path::{HttpMethod, Operation},
    schema::{AllOfBuilder, Type},
};

/// The extension by which a handler names its own problems; it does not reach the document.
const EXTENSION: &str = "x-problems";

/// The server of the examples.
const EXAMPLE_ORIGIN: &str = "https://sayless.example";

/// Answers that are problems, by the names under which operations refer to them.
pub type Shared = BTreeMap<String, RefOr<Response>>;

/// Adds to an operation the answers that are problems; each set of types stands once, in `shared`.
pub fn declare(operation: &mut Operation, method: &HttpMethod, path: &str, shared: &mut Shared) {
    let mut by_status: BTreeMap<u16, Vec<ProblemType>> = BTreeMap::new();
    let mut kinds = of(operation, method, path);
    kinds.extend(own(operation));
    kinds.sort();
    kinds.dedup();
    for kind in kinds {
        by_status.entry(kind.status()).or_default().push(kind);
    }
    for (status, kinds) in by_status {
        let name = kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(".");
        let reference = RefOr::Ref(Ref::from_response_name(&name));
        shared.entry(name).or_insert_with(|| response(&kinds));
        operation.responses.responses.entry(status.to_string()).or_insert(reference);
    }
}

/// The problems that the handler names itself.
fn own(operation: &mut Operation) -> Vec<ProblemType> {
    let Some(extensions) = &mut operation.extensions else { return Vec::new() };
    let named = extensions.remove(EXTENSION).unwrap_or_default();
    if extensions.is_empty() {
        operation.extensions = None;
    }
    let words = named.as_array().into_iter().flatten();
    words.filter_map(Value::as_str).filter_map(|name| name.parse().ok()).collect()
}

/// The problems that follow from the operation's security, parameters and body.
fn of(operation: &Operation, method: &HttpMethod, path: &str) -> Vec<ProblemType> {
    let mut kinds = vec![
        // A query parameter that the operation does not take.
        ProblemType::BadRequest,
        ProblemType::UriTooLong,
        ProblemType::RateLimited,
        ProblemType::Internal,
        ProblemType::Unavailable,
    ];
    kinds.extend(of_security(operation, method, path));
    let parameters: Vec<_> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .collect();
    if path.contains('{') {
        kinds.push(ProblemType::NotFound);
    }
    if operation.request_body.is_some() {
        kinds.extend([
            ProblemType::MalformedJson,
            ProblemType::BodyTooLarge,
            ProblemType::UnsupportedMediaType,
            ProblemType::Validation,
        ]);
    }
    if parameters.iter().any(|parameter| parameter.name == "Idempotency-Key") {
        kinds.extend([
            ProblemType::IdempotencyInProgress,
            ProblemType::IdempotencyMismatch,
            ProblemType::IdempotencyExpired,
        ]);
    }
    if parameters.iter().any(|parameter| parameter.name == "If-Match") {
        kinds.push(ProblemType::PreconditionFailed);
    }
    kinds
}

fn of_security(operation: &Operation, method: &HttpMethod, path: &str) -> Vec<ProblemType> {
    let said = serde_json::to_value(&operation.security).unwrap_or_default();
    let scopes = |scheme: &str| -> Option<Vec<Value>> {
        said.as_array()?.iter().find_map(|requirement| requirement.get(scheme)?.as_array().cloned())
    };
    if said.is_null() {
        return vec![ProblemType::InvalidSignIn, ProblemType::CrossOrigin];
    }
    let mut kinds = vec![
        ProblemType::Unauthenticated,
        ProblemType::InvalidCredential,
        ProblemType::KeyRevoked,
        ProblemType::KeyReplaced,
        ProblemType::KeyExpired,
        ProblemType::AddressNotAllowed,
    ];
    if path != "/v1/session" {
        kinds.push(ProblemType::PlanRequired);
    }
    if let Some(roles) = scopes("session") {
        if *method != HttpMethod::Get {
            kinds.push(ProblemType::CrossOrigin);
        }
        if roles.iter().any(|role| role == "admin") {
            kinds.push(ProblemType::AdminRequired);
        }
    }
    match scopes("bearer") {
        None => kinds.push(ProblemType::SessionRequired),
        Some(scopes) if scopes == ["rotatable"] => {
            kinds.extend([ProblemType::NotRotatable, ProblemType::CrossOrigin]);
        }
        Some(scopes) if !scopes.is_empty() => kinds.push(ProblemType::InsufficientScope),
        Some(_) => {}
    }
    kinds
}

/// A problem document whose `code` is one of `kinds`.
fn response(kinds: &[ProblemType]) -> RefOr<Response> {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let titles: Vec<&str> = kinds.iter().map(|kind| kind.title()).collect();
    let kind = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
    let schema = AllOfBuilder::new()
        .item(Ref::from_schema_name("Problem"))
        .item(ObjectBuilder::new().schema_type(Type::Object).property("code", kind));
    let example = kinds.first().map(|kind| json!(kind.example(EXAMPLE_ORIGIN)));
    let id = ObjectBuilder::new().schema_type(Type::String).description(Some("The request's id."));
    ResponseBuilder::new()
        .description(titles.join("; "))
        .content(
            "application/problem+json",
            ContentBuilder::new().schema(Some(RefOr::T(schema.build().into()))).example(example).build(),
        )
        .header("x-request-id", HeaderBuilder::new().schema(Some(id)).build())
        .build()
        .into()
}
