//! The page that a member sees where no answer may be sent to the app: the request is too wrong, too frequent, or the server
//! failed.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::error::OAuthError;

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fdfcfa;--ground:#f7f5f1;--line:#e6e3dc;--ink:#1f2a2a;--quiet:#5d6664;--pine:#1d5346}\
@media(prefers-color-scheme:dark){:root{--paper:#1b2120;--ground:#151a19;--line:#2f3736;--ink:#ece9e2;--quiet:#a3aaa7;--pine:#9fd6c2}}\
*{box-sizing:border-box}\
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--ink);\
font:1rem/1.55 'Instrument Sans',ui-sans-serif,system-ui,sans-serif}\
main{width:100%;max-width:30rem;background:var(--paper);border:1px solid var(--line);border-radius:.875rem;padding:2rem}\
p{margin:.75rem 0 0}\
.brand{margin:0 0 1.5rem;font-weight:600;color:var(--pine)}\
h1{margin:0;font-size:1.375rem;line-height:1.3}\
.quiet{color:var(--quiet);font-size:.875rem}\
a{color:var(--pine)}\
code{font:.875em ui-monospace,monospace;overflow-wrap:anywhere}";

/// The page may load nothing, and nothing may frame it.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// The page for a request that is refused; it repeats nothing of the request.
pub fn refused(error: &OAuthError) -> HttpResponse {
    page(
        StatusCode::BAD_REQUEST,
        "This app cannot be authorized",
        "The link that brought you here is not one that we can follow, so nothing was allowed and nothing was sent to the app. \
         Go back to the app and start again. If it happens again, tell the app's developer what stands below.",
        &format!("<p class=\"quiet\"><code>{}</code>: {}</p>", error.code().as_str(), error.description()),
    )
}

/// The page for an app whose workspace has no API. It leads back to the app, which learns why.
pub fn no_plan(back: &str) -> HttpResponse {
    page(
        StatusCode::FORBIDDEN,
        "This app cannot be let in now",
        "Apps need the Startup plan or above, and the workspace of this app is on the free plan. Nothing was allowed. Ask an admin of \
         that workspace to change the plan, then open the app again.",
        &format!("<p><a href=\"{}\">Back to the app</a></p>", escaped(back)),
    )
}

/// A text as it stands in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The page for a client that asks too often.
pub fn too_often(seconds: u64) -> HttpResponse {
    let mut response = page(
        StatusCode::TOO_MANY_REQUESTS,
        "Too many requests",
        "Too many apps were to be authorized from your network in a short time. Wait a minute, then go back to the app and start \
         again.",
        "",
    );
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    response
}

/// The page for a failure of the server itself.
pub fn failed(error: &OAuthError) -> HttpResponse {
    page(
        error.http_status(),
        "We could not do that",
        "Something failed on our side. Nothing was allowed, and nothing was sent to the app. Go back to the app and start again in \
         a moment.",
        "",
    )
}

fn page(status: StatusCode, title: &str, text: &str, more: &str) -> HttpResponse {
    HttpResponseBuilder::new(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .body(format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
             <title>{title} · Sayless</title><style>{STYLE}</style></head>\
             <body><main><p class=\"brand\">Sayless</p><h1>{title}</h1><p>{text}</p>{more}</main></body></html>"
        ))
}
