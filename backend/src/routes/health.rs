//! For load balancers: alive, and ready.

use actix_web::{HttpResponse, get, web::Data};

use crate::{app::App, problem::Answer};

/// The process answers.
#[utoipa::path(tag = "Health", responses((status = 200, description = "Alive", body = String)))]
#[get("/healthz")]
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().body("ok")
}

/// The database answers and its tables are up to date.
#[utoipa::path(tag = "Health", responses((status = 200, description = "Ready", body = String)))]
#[get("/readyz")]
pub async fn ready(app: Data<App>) -> Answer {
    app.db.ping().await?;
    Ok(HttpResponse::Ok().body("ready"))
}
