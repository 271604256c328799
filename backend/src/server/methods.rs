//! The answers to a method or a path that nobody has: 405 with the methods that the path has, or 404. They are JSON
//! everywhere but under the console's own paths.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
    web::Data,
};
use api_types::{ProblemType, oauth_failures::FailureCause};
use utoipa::openapi::OpenApi as Document;

use super::path::PathKind;
use crate::{console, docs, http::problem::Failure, oauth::error::OAuthError, openapi};

/// The paths that exist, with their methods, to tell an unknown path from a method that a path does not have.
#[derive(Clone, Debug)]
pub struct KnownPaths(Vec<(Vec<String>, Vec<&'static str>)>);

impl KnownPaths {
    /// The operations of the document, and the pages beside them.
    pub fn of(document: &Document) -> Self {
        let operations = document.paths.paths.iter().map(|(path, item)| {
            let methods = [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PUT", &item.put),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ];
            let has = methods.into_iter().filter_map(|(name, operation)| operation.as_ref().map(|_| name));
            (segments(path), has.collect())
        });
        let pages = openapi::PAGES.iter().map(|path| (segments(path), vec!["GET"]));
        let docs = docs::paths().into_iter().map(|path| (segments(&path), vec!["GET"]));
        Self(operations.chain(pages).chain(docs).collect())
    }

    /// The methods that `path` has, as `Allow` names them; `None` where there is no such path.
    pub fn allowed(&self, path: &str) -> Option<String> {
        let wanted: Vec<&str> = path.split('/').collect();
        let methods = self.0.iter().filter(|(known, _)| openapi::matches_path(known, &wanted));
        let methods: Vec<&str> = methods.flat_map(|(_, methods)| methods.iter().copied()).collect();
        if methods.is_empty() {
            return console::has(path).then(|| "GET, HEAD".to_owned());
        }
        let mut allowed = Vec::with_capacity(methods.len() + 2);
        for method in methods {
            allowed.push(method);
            if method == "GET" {
                allowed.push("HEAD");
            }
        }
        if PathKind::of(path).is_open_to_scripts() {
            allowed.push("OPTIONS");
        }
        Some(allowed.join(", "))
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(Into::into).collect()
}

/// Answers what no handler takes: the console where the path is not one of the API's, and what is wrong elsewhere.
pub async fn unknown(request: HttpRequest, known: Data<KnownPaths>) -> HttpResponse {
    let path = request.match_info().as_str();
    let reads = request.method() == Method::GET;
    if PathKind::of(path) == PathKind::Console && reads {
        return console::serve(&request);
    }
    match known.allowed(path) {
        Some(allowed) => not_allowed(&request, &allowed),
        None => not_found(),
    }
}

/// OPTIONS that is no preflight: the methods that the path has.
pub fn options(path: &str, known: &KnownPaths) -> HttpResponse {
    match known.allowed(path) {
        Some(allowed) => with_allow(HttpResponse::NoContent().finish(), &allowed),
        None => not_found(),
    }
}

fn not_found() -> HttpResponse {
    Failure::new(ProblemType::NotFound, "There is no such path. /docs/api lists those that exist.")
        .error_response()
}

fn not_allowed(request: &HttpRequest, allowed: &str) -> HttpResponse {
    // The endpoints that apps call say so in their own protocol's words (RFC 6749, section 5.2).
    let use_instead = match request.match_info().as_str() {
        "/oauth/token"
        | "/oauth/revoke"
        | "/oauth/introspect"
        | "/oauth/par"
        | "/oauth/device_authorization" => Some("Use POST."),
        "/oauth/authorize" => Some("Use GET or POST."),
        _ => None,
    };
    let response = if let Some(instead) = use_instead {
        let refusal = OAuthError::request(FailureCause::MethodNotAllowed, instead);
        refusal.status(StatusCode::METHOD_NOT_ALLOWED).error_response()
    } else {
        let method: String = request.method().as_str().chars().take(20).collect();
        let detail = format!("{method} is not possible here. This path has: {allowed}.");
        Failure::new(ProblemType::MethodNotAllowed, detail).error_response()
    };
    with_allow(response, allowed)
}

fn with_allow(mut response: HttpResponse, allowed: &str) -> HttpResponse {
    if let Ok(allowed) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}
