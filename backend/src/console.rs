//! The console's files: hashed and precompressed by the build, embedded in a release, read from disk in development.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../target/console"]
#[allow_missing = true]
struct Files;

/// The policy of the console's pages: they may load our own files, and nothing inline.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// The console's routes, as patterns; any other path is its 404 page.
const ROUTES: &[&str] = &[
    "/",
    "/sign-in",
    "/settings/api",
    "/settings/api/oauth/*",
    "/settings/api/webhooks/*",
    "/settings/api/deliveries/*",
    "/settings/api/audit",
    "/account/authorizations",
    "/oauth/consent/*",
];

fn is_route(path: &str) -> bool {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    ROUTES.iter().any(|route| match route.strip_suffix('*') {
        Some(start) => path.strip_prefix(start).is_some_and(|rest| !rest.is_empty() && !rest.contains('/')),
        None => *route == path,
    })
}

/// Serves the console: a file of its build, or its one page, with status 404 where no screen has that path.
pub async fn serve(request: HttpRequest) -> HttpResponse {
    let path = request.path().trim_start_matches('/');
    if path.starts_with("assets/") {
        return match file(&request, path) {
            Some(mut found) => found
                .1
                .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
                .body(found.0),
            None => HttpResponse::NotFound().content_type("text/plain").body("no such file"),
        };
    }
    let Some((bytes, mut response)) = file(&request, "index.html") else {
        return HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("The console is not built into this binary. Run: cargo xtask run");
    };
    response
        .status(if is_route(request.path()) { StatusCode::OK } else { StatusCode::NOT_FOUND })
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(bytes)
}

/// A file in the best encoding that the client takes.
fn file(request: &HttpRequest, path: &str) -> Option<(web::Bytes, HttpResponseBuilder)> {
    let accepted = request
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let takes = |name: &str| {
        accepted.split(',').any(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            parts.next() == Some(name) && !parts.any(|q| matches!(q, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
    };
    let (found, encoding) = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(name, _)| takes(name))
        .find_map(|(name, suffix)| Files::get(&format!("{path}{suffix}")).map(|found| (found, Some(name))))
        .or_else(|| Files::get(path).map(|found| (found, None)))?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, content_type(path)));
    response.insert_header((header::VARY, HeaderValue::from_static("accept-encoding")));
    if let Some(encoding) = encoding {
        response.insert_header((header::CONTENT_ENCODING, encoding));
    }
    Some((web::Bytes::from(found.data.into_owned()), response))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "ico" => "image/x-icon",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_has_a_path_and_nothing_else_does() {
        for path in ["/", "/sign-in", "/settings/api", "/settings/api/", "/settings/api/webhooks/whk_1"] {
            assert!(is_route(path), "{path}");
        }
        for path in ["/settings", "/settings/api/webhooks/", "/settings/api/webhooks/a/b", "/nowhere"] {
            assert!(!is_route(path), "{path}");
        }
    }
}
