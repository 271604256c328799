//! Authorization requests: what the consent screen shows, and the member's answer.

use actix_web::{HttpRequest, get, post, web::Data, web::Json, web::Path};
use api_types::{
    api_keys::MemberRef,
    authorizations::{AnsweredRequest, AuthorizationRequest},
};

use crate::{
    app::App,
    auth::{Caller, Identity, permission::AnySession},
    oauth::{
        consent::{self, Answerer},
        error::Code,
        issuer,
    },
    problem::{Answer, Failure},
    wake::Hint,
};

/// Show what an app asks for
///
/// To the member who was sent here, in the browser in which they were, for ten minutes.
#[utoipa::path(tag = "Authorizations", security(("session" = [])), params(("id" = String, Path, description = "The request's id")),
    extensions(("x-problems" = json!(["conflict", "not-a-member"]))),
    responses((status = 200, description = "What is asked for", body = AuthorizationRequest)))]
#[get("/authorization-requests/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Caller<AnySession>,
    request: HttpRequest,
    path: Path<String>,
) -> Answer<Json<AuthorizationRequest>> {
    let (answerer, now) = (answerer(&app, &caller, &request)?, app.clock.now());
    let id = path.into_inner();
    Ok(Json(app.db.write(move |tx| consent::show(tx, &id, answerer, now)).await?))
}

/// Allow what an app asks for
///
/// As far as the member may do it themselves. The answer says where to go, with a code for the app that works for a minute.
#[utoipa::path(tag = "Authorizations", security(("session" = [])), params(("id" = String, Path, description = "The request's id")),
    extensions(("x-problems" = json!(["conflict", "not-a-member"]))),
    responses((status = 200, description = "Where to go", body = AnsweredRequest)))]
#[post("/authorization-requests/{id}/approve")]
pub async fn approve(
    app: Data<App>,
    caller: Caller<AnySession>,
    request: HttpRequest,
    path: Path<String>,
) -> Answer<Json<AnsweredRequest>> {
    let answerer = answerer(&app, &caller, &request)?;
    let (inner, who, id) = (app.clone(), caller.who(), path.into_inner());
    let (back, code) = app
        .db
        .write(move |tx| {
            let standing = consent::to_answer(tx, &id, &answerer, inner.clock.now())?;
            tx.on_commit(Hint::CredentialsChanged);
            consent::approve(tx, &inner, standing, &who)
        })
        .await?;
    Ok(Json(AnsweredRequest { redirect_to: back.with(&issuer(&app), &[("code", &code)]) }))
}

/// Refuse what an app asks for
///
/// The answer says where to go, with the refusal for the app.
#[utoipa::path(tag = "Authorizations", security(("session" = [])), params(("id" = String, Path, description = "The request's id")),
    extensions(("x-problems" = json!(["conflict", "not-a-member"]))),
    responses((status = 200, description = "Where to go", body = AnsweredRequest)))]
#[post("/authorization-requests/{id}/deny")]
pub async fn deny(
    app: Data<App>,
    caller: Caller<AnySession>,
    request: HttpRequest,
    path: Path<String>,
) -> Answer<Json<AnsweredRequest>> {
    let answerer = answerer(&app, &caller, &request)?;
    let (inner, who, id) = (app.clone(), caller.who(), path.into_inner());
    let back = app
        .db
        .write(move |tx| {
            let standing = consent::to_answer(tx, &id, &answerer, inner.clock.now())?;
            consent::deny(tx, &inner, &standing, &who)
        })
        .await?;
    let parameters =
        [("error", Code::AccessDenied.as_str()), ("error_description", "The member did not allow it.")];
    Ok(Json(AnsweredRequest { redirect_to: back.with(&issuer(&app), &parameters) }))
}

fn answerer(app: &App, caller: &Caller<AnySession>, request: &HttpRequest) -> Result<Answerer, Failure> {
    let Identity::Member { id, email, session, .. } = caller.identity() else {
        return Err(Failure::internal(&"a session operation was reached by a key"));
    };
    Ok(Answerer {
        member: MemberRef { id: *id, email: email.clone() },
        session: session.clone(),
        browser: consent::known_browser(app, request),
    })
}
