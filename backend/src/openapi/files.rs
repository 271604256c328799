//! The document and the page that renders it, as files, without anything from elsewhere.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use actix_web::{HttpRequest, HttpResponse, guard, web, web::Bytes};

use super::written;
use crate::http::static_file::{StaticFile, content_type};

/// The paths that are read here.
pub const PAGES: &[&str] = &[
    "/openapi.json",
    "/openapi-3.0.json",
    "/docs/api",
    "/docs/api/page.css",
    "/docs/api/samples.js",
    "/docs/api/samples.json",
    "/docs/api/start.js",
    "/docs/api/swagger-ui.css",
    "/docs/api/swagger-ui-bundle.js",
];

fn file(path: &'static str) -> Option<Arc<StaticFile>> {
    let of = |text: &'static str, kind| Some(StaticFile::new(text.into(), kind));
    match path {
        "/openapi.json" => Some(StaticFile::new(written::json().into(), "application/json")),
        "/openapi-3.0.json" => Some(StaticFile::new(written::json_3_0().into(), "application/json")),
        "/docs/api" => of(include_str!("docs/page.html"), content_type("page.html")),
        "/docs/api/page.css" => of(include_str!("docs/page.css"), content_type(path)),
        "/docs/api/samples.js" => of(include_str!("docs/samples.js"), content_type(path)),
        "/docs/api/samples.json" => of(include_str!("../../../openapi/samples.json"), content_type(path)),
        "/docs/api/start.js" => of(include_str!("docs/start.js"), content_type(path)),
        _ => {
            let config = Arc::new(utoipa_swagger_ui::Config::new(["/openapi.json"]));
            let found = utoipa_swagger_ui::serve(path.strip_prefix("/docs/api/")?, config).ok()??;
            let bytes = match found.bytes {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => bytes.into(),
            };
            Some(StaticFile::new(bytes, content_type(path)))
        }
    }
}

/// A page that is put together when it is first read: most nodes are never asked for one.
#[derive(Debug)]
struct Page {
    path: &'static str,
    file: OnceLock<Option<Arc<StaticFile>>>,
}

impl Page {
    async fn answer(self: Arc<Self>, request: HttpRequest) -> HttpResponse {
        let page = Arc::clone(&self);
        let file = match self.file.get() {
            Some(file) => file.clone(),
            // The document takes a while: other requests of this thread must not wait for it.
            None => {
                web::block(move || page.file.get_or_init(|| file(page.path)).clone()).await.ok().flatten()
            }
        };
        match file {
            Some(file) => file.answer(&request).await,
            None => HttpResponse::NotFound().finish(),
        }
    }
}

/// What answers for each of [`PAGES`]: made once, for all threads.
#[derive(Clone, Debug)]
pub struct Pages(Arc<[Arc<Page>]>);

impl Pages {
    pub fn all() -> Self {
        Self(PAGES.iter().map(|path| Arc::new(Page { path, file: OnceLock::new() })).collect())
    }

    pub fn configure(&self, config: &mut web::ServiceConfig) {
        for page in self.0.iter() {
            let page = Arc::clone(page);
            let read = web::resource(page.path).guard(guard::Get());
            config.service(read.to(move |request| Arc::clone(&page).answer(request)));
        }
    }
}
