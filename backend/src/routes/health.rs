//! Signs of life for load balancers: the process answers, and the database does.

use actix_web::{HttpResponse, get, web::Data};

use crate::{app::App, http::problem::Answer};

/// Check that the process answers
#[utoipa::path(operation_id = "getHealth", tag = "Health",
    responses((status = 200, description = "Alive", body = String, content_type = "text/plain")))]
#[get("/healthz")]
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().body("ok")
}

/// Check that the database answers and its tables are up to date
#[utoipa::path(operation_id = "getReadiness", tag = "Health",
    responses((status = 200, description = "Ready", body = String, content_type = "text/plain")))]
#[get("/readyz")]
pub async fn ready(app: Data<App>) -> Answer {
    app.base.db.ping().await?;
    Ok(HttpResponse::Ok().body("ready"))
}
