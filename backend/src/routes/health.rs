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
///
/// On PostgreSQL a second line says by how many milliseconds the database's time, which all nodes use, is ahead of this node's
/// own clock.
#[utoipa::path(operation_id = "getReadiness", tag = "Health",
    responses((status = 200, description = "Ready", body = String, content_type = "text/plain")))]
#[get("/readyz")]
pub async fn ready(app: Data<App>) -> Answer {
    app.base.db.ping().await?;
    if app.base.db.is_embedded() {
        return Ok(HttpResponse::Ok().body("ready"));
    }
    Ok(HttpResponse::Ok().body(format!("ready\nclock_offset_ms {}", app.base.clock.offset_ms())))
}
