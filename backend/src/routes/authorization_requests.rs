//! Authorization requests: what the consent screen shows, and the member's answer.

use actix_web::{HttpRequest, get, post, web::Data, web::Path};
use api_types::{
    account::MemberRef,
    authorizations::{AnsweredRequest, AuthorizationRequest},
};

use super::{idempotent::IdempotencyKey, signed_in::SignedIn};
use crate::{
    app::App,
    auth::{Caller, permission::AnySession},
    http::{etag::Shown, made::Made, problem::Answer},
    oauth::{
        consent::{
            answer, browser,
            question::{self, Answerer},
        },
        error::ErrorCode,
    },
};

/// Show what an app asks for
///
/// To the member who was sent here, in the browser in which they were, for ten minutes.
#[utoipa::path(operation_id = "getAuthorizationRequest", tag = "Authorizations",
    security(("session" = [])), params(("id" = String, Path, description = "The request's id")),
    extensions(("x-problems" = json!(["conflict", "not-a-member"]))),
    responses((status = 200, description = "What is asked for", body = AuthorizationRequest)))]
#[get("/authorization-requests/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Caller<AnySession>,
    request: HttpRequest,
    path: Path<String>,
) -> Answer<Shown<AuthorizationRequest>> {
    let answerer = answerer(&app, &caller, &request)?;
    let id = path.into_inner();
    Ok(Shown(app.base.db.write(move |tx| question::show(tx, &id, answerer)).await?))
}

/// Allow what an app asks for
///
/// As far as the member may do it themselves. The answer says where to go, with a code for the app that works for a minute.
#[utoipa::path(operation_id = "approveAuthorizationRequest", tag = "Authorizations",
    security(("session" = [])), params(("id" = String, Path, description = "The request's id"), IdempotencyKey),
    extensions(("x-problems" = json!(["conflict", "not-a-member"]))),
    responses((status = 200, description = "Where to go", body = AnsweredRequest)))]
#[post("/authorization-requests/{id}/approve")]
pub async fn approve(
    app: Data<App>,
    caller: Caller<AnySession>,
    request: HttpRequest,
    path: Path<String>,
    key: IdempotencyKey,
) -> Answer {
    let answerer = answerer(&app, &caller, &request)?;
    let id = path.into_inner();
    let who = caller.who();
    let keys = app.base.keys.clone();
    let issuer = app.base.settings.issuer();
    let request = key.of(&caller, String::new());
    let approved = request.answer(&app.base, move |tx| -> Answer<Made> {
        let open = question::to_answer(tx, &id, &answerer)?;
        let (back, code) = answer::approve(tx, &keys, open, &who)?;
        let redirect_to = back.with(&issuer, &[("code", &code)]);
        Ok(Made::json(200, &AnsweredRequest { redirect_to })?.about(&id).secret())
    });
    approved.await
}

/// Refuse what an app asks for
///
/// The answer says where to go, with the refusal for the app.
#[utoipa::path(operation_id = "denyAuthorizationRequest", tag = "Authorizations",
    security(("session" = [])), params(("id" = String, Path, description = "The request's id"), IdempotencyKey),
    extensions(("x-problems" = json!(["conflict", "not-a-member"]))),
    responses((status = 200, description = "Where to go", body = AnsweredRequest)))]
#[post("/authorization-requests/{id}/deny")]
pub async fn deny(
    app: Data<App>,
    caller: Caller<AnySession>,
    request: HttpRequest,
    path: Path<String>,
    key: IdempotencyKey,
) -> Answer {
    let answerer = answerer(&app, &caller, &request)?;
    let id = path.into_inner();
    let who = caller.who();
    let issuer = app.base.settings.issuer();
    let request = key.of(&caller, String::new());
    let denied = request.answer(&app.base, move |tx| -> Answer<Made> {
        let open = question::to_answer(tx, &id, &answerer)?;
        let back = answer::deny(tx, &open, &who)?;
        let parameters = [
            ("error", ErrorCode::AccessDenied.as_str()),
            ("error_description", "The member did not allow it."),
        ];
        let redirect_to = back.with(&issuer, &parameters);
        Ok(Made::json(200, &AnsweredRequest { redirect_to })?.about(&id))
    });
    denied.await
}

fn answerer(app: &App, caller: &Caller<AnySession>, request: &HttpRequest) -> Answer<Answerer> {
    let SignedIn { id, email, session } = SignedIn::of(caller)?;
    Ok(Answerer {
        member: MemberRef { id, email },
        session,
        browser: browser::known(&app.base.settings, request),
    })
}
