//! For load balancers: alive, and ready.

use actix_web::{HttpResponse, get, web::Data};
use diesel::RunQueryDsl;

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
    app.db
        .read(|conn| Ok::<_, crate::db::DbError>(diesel::sql_query("SELECT 1").execute(conn).map(drop)?))
        .await?;
    Ok(HttpResponse::Ok().body("ready"))
}
