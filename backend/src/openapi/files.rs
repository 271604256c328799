//! The document and the page that renders it, as files, without anything from elsewhere.

use std::sync::{Arc, LazyLock};

use actix_web::{HttpRequest, guard, web};

use super::written;
use crate::http::static_file::{StaticFile, content_type};

/// The paths that are read here.
pub const PAGES: &[&str] = &[
    "/openapi.json",
    "/docs",
    "/docs/",
    "/docs/index.html",
    "/docs/index.css",
    "/docs/swagger-ui.css",
    "/docs/swagger-ui-bundle.js",
    "/docs/swagger-ui-standalone-preset.js",
    "/docs/swagger-initializer.js",
    "/docs/favicon-16x16.png",
    "/docs/favicon-32x32.png",
];

static DOCUMENT: LazyLock<Arc<StaticFile>> =
    LazyLock::new(|| StaticFile::new(written::json().into(), "application/json"));

/// The files of the page, by their paths.
static DOCS: LazyLock<Vec<(&'static str, Arc<StaticFile>)>> = LazyLock::new(|| {
    let config = utoipa_swagger_ui::Config::new(["/openapi.json"]);
    let config = Arc::new(config.deep_linking(true).try_it_out_enabled(true));
    let file = |path: &'static str| {
        let name = match path.strip_prefix("/docs/")? {
            "" => "index.html",
            name => name,
        };
        let found = utoipa_swagger_ui::serve(name, Arc::clone(&config)).ok()??;
        Some((path, StaticFile::new(found.bytes.into_owned().into(), content_type(name))))
    };
    PAGES.iter().filter_map(|path| file(path)).collect()
});

/// Answers for each of [`PAGES`].
pub fn configure(config: &mut web::ServiceConfig) {
    let read = |path: &'static str| web::resource(path).guard(guard::Get());
    config
        .service(
            read("/openapi.json")
                .to(|request: HttpRequest| async move { Arc::clone(&DOCUMENT).answer(&request).await }),
        )
        .service(read("/docs").to(|| async { web::Redirect::to("/docs/").permanent() }));
    for (path, file) in DOCS.iter() {
        config.service(
            read(path).to(move |request: HttpRequest| async move { Arc::clone(file).answer(&request).await }),
        );
    }
}
