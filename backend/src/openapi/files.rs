//! The document, the page that renders it, and the guides, as files, without anything from elsewhere.

use std::sync::{Arc, LazyLock};

use actix_web::{HttpRequest, guard, web};

use super::written;
use crate::http::static_file::{StaticFile, content_type};

/// The paths that are read here.
pub const PAGES: &[&str] = &[
    "/openapi.json",
    "/openapi-3.0.json",
    "/docs",
    "/docs/",
    "/docs/page.css",
    "/docs/start.js",
    "/docs/swagger-ui.css",
    "/docs/swagger-ui-bundle.js",
    "/docs/guides/api.md",
    "/docs/guides/api-versions.md",
];

/// Guides are read as they are written.
const TEXT: &str = "text/plain; charset=utf-8";

/// The files, by their paths.
static FILES: LazyLock<Vec<(&'static str, Arc<StaticFile>)>> =
    LazyLock::new(|| PAGES.iter().filter_map(|&path| Some((path, file(path)?))).collect());

fn file(path: &'static str) -> Option<Arc<StaticFile>> {
    let of = |text: &'static str, kind| Some(StaticFile::new(text.into(), kind));
    match path {
        "/openapi.json" => Some(StaticFile::new(written::json().into(), "application/json")),
        "/openapi-3.0.json" => Some(StaticFile::new(written::json_3_0().into(), "application/json")),
        "/docs/" => of(include_str!("docs/page.html"), content_type("page.html")),
        "/docs/page.css" => of(include_str!("docs/page.css"), content_type(path)),
        "/docs/start.js" => of(include_str!("docs/start.js"), content_type(path)),
        "/docs/guides/api.md" => of(include_str!("../../../docs/api.md"), TEXT),
        "/docs/guides/api-versions.md" => of(include_str!("../../../docs/api-versions.md"), TEXT),
        _ => {
            let config = Arc::new(utoipa_swagger_ui::Config::new(["/openapi.json"]));
            let found = utoipa_swagger_ui::serve(path.strip_prefix("/docs/")?, config).ok()??;
            Some(StaticFile::new(found.bytes.into_owned().into(), content_type(path)))
        }
    }
}

/// Answers for each of [`PAGES`].
pub fn configure(config: &mut web::ServiceConfig) {
    let read = |path: &'static str| web::resource(path).guard(guard::Get());
    config.service(read("/docs").to(|| async { web::Redirect::to("/docs/").permanent() }));
    for (path, file) in FILES.iter() {
        config.service(
            read(path).to(move |request: HttpRequest| async move { Arc::clone(file).answer(&request).await }),
        );
    }
}
