//! The problems that an operation may answer: what follows from its security, parameters and body, and what its handler adds
//! by `extensions(("x-problems" = json!(["conflict"])))`. The document names them by their codes, in `x-problem-codes`; a test
//! holds every answer to it. Each status has one response, to which all operations refer.

use std::collections::BTreeMap;

use api_types::ProblemType;
use serde_json::{Value, json};
use utoipa::openapi::{
    ContentBuilder, Ref, RefOr, Response, ResponseBuilder,
    example::ExampleBuilder,
    extensions::ExtensionsBuilder,
    path::{HttpMethod, Operation},
};

/// The extension by which a handler names its own problems; it does not reach the document.
const EXTENSION: &str = "x-problems";
/// The extension by which the document names all problems of an operation.
const CODES: &str = "x-problem-codes";

/// The server of the examples.
const EXAMPLE_ORIGIN: &str = "https://sayless.example";

/// Answers that are problems, by the names under which operations refer to them.
pub type Shared = BTreeMap<String, RefOr<Response>>;

/// Adds to an operation the answers that are problems; the answer of each status stands once, in `shared`.
pub fn declare(operation: &mut Operation, method: &HttpMethod, path: &str, shared: &mut Shared) {
    let mut kinds = of(operation, method, path);
    kinds.extend(own(operation));
    kinds.sort();
    kinds.dedup();
    for kind in &kinds {
        let status = kind.status();
        let name = format!("Problem{status}");
        let reference = RefOr::Ref(Ref::from_response_name(&name));
        shared.entry(name).or_insert_with(|| response(status));
        operation.responses.responses.entry(status.to_string()).or_insert(reference);
    }
    let codes: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let codes = ExtensionsBuilder::new().add(CODES, json!(codes)).build();
    operation.extensions.get_or_insert_default().merge(codes);
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
            ProblemType::RequestTimeout,
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
        ProblemType::WorkspaceMismatch,
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

/// The problem documents of a status.
fn response(status: u16) -> RefOr<Response> {
    let kinds: Vec<ProblemType> =
        ProblemType::ALL.iter().copied().filter(|kind| kind.status() == status).collect();
    let words = kinds.iter().map(|kind| format!("- `{kind}`: {}.", kind.title()));
    let description = format!(
        "A problem document. The operation's `{CODES}` has those codes that it may have here:\n\n{}",
        words.collect::<Vec<_>>().join("\n")
    );
    let examples = kinds.iter().map(|&kind| {
        let example = ExampleBuilder::new()
            .summary(kind.title())
            .value(Some(json!(kind.example(EXAMPLE_ORIGIN))))
            .build();
        (kind.to_string(), example)
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(examples)
        .build();
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .build()
        .into()
}
