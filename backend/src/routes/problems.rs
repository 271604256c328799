//! The addresses to which a problem's `type` leads: for people its page of the documentation, for programs JSON.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::{
        StatusCode,
        header::{self, Accept, Header},
    },
    web::{Bytes, Data, Path},
};
use api_types::{
    ProblemType,
    explanations::{ProblemDescription, ProblemDescriptions},
};

use crate::{
    app::App,
    docs::{self, Site},
    http::problem::{Answer, Failure},
};

/// List problem types
///
/// All errors of `/v1`: what each means and what to do. A browser gets a page.
#[utoipa::path(operation_id = "listProblemTypes", tag = "Problems",
    responses((status = 200, description = "All types of problems", body = ProblemDescriptions)))]
#[get("/problems")]
pub async fn list(app: Data<App>, site: Data<Site>, request: HttpRequest) -> HttpResponse {
    if !wants_json(&request) {
        return page(site, "/docs/problems").await;
    }
    let origin = app.base.settings.issuer();
    let describe = |code| ProblemDescription::of(code, &origin);
    json(ProblemDescriptions { data: docs::problems().into_iter().map(describe).collect() })
}

/// Show a problem type
///
/// What the error means and what to do. This is the address in a problem's `type`. A browser gets a page.
#[utoipa::path(operation_id = "getProblemType", tag = "Problems",
    params(("name" = ProblemType, Path, description = "The problem's `code`")),
    responses(
        (status = 200, description = "The type of problem", body = ProblemDescription),
        (status = 404, description = "No such type", body = api_types::Problem, content_type = "application/problem+json")))]
#[get("/problems/{name}")]
pub async fn show(app: Data<App>, site: Data<Site>, request: HttpRequest, name: Path<String>) -> Answer {
    let origin = app.base.settings.issuer();
    match (name.parse::<ProblemType>(), wants_json(&request)) {
        (Ok(code), true) => Ok(json(ProblemDescription::of(code, &origin))),
        (Ok(code), false) => Ok(page(site, &format!("/docs/problems/{code}")).await),
        (Err(_), false) => Ok(html(StatusCode::NOT_FOUND, site.not_found(UNKNOWN))),
        (Err(_), true) => {
            let detail = "There is no such type of problem. GET /problems lists them all.";
            Err(Failure::new(ProblemType::NotFound, detail))
        }
    }
}

/// True where the caller would rather have JSON than a page.
fn wants_json(request: &HttpRequest) -> bool {
    let Ok(accept) = Accept::parse(request) else { return false };
    let ranked = accept.ranked();
    let place = |names: &[&str]| ranked.iter().position(|media| names.contains(&media.essence_str()));
    match (place(&["application/json", "application/problem+json"]), place(&["text/html"])) {
        (Some(json), Some(html)) => json < html,
        (json, _) => json.is_some(),
    }
}

fn json(body: impl serde::Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header(VARY).insert_header(CACHE).json(body)
}

const UNKNOWN: &str = "There is no such problem";

/// A page of the documentation, at its second address.
async fn page(site: Data<Site>, path: &str) -> HttpResponse {
    match docs::file(site.clone().into_inner(), path.to_owned()).await {
        Some(page) => html(StatusCode::OK, page.plain()),
        None => html(StatusCode::NOT_FOUND, site.not_found(UNKNOWN)),
    }
}

fn html(status: StatusCode, page: impl Into<Bytes>) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header(VARY)
        .insert_header(CACHE)
        .insert_header((header::CONTENT_SECURITY_POLICY, docs::POLICY))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(page.into())
}

const VARY: (header::HeaderName, &str) = (header::VARY, "Accept");
const CACHE: (header::HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");
