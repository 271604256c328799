//! `/oauth/authorize`: the page of this server that an app sends a member to. The request is checked here; the member is asked in
//! the console.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::{StatusCode, header},
    post,
    web::Data,
};
use api_types::{
    ids::{MemberId, WorkspaceId},
    oauth_failures::{FailureCause, OAuthEndpoint},
};
use url::form_urlencoded::Serializer;

use super::{
    client,
    client_documents::{
        documents::Documents,
        known::{self, Asked},
        url::is_url,
    },
    code::{self, Agreed},
    consent::{
        browser,
        question::{self, Asking, Unasked},
    },
    error::{ErrorCode, OAuthError},
    failures::Refusable,
    forms::AuthorizationForm,
    limits, page, par,
    params::{Form, Params, Raw, Unreadable, named_app},
    prompt::{Prompt, is_for_another},
    request::{self, CheckedRequest, Refusal, ReturnAddress},
};
use crate::{
    auth::{address, parts::Auth, principal::Identity, session},
    db::{DbError, authorization_requests as requests, oauth_clients::ClientRecord},
    plan,
};

const PUSHED_OVER: OAuthError = OAuthError::new(
    ErrorCode::InvalidRequestUri,
    FailureCause::PushedRequestOver,
    "The request_uri is over, was answered, or is not this app's.",
);

/// The longest query, in bytes, that a visitor can be brought back with after signing in.
const MAX_RETURN: usize = 4 * 1024;
const CANNOT_RETURN: OAuthError = OAuthError::request(
    FailureCause::ParametersTooLarge,
    "The parameters are too long to come back with after signing in. Sign in to Sayless first, then start again.",
);
const NOT_SIGNED_IN: OAuthError = OAuthError::new(
    ErrorCode::LoginRequired,
    FailureCause::LoginNeeded,
    "An app that is known by a metadata document can be looked up for a signed-in member alone, and prompt=none shows no sign-in.",
);

const UNREAD: OAuthError = OAuthError::request(
    FailureCause::FormUnreadable,
    "The body is too large, or ended before it was complete.",
);
const NO_PLAN: OAuthError = OAuthError::new(
    ErrorCode::AccessDenied,
    FailureCause::PlanWithoutApi,
    "The plan of this app's workspace does not include the API: it needs Startup or above.",
);
const LOGIN_REQUIRED: OAuthError = OAuthError::new(
    ErrorCode::LoginRequired,
    FailureCause::LoginNeeded,
    "The member is not signed in, or not as the app wants.",
);
const CONSENT_REQUIRED: OAuthError =
    OAuthError::new(ErrorCode::ConsentRequired, FailureCause::ConsentNeeded, "The member must be asked.");

/// Request authorization
///
/// Where an app sends a member's browser (OAuth 2.1, section 4.1.1). Good requests lead to the consent screen or, where the
/// member has agreed to all of it before, straight back; others go back with an error, or show a page where nothing may be
/// sent back.
#[utoipa::path(operation_id = "authorize", tag = "OAuth protocol", params(AuthorizationForm),
    responses((status = 303, description = "To the consent screen, or back to the app"),
        (status = 400, description = "A page: nothing may be sent back"),
        (status = 403, description = "A page: the plan of the app's workspace has no API; it leads back to the app"),
        (status = 429, description = "A page: too often from one address"),
        (status = 500, description = "A page: something failed on our side"),
        (status = 503, description = "A page: not now")))]
#[get("/oauth/authorize")]
pub async fn authorize(auth: Data<Auth>, documents: Data<Documents>, request: HttpRequest) -> HttpResponse {
    let query = request.query_string().as_bytes();
    let form = Form { params: Params::parse(query).map_err(Unreadable::refusal), app: named_app(query) };
    answer(&auth, &documents, &request, form).await
}

/// Request authorization by a form
#[utoipa::path(operation_id = "authorizeByForm", tag = "OAuth protocol",
    request_body(content = AuthorizationForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the consent screen, or back to the app"),
        (status = 400, description = "A page: nothing may be sent back"),
        (status = 403, description = "A page: the plan of the app's workspace has no API; it leads back to the app"),
        (status = 429, description = "A page: too often from one address"),
        (status = 500, description = "A page: something failed on our side"),
        (status = 503, description = "A page: not now")))]
#[post("/oauth/authorize")]
pub async fn authorize_by_form(
    auth: Data<Auth>,
    documents: Data<Documents>,
    request: HttpRequest,
    body: Result<Raw, OAuthError>,
) -> HttpResponse {
    let form = match body {
        Ok(Raw(body)) => {
            Form { params: Params::parse(&body).map_err(Unreadable::refusal), app: named_app(&body) }
        }
        Err(_) => Form { params: Err(UNREAD), app: None },
    };
    answer(&auth, &documents, &request, form).await
}

async fn answer(auth: &Auth, documents: &Documents, request: &HttpRequest, form: Form) -> HttpResponse {
    let settings = &auth.base.settings;
    let ip = address::of_request(request, &settings.trusted_proxies);
    let call = Refusable::new(auth, OAuthEndpoint::Authorize, request, &form);
    if let Some(seconds) = limits::authorize(auth, ip) {
        call.note(&limits::too_many(seconds), StatusCode::TOO_MANY_REQUESTS).await;
        return page::too_often(seconds);
    }
    let outcome = match form.params {
        Ok(params) => lead(auth, documents, request, params).await,
        Err(error) => Err(Refusal::Page(error)),
    };
    let refusal = match outcome {
        Ok(response) => return response,
        Err(refusal) => refusal,
    };
    let response = match &refusal {
        Refusal::Page(error) if error.http_status() == StatusCode::BAD_REQUEST => page::refused(error),
        Refusal::Page(error) if error.http_status() == StatusCode::TOO_MANY_REQUESTS => {
            page::too_often(error.retry_after())
        }
        Refusal::Page(error) => page::failed(error),
        Refusal::Back(return_to, error) => see_other(with_error(auth, return_to, error)).finish(),
        Refusal::Through(return_to, error) => page::no_plan(&with_error(auth, return_to, error)),
    };
    call.note(&refusal.error(), response.status()).await;
    response
}

fn see_other(to: String) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, to));
    response
}

/// A failure of the server itself, which the member is told on a page.
fn failed(error: DbError) -> Refusal {
    Refusal::Page(error.into())
}

/// A member who is signed in at the browser.
struct Visitor {
    /// The digest of the session.
    session: String,
    member: MemberId,
    /// The workspace that the session is in.
    workspace: WorkspaceId,
    /// The app wants the member to sign in anew.
    is_stale: bool,
    /// The app expects another member.
    is_another: bool,
}

/// Leads the browser on: straight back to the app where the member has agreed to all of it before, or where the app wants nothing
/// shown; else to the consent screen.
async fn lead(
    auth: &Auth,
    documents: &Documents,
    request: &HttpRequest,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let id = client_id(&params)?;
    let client = if is_url(id) {
        let Some(visitor) = visitor(auth, request, &Prompt::default()).await else {
            return sign_in_first(&params);
        };
        let ip = address::of_request(request, &auth.base.settings.trusted_proxies);
        let asked = Asked { workspace: visitor.workspace, member: visitor.member, ip };
        known::client(auth, documents, id, asked).await.map_err(Refusal::Page)?
    } else {
        find_client(auth, id).await?
    };
    let (params, pushed) = pushed(auth, &client, params).await?;
    let checked = request::check(&client, &params, &auth.base.settings.issuer())?;
    if !plan::limits(client.workspace.plan).api_access {
        return Err(no_plan(checked));
    }
    let visitor = visitor(auth, request, &checked.prompt).await;
    if let Some(to) = without_asking(auth, &client, &checked, visitor.as_ref(), pushed.as_deref()).await? {
        return Ok(see_other(to).finish());
    }
    let settings = &auth.base.settings;
    let browser = browser::recognise(&auth.base, request);
    let asking = Asking {
        is_stale: visitor.as_ref().is_some_and(|visitor| visitor.is_stale),
        session: visitor.map(|visitor| visitor.session),
        browser: browser.digest.clone(),
        pushed,
    };
    // Who signs in first is helped by the name that the app gave.
    let hint = checked.prompt.login_hint.clone().filter(|_| asking.session.is_none());
    let question = question::new(&auth.base, &client, checked, asking);
    let asked = auth.base.db.execute(move |tx| question::ask(tx, &question)).await.map_err(failed)?;
    let id = asked.ok_or(Refusal::Page(PUSHED_OVER))?;
    let query =
        hint.map(|hint| Serializer::for_suffix("?".to_owned(), 1).append_pair("login_hint", &hint).finish());
    let mut response = see_other(format!("/oauth/consent/{id}{}", query.unwrap_or_default()));
    for cookie in browser.cookies(settings, &id, question::QUESTION_MS) {
        response.cookie(cookie);
    }
    Ok(response.finish())
}

/// The member is told what to do, and takes the reason back to the app; where nothing may be shown, it goes back at once.
fn no_plan(request: CheckedRequest) -> Refusal {
    if request.prompt.none {
        return Refusal::Back(request.return_to, NO_PLAN);
    }
    Refusal::Through(request.return_to, NO_PLAN)
}

/// The app's redirect URI with an error.
fn with_error(auth: &Auth, return_to: &ReturnAddress, error: &OAuthError) -> String {
    let parameters = [("error", error.code().as_str()), ("error_description", error.description())];
    return_to.with(&auth.base.settings.issuer(), &parameters)
}

/// Finds out who is signed in, if anybody is, and whether that is as the app wishes.
async fn visitor(auth: &Auth, request: &HttpRequest, prompt: &Prompt) -> Option<Visitor> {
    let session = session::of_request(&auth.base.settings, request)?;
    let live = session::look_up(&auth.base, &session).await.ok()?;
    let is_stale = prompt.is_stale(live.created_at, auth.base.now());
    match live.principal.identity {
        Identity::Member { id, email, .. } => Some(Visitor {
            session,
            member: id,
            workspace: live.principal.workspace.id,
            is_stale,
            is_another: is_for_another(prompt.login_hint.as_deref(), &email),
        }),
        Identity::ApiKey { .. } | Identity::Token { .. } => None,
    }
}

/// Has the visitor sign in and come back: the workspace of who is signed in says whether an app that is known by a document may ask,
/// and nothing is fetched for strangers. Who signs in now need not do so again for `prompt=login`.
fn sign_in_first(params: &Params) -> Result<HttpResponse, Refusal> {
    if Prompt::read(params).is_ok_and(|prompt| prompt.none) {
        return Err(Refusal::Page(NOT_SIGNED_IN));
    }
    let mut query = Serializer::new(String::new());
    for (name, value) in params.named(par::KEPT) {
        let words: Vec<&str> = value.split(' ').filter(|word| *word != "login").collect();
        query.append_pair(name, if name == "prompt" { words.join(" ") } else { value.to_owned() }.as_str());
    }
    let back = format!("/oauth/authorize?{}", query.finish());
    if back.len() > MAX_RETURN {
        return Err(Refusal::Page(CANNOT_RETURN));
    }
    let sign_in = Serializer::for_suffix("/sign-in?".to_owned(), 9).append_pair("return_to", &back).finish();
    Ok(see_other(sign_in).finish())
}

fn client_id(params: &Params) -> Result<&str, Refusal> {
    if params.repeats("client_id") {
        let refusal =
            OAuthError::request(FailureCause::ParameterRepeated, "client_id is there more than once.");
        return Err(Refusal::Page(refusal));
    }
    params.required("client_id", "client_id is missing.").map_err(Refusal::Page)
}

async fn find_client(auth: &Auth, id: &str) -> Result<ClientRecord, Refusal> {
    let found = client::look_up(auth, id).await.map_err(failed)?;
    let no_app = |cause| {
        OAuthError::new(ErrorCode::InvalidClient, cause, "There is no such app, or it is suspended.")
            .status(StatusCode::BAD_REQUEST)
    };
    let client = found.ok_or_else(|| Refusal::Page(no_app(FailureCause::ClientUnknown)))?;
    if client.suspended {
        let refusal = no_app(FailureCause::AppSuspended).because("An admin has suspended the app.");
        return Err(Refusal::Page(refusal));
    }
    Ok(client)
}

/// The parameters that the app pushed ahead, where it did (RFC 9126, section 4), and the digest of the pushed request; those beside
/// them count for nothing. The answer uses a pushed request up. To open it does not: programs that show a preview do that, too.
async fn pushed(
    auth: &Auth,
    client: &ClientRecord,
    params: Params,
) -> Result<(Params, Option<String>), Refusal> {
    let Some(uri) = params.get("request_uri") else { return Ok((params, None)) };
    let Some(reference) = uri.strip_prefix(par::URN).filter(|_| !params.repeats("request_uri")) else {
        return Err(Refusal::Page(PUSHED_OVER));
    };
    let digests = auth.base.keys.digests(reference);
    let id = client.id;
    let now = auth.base.now();
    let found = auth.base.db.query(move |conn| requests::pushed(conn, &digests, id, now)).await;
    let (digest, parameters) = found.map_err(failed)?.ok_or(Refusal::Page(PUSHED_OVER))?;
    Ok((Params::from_json(&parameters), Some(digest)))
}

/// The app's redirect URI with the answer, where the member need not be asked or must not be.
async fn without_asking(
    auth: &Auth,
    client: &ClientRecord,
    request: &CheckedRequest,
    visitor: Option<&Visitor>,
    pushed: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let silent = request.prompt.none;
    let back = |error| Err(Refusal::Back(request.return_to.clone(), error));
    let Some(visitor) = visitor.filter(|visitor| !visitor.is_stale && !visitor.is_another) else {
        return if silent { back(LOGIN_REQUIRED) } else { Ok(None) };
    };
    match straight_back(auth, client, request, (visitor.member, visitor.workspace), pushed).await? {
        StraightBack::With(code) => {
            Ok(Some(request.return_to.with(&auth.base.settings.issuer(), &[("code", &code)])))
        }
        StraightBack::Over => Err(Refusal::Page(PUSHED_OVER)),
        StraightBack::DeadEnd(error) if silent => back(error),
        StraightBack::Open if silent => back(CONSENT_REQUIRED),
        StraightBack::DeadEnd(_) | StraightBack::Open => Ok(None),
    }
}

/// The end of a request without a question.
enum StraightBack {
    /// This code goes back.
    With(String),
    /// The pushed request was answered meanwhile.
    Over,
    /// The member can let the app do nothing: the refusal says why.
    DeadEnd(OAuthError),
    /// The member must be asked.
    Open,
}

/// Makes a code where the member has agreed to all of this before.
async fn straight_back(
    auth: &Auth,
    client: &ClientRecord,
    request: &CheckedRequest,
    visitor: (MemberId, WorkspaceId),
    pushed: Option<&str>,
) -> Result<StraightBack, Refusal> {
    let keys = auth.base.keys.clone();
    let client = client.clone();
    let request = request.clone();
    let pushed = pushed.map(str::to_owned);
    let run = auth.base.db.execute(move |tx| {
        let granted = match question::unasked(tx, &client, &request, visitor)? {
            Unasked::Remembered(granted) => granted,
            Unasked::DeadEnd(refusal) => return Ok(StraightBack::DeadEnd(refusal)),
            Unasked::Open => return Ok(StraightBack::Open),
        };
        if let Some(pushed) = pushed
            && !requests::use_up(tx, &pushed)?
        {
            return Ok(StraightBack::Over);
        }
        let agreed = Agreed {
            redirect_uri: &request.return_to.redirect_uri,
            scopes: granted.scopes,
            code_challenge: request.code_challenge,
            audience: request.audience,
        };
        code::issue(tx, &keys, client.id, granted.authorization, agreed).map(StraightBack::With)
    });
    run.await.map_err(failed)
}
