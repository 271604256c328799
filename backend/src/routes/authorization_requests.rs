//! Authorization requests: what the consent screen shows, and the member's answer.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, get, post, web::Data};
use api_types::{
    ProblemType,
    account::MemberRef,
    authorizations::{AnsweredRequest, Approval, AuthorizationRequest, NewAuthorizationRequest},
    ids::MemberId,
    problem::FaultCode,
};

use super::{idempotent::IdempotencyKey, signed_in::SignedIn};
use crate::{
    app::App,
    auth::{Caller, address, permission::AnySession},
    http::{
        body::Body,
        etag::Shown,
        made::Made,
        problem::{Answer, Failure},
        query::{FromQuery, Query, QueryReader},
    },
    oauth::{
        consent::{
            answer, browser,
            question::{self, Answerer},
        },
        device::{self, user_code},
        failures,
        limits::Guess,
    },
};

/// Ask for a device's request
///
/// By the user code that the device shows (RFC 8628). The request is this session's to answer, like one that an app sent the member to. A
/// member may type five wrong codes a minute.
#[utoipa::path(operation_id = "createAuthorizationRequest", tag = "Authorizations",
    security(("session" = [])), params(IdempotencyKey),
    extensions(("x-problems" = json!(["conflict"]))), request_body = NewAuthorizationRequest,
    responses((status = 201, description = "What is asked for", body = AuthorizationRequest)))]
#[post("/authorization-requests")]
pub async fn create(
    app: Data<App>,
    caller: Caller<AnySession>,
    request: HttpRequest,
    key: IdempotencyKey,
    body: Body<NewAuthorizationRequest>,
) -> Answer {
    let code = user_code::read(&body.value.user_code).ok_or_else(|| {
        let detail = "A code has eight letters, such as WDJB-MJHT.";
        Failure::field("user_code", FaultCode::Malformed, detail)
    })?;
    let ip = address::of_request(&request, &app.base.settings.trusted_proxies);
    let (_, answerer) = Asked { request, shown_to: None }.answerer(&app, &caller)?;
    let guess = Guess::begin(&app.auth, answerer.member.id, ip).map_err(|seconds| {
        let detail = "Too many wrong codes. Wait a moment, then type the code that your device shows.";
        Failure::new(ProblemType::RateLimited, detail).retry_after(seconds)
    })?;
    let user_code = app.base.keys.digests(&code);
    // The body holds a code that is short enough to be found by its bare digest.
    let keyed = key.of(&caller, app.base.keys.digest(&body.digest).0);
    let asked = keyed.answer(&app.base, move |tx| -> Answer<Made> {
        let id = device::question::ask(tx, &user_code, &answerer)?;
        let shown = question::show(tx, &id, answerer)?;
        Ok(Made::created("authorization-requests", &id, &shown)?.tagged(&shown))
    });
    let asked = asked.await;
    if !matches!(&asked, Err(failure) if failure.kind() == ProblemType::Validation) {
        guess.was_right(&app.auth);
    }
    asked
}

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
) -> Answer<Shown<AuthorizationRequest>> {
    let (id, answerer) = Asked { request, shown_to: None }.answerer(&app, &caller)?;
    Ok(Shown(app.base.db.write(move |tx| question::show(tx, &id, answerer)).await?))
}

/// Allow what an app asks for
///
/// As far as the member may do it themselves, and without the optional scopes that they leave out. The answer says where to go,
/// with a code for the app that works for a minute.
#[utoipa::path(operation_id = "approveAuthorizationRequest", tag = "Authorizations",
    security(("session" = [])), params(("id" = String, Path, description = "The request's id"), ShownTo, IdempotencyKey),
    extensions(("x-problems" = json!(["conflict", "not-a-member"]))), request_body = Approval,
    responses((status = 200, description = "Where to go", body = AnsweredRequest)))]
#[post("/authorization-requests/{id}/approve")]
pub async fn approve(
    app: Data<App>,
    caller: Caller<AnySession>,
    asked: Asked,
    key: IdempotencyKey,
    body: Body<Approval>,
) -> Answer {
    let (id, answerer) = asked.answerer(&app, &caller)?;
    let who = caller.who();
    let keys = app.base.keys.clone();
    let issuer = app.base.settings.issuer();
    let request = key.of(&caller, body.digest);
    let approved = request.answer(&app.base, move |tx| -> Answer<Made> {
        let open = question::to_approve(tx, &id, &answerer)?;
        let redirect_to = match answer::approve(tx, &keys, open, &body.value, &who)? {
            Some((back, code)) => back.with(&issuer, &[("code", &code)]),
            None => device::page_after(&issuer, true),
        };
        Ok(Made::json(200, &AnsweredRequest { redirect_to })?.about(&id).secret())
    });
    approved.await
}

/// Ask for an app to be installed
///
/// For an app of another workspace that is not in the member's yet. Where it takes an admin, it waits for one; where an admin asks, or
/// the policy lets every app in, it is installed at once. The answer is the request as it is now.
#[utoipa::path(operation_id = "requestAppInstall", tag = "Authorizations",
    security(("session" = [])), params(("id" = String, Path, description = "The request's id"), IdempotencyKey),
    extensions(("x-problems" = json!(["conflict", "not-a-member"]))),
    responses((status = 200, description = "The request as it is now", body = AuthorizationRequest)))]
#[post("/authorization-requests/{id}/install")]
pub async fn request_install(
    app: Data<App>,
    caller: Caller<AnySession>,
    request: HttpRequest,
    key: IdempotencyKey,
) -> Answer {
    let (id, answerer) = Asked { request, shown_to: None }.answerer(&app, &caller)?;
    let who = caller.who();
    let request = key.of(&caller, String::new());
    let asked = request.answer(&app.base, move |tx| -> Answer<Made> {
        let open = question::find(tx, &id, &answerer)?;
        answer::request_install(tx, &who, &open)?;
        Made::shown(&question::show(tx, &id, answerer)?)
    });
    asked.await
}

/// Refuse what an app asks for
///
/// The answer says where to go, with the refusal for the app and its reason. A member who could allow nothing may refuse, too, also one of
/// another workspace.
#[utoipa::path(operation_id = "denyAuthorizationRequest", tag = "Authorizations",
    security(("session" = [])), params(("id" = String, Path, description = "The request's id"), ShownTo, IdempotencyKey),
    extensions(("x-problems" = json!(["conflict"]))),
    responses((status = 200, description = "Where to go", body = AnsweredRequest)))]
#[post("/authorization-requests/{id}/deny")]
pub async fn deny(app: Data<App>, caller: Caller<AnySession>, asked: Asked, key: IdempotencyKey) -> Answer {
    let (id, answerer) = asked.answerer(&app, &caller)?;
    let who = caller.who();
    let issuer = app.base.settings.issuer();
    let usage = Arc::clone(&app.auth.usage);
    let from = failures::sender(&app.auth, &asked.request);
    let request = key.of(&caller, String::new());
    let denied = request.answer(&app.base, move |tx| -> Answer<Made> {
        let denied = question::to_deny(tx, &id, &answerer)?;
        let back = answer::deny(tx, &denied, &who)?;
        let refusal = &denied.refusal;
        let parameters = [("error", refusal.code().as_str()), ("error_description", refusal.description())];
        // A device learns of it by itself, and that is noted.
        let Some(back) = back else {
            let redirect_to = device::page_after(&issuer, false);
            return Ok(Made::json(200, &AnsweredRequest { redirect_to })?.about(&id));
        };
        let redirect_to = back.with(&issuer, &parameters);
        let failure = from.denied(&denied.client, refusal, answerer.workspace);
        tx.after_commit(move || usage.note_failure(failure));
        Ok(Made::json(200, &AnsweredRequest { redirect_to })?.about(&id))
    });
    denied.await
}

/// The member who saw the question.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ShownTo {
    /// The id of the member to whom the request was shown. Where another is signed in by now, the answer is 409.
    member: Option<MemberId>,
}

impl FromQuery for ShownTo {
    fn read(query: &mut QueryReader) -> Self {
        Self { member: query.id("member") }
    }
}

/// A question as its caller names it: by the path, in a browser that its cookies tell, and shown to a member.
#[derive(Debug)]
pub struct Asked {
    request: HttpRequest,
    shown_to: Option<MemberId>,
}

impl FromRequest for Asked {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let shown = Query::<ShownTo>::from_request(request, payload).into_inner();
        ready(shown.map(|Query(shown)| Self { request: request.clone(), shown_to: shown.member }))
    }
}

impl Asked {
    /// The question's id, and the caller as the one who answers it.
    fn answerer(&self, app: &App, caller: &Caller<AnySession>) -> Answer<(String, Answerer)> {
        let id = self.request.match_info().query("id").to_owned();
        let SignedIn { id: member, email, session } = SignedIn::of(caller)?;
        let answerer = Answerer {
            member: MemberRef { id: member, email },
            workspace: caller.workspace_id(),
            session,
            browsers: browser::known_for(&app.base.settings, &self.request, &id),
            shown_to: self.shown_to,
        };
        Ok((id, answerer))
    }
}
