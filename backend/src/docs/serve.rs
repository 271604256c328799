//! The site over HTTP.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError, guard,
    http::{
        StatusCode,
        header::{self, Accept, Header},
    },
    web::{self, Data},
};
use api_types::ProblemType;

use super::{llms, site::Site};
use crate::http::{problem::Failure, static_file::StaticFile};

/// The policy of the pages: our own files, and nothing inline.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Adds the site's addresses.
pub fn configure(config: &mut web::ServiceConfig) {
    for path in ["/docs", "/docs/{page:.*}", llms::INDEX, llms::FULL] {
        config.service(web::resource(path).guard(guard::Get()).to(answer));
    }
}

async fn answer(site: Data<Site>, request: HttpRequest) -> HttpResponse {
    match file(site.clone().into_inner(), request.path().to_owned()).await {
        Some(file) => file.answer(&request).await,
        None => not_found(&site, &request),
    }
}

/// The file at this address. What is not made yet takes a while: other requests of this thread must not wait for it.
pub async fn file(site: Arc<Site>, path: String) -> Option<Arc<StaticFile>> {
    match site.made(&path) {
        Some(file) => Some(file),
        None => web::block(move || site.file(&path)).await.ok().flatten(),
    }
}

/// A page for people, a problem for programs.
fn not_found(site: &Site, request: &HttpRequest) -> HttpResponse {
    let wants_page = Accept::parse(request)
        .is_ok_and(|accept| accept.ranked().iter().any(|media| media.essence_str() == "text/html"));
    if wants_page {
        return HttpResponse::build(StatusCode::NOT_FOUND)
            .content_type("text/html; charset=utf-8")
            .insert_header((header::VARY, "Accept"))
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .body(site.not_found("There is no page here"));
    }
    Failure::new(ProblemType::NotFound, "There is no such page. GET /llms.txt lists them all.")
        .error_response()
}
