//! `/oauth/authorize`: the page of this server that an app sends a member to. The request is checked here; the member is asked in
//! the console.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::{StatusCode, header},
    post,
    web::Data,
};
use api_types::ids::MemberId;

use super::{
    client, code,
    consent::{browser, question},
    error::{ErrorCode, OAuthError},
    forms::AuthorizationForm,
    limits, page, par,
    params::{Params, Raw},
    request::{self, CheckedRequest, Refusal},
};
use crate::{
    auth::{address, parts::Auth, principal::Identity, session},
    db::{DbError, authorization_requests as requests, oauth_clients::ClientRecord},
};

/// Request authorization
///
/// Where an app sends a member's browser (OAuth 2.1, section 4.1.1). Good requests lead to the consent screen or, where the
/// member has agreed to all of it before, straight back; others go back with an error, or show a page where nothing may be
/// sent back.
#[utoipa::path(operation_id = "authorize", tag = "OAuth protocol", params(AuthorizationForm),
    responses((status = 303, description = "To the consent screen, or back to the app"),
        (status = 400, description = "A page: nothing may be sent back"),
        (status = 429, description = "A page: too often from one address"),
        (status = 500, description = "A page: something failed on our side"),
        (status = 503, description = "A page: not now")))]
#[get("/oauth/authorize")]
pub async fn authorize(auth: Data<Auth>, request: HttpRequest) -> HttpResponse {
    let params = Params::parse(request.query_string().as_bytes());
    answer(&auth, &request, params.map_err(|why| OAuthError::request(why.describe()))).await
}

/// Request authorization by a form
#[utoipa::path(operation_id = "authorizeByForm", tag = "OAuth protocol",
    request_body(content = AuthorizationForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the consent screen, or back to the app"),
        (status = 400, description = "A page: nothing may be sent back"),
        (status = 429, description = "A page: too often from one address"),
        (status = 500, description = "A page: something failed on our side"),
        (status = 503, description = "A page: not now")))]
#[post("/oauth/authorize")]
pub async fn authorize_by_form(
    auth: Data<Auth>,
    request: HttpRequest,
    body: Result<Raw, OAuthError>,
) -> HttpResponse {
    let params = match body {
        Ok(Raw(body)) => Params::parse(&body).map_err(|why| OAuthError::request(why.describe())),
        Err(_) => Err(OAuthError::request("The body is too large, or ended before it was complete.")),
    };
    answer(&auth, &request, params).await
}

async fn answer(auth: &Auth, request: &HttpRequest, params: Result<Params, OAuthError>) -> HttpResponse {
    let settings = &auth.base.settings;
    let ip = address::of_request(request, &settings.trusted_proxies);
    if let Some(seconds) = limits::authorize(auth, ip) {
        return page::too_often(seconds);
    }
    let outcome = match params {
        Ok(params) => lead(auth, request, params).await,
        Err(error) => Err(Refusal::Page(error)),
    };
    match outcome {
        Ok(response) => response,
        Err(Refusal::Page(error)) if error.http_status() == StatusCode::BAD_REQUEST => page::refused(&error),
        Err(Refusal::Page(error)) => page::failed(&error),
        Err(Refusal::Back(return_to, error)) => {
            let parameters = [("error", error.code().as_str()), ("error_description", error.description())];
            see_other(return_to.with(&settings.issuer(), &parameters)).finish()
        }
    }
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

/// Leads the browser on: straight back to the app where the member has agreed to all of it before, else to the consent screen.
async fn lead(auth: &Auth, request: &HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let client = find_client(auth, &params).await?;
    let params = pushed(auth, &client, params).await?;
    let checked = request::check(&client, &params, &auth.base.settings.issuer())?;
    let session = signed_in(auth, request).await;
    if let Some((_, member)) = session
        && let Some(to) = straight_back(auth, &client, &checked, member).await.map_err(failed)?
    {
        return Ok(see_other(to).finish());
    }
    let browser = browser::recognise(&auth.base, request);
    let session = session.map(|(digest, _)| digest);
    let question = question::new(&auth.base, &client, checked, session, browser.digest);
    let to = format!("/oauth/consent/{}", question.id);
    auth.base.db.execute(move |tx| requests::insert(tx, &question)).await.map_err(failed)?;
    let mut response = see_other(to);
    if let Some(cookie) = browser.cookie {
        response.cookie(cookie);
    }
    Ok(response.finish())
}

/// The digest of the browser's session and the member who is signed in, where somebody is.
async fn signed_in(auth: &Auth, request: &HttpRequest) -> Option<(String, MemberId)> {
    let digest = session::of_request(&auth.base.settings, request)?;
    let live = session::look_up(&auth.base, &digest).await.ok()?;
    match live.principal.identity {
        Identity::Member { id, .. } => Some((digest, id)),
        Identity::ApiKey { .. } | Identity::Token { .. } => None,
    }
}

async fn find_client(auth: &Auth, params: &Params) -> Result<ClientRecord, Refusal> {
    let refused = |description| Refusal::Page(OAuthError::request(description));
    if params.repeats("client_id") {
        return Err(refused("client_id is there more than once."));
    }
    let id = params.get("client_id").ok_or_else(|| refused("client_id is missing."))?;
    let found = client::look_up(auth, id).await.map_err(failed)?;
    found.filter(|client| !client.suspended).ok_or_else(|| {
        Refusal::Page(
            OAuthError::new(ErrorCode::InvalidClient, "There is no such app, or it is suspended.")
                .status(StatusCode::BAD_REQUEST),
        )
    })
}

/// The parameters that the app pushed ahead, where it did (RFC 9126, section 4); those beside them count for nothing.
async fn pushed(auth: &Auth, client: &ClientRecord, params: Params) -> Result<Params, Refusal> {
    let Some(uri) = params.get("request_uri") else { return Ok(params) };
    let refused = Refusal::Page(OAuthError::new(
        ErrorCode::InvalidRequestUri,
        "The request_uri is over, was used, or is not this app's.",
    ));
    let Some(reference) = uri.strip_prefix(par::URN).filter(|_| !params.repeats("request_uri")) else {
        return Err(refused);
    };
    let digests = auth.base.keys.digests(reference);
    let id = client.id;
    let found = auth
        .base
        .db
        .execute(move |tx| {
            let now = tx.now();
            requests::pull(tx, &digests, id, now)
        })
        .await
        .map_err(failed)?;
    found.map(|pushed| Params::from_json(&pushed)).ok_or(refused)
}

/// The app's redirect URI with a new code, if the member has agreed to all of this before.
async fn straight_back(
    auth: &Auth,
    client: &ClientRecord,
    request: &CheckedRequest,
    member: MemberId,
) -> Result<Option<String>, DbError> {
    let keys = auth.base.keys.clone();
    let client = client.clone();
    let request = request.clone();
    let return_to = request.return_to.clone();
    let code = auth
        .base
        .db
        .execute(move |tx| {
            let Some(granted) = question::remembered(tx, &client, &request, member)? else {
                return Ok(None);
            };
            let agreed = CheckedRequest { scopes: granted.scopes, ..request };
            code::issue(tx, &keys, client.id, granted.authorization, &agreed).map(Some)
        })
        .await?;
    Ok(code.map(|code| return_to.with(&auth.base.settings.issuer(), &[("code", &code)])))
}
