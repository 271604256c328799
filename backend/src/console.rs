//! The console's files: hashed and precompressed by the build, embedded in a release, read from disk in development.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
    web,
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{
    crypto::text,
    http::{
        encoding::Coding,
        static_file::{content_type, revalidate},
    },
};

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
    "/settings/api/events",
    "/settings/api/events/*",
    "/settings/api/installed-apps",
    "/settings/api/installed-apps/*",
    "/account/authorizations",
    "/oauth/consent/*",
    "/oauth/device",
];

fn is_route(path: &str) -> bool {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    ROUTES.iter().any(|route| match route.strip_suffix('*') {
        Some(start) => path.strip_prefix(start).is_some_and(|rest| !rest.is_empty() && !rest.contains('/')),
        None => *route == path,
    })
}

/// `true` where a screen or a file of the console has this path.
pub fn has(path: &str) -> bool {
    is_route(path) || (path.starts_with("/assets/") && Files::get(path.trim_start_matches('/')).is_some())
}

/// The address of a file of the console's build, by the two ends of its name, between which the build puts its hash.
pub fn asset(start: &str, end: &str) -> Option<String> {
    let is_it = |path: &str| {
        path.rsplit('/').next().is_some_and(|name| name.starts_with(start) && name.ends_with(end))
    };
    Files::iter().find(|path| path.starts_with("assets/") && is_it(path)).map(|path| format!("/{path}"))
}

/// Serves the console: a file of its build, or its one page, with status 404 where no screen has that path.
pub fn serve(request: &HttpRequest) -> HttpResponse {
    let path = request.path().trim_start_matches('/');
    if path.starts_with("assets/") {
        let Some(found) = Found::look_up(request, path) else {
            return HttpResponse::NotFound().content_type("text/plain").body("no such file");
        };
        return found.answer(
            request,
            HttpResponse::Ok(),
            "public, max-age=31536000, immutable",
            StatusCode::OK,
        );
    }
    let Some(page) = Found::look_up(request, "index.html") else {
        return HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("The console is not built into this binary. Run: cargo xtask run");
    };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    let status = if is_route(request.path()) { StatusCode::OK } else { StatusCode::NOT_FOUND };
    page.answer(request, response, "no-cache", status)
}

/// A file of the build in the best encoding that the client takes.
struct Found {
    file: EmbeddedFile,
    content_type: &'static str,
    coding: Option<Coding>,
}

impl Found {
    fn look_up(request: &HttpRequest, path: &str) -> Option<Self> {
        let compressed = Coding::preferred(request.headers()).and_then(|coding| {
            let suffix = match coding {
                Coding::Brotli => "br",
                Coding::Gzip => "gz",
            };
            Some((Files::get(&format!("{path}.{suffix}"))?, Some(coding)))
        });
        let (file, coding) = compressed.or_else(|| Some((Files::get(path)?, None)))?;
        Some(Self { file, content_type: content_type(path), coding })
    }

    fn answer(
        self,
        request: &HttpRequest,
        mut response: HttpResponseBuilder,
        keep: &'static str,
        status: StatusCode,
    ) -> HttpResponse {
        response
            .status(status)
            .insert_header((header::CONTENT_TYPE, self.content_type))
            .insert_header((header::CACHE_CONTROL, keep))
            .insert_header((header::VARY, "accept-encoding"));
        // Each encoding is a file of its own, with a hash of its own. The page for a path that is none stays a 404.
        let tag = format!("\"{}\"", text(&self.file.metadata.sha256_hash()[..16]));
        if status == StatusCode::OK && revalidate(request, &mut response, &tag) {
            return response.finish();
        }
        if let Some(coding) = self.coding {
            response.insert_header((header::CONTENT_ENCODING, coding.as_str()));
        }
        response.body(web::Bytes::from(self.file.data.into_owned()))
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
