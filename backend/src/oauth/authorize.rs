//! `/oauth/authorize`: where an app sends a member. What it asks is checked here; the member is asked in the console.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::{StatusCode, header},
    post,
    web::{Bytes, Data},
};
use api_types::ids::OAuthAppId;

use super::{
    client, consent,
    error::{Code, OAuthError},
    issuer, page,
    params::Params,
    request::{self, Asked, Refusal},
};
use crate::{
    app::App,
    auth::{Identity, address, session},
    db::{authorization_requests as requests, oauth_clients::ClientRecord},
    problem::Failure,
};

/// Requests from one address in a minute.
const PER_MINUTE: u32 = 300;

/// Ask a member for authorization
///
/// Where an app sends a member's browser (OAuth 2.1, section 4.1.1). Good requests lead to the consent screen or, where the
/// member has agreed to all of it before, straight back; others go back with an error, or show a page where nothing may be
/// sent back.
#[utoipa::path(tag = "OAuth", params(
        ("client_id" = OAuthAppId, Query, description = "The app"),
        ("response_type" = Option<String>, Query, description = "`code`"),
        ("redirect_uri" = Option<String>, Query, description = "One that the app registered; may be absent where it registered one"),
        ("code_challenge" = Option<String>, Query, description = "SHA-256 of the verifier, in base64url"),
        ("code_challenge_method" = Option<String>, Query, description = "`S256`"),
        ("scope" = Option<String>, Query, description = "What for, separated by spaces; all that the app may ask for where absent"),
        ("state" = Option<String>, Query, description = "Comes back with the answer"),
        ("resource" = Option<String>, Query, description = "The issuer"),
        ("request_uri" = Option<String>, Query, description = "Of a pushed request, instead of all but client_id")),
    responses((status = 303, description = "To the consent screen, or back to the app"),
        (status = 400, description = "A page: nothing may be sent back"),
        (status = 429, description = "A page: too often from one address")))]
#[get("/oauth/authorize")]
pub async fn ask(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let params = Params::parse(request.query_string().as_bytes());
    answer(&app, &request, params.map_err(|why| OAuthError::request(why.describe()))).await
}

/// Ask a member for authorization, by a form
#[utoipa::path(tag = "OAuth",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The same parameters"),
    responses((status = 303, description = "To the consent screen, or back to the app"),
        (status = 400, description = "A page: nothing may be sent back"),
        (status = 429, description = "A page: too often from one address")))]
#[post("/oauth/authorize")]
pub async fn ask_by_form(
    app: Data<App>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let params = match body {
        Ok(body) => Params::parse(&body).map_err(|why| OAuthError::request(why.describe())),
        Err(_) => Err(OAuthError::request("The body is too large, or ended before it was complete.")),
    };
    answer(&app, &request, params).await
}

async fn answer(app: &App, request: &HttpRequest, params: Result<Params, OAuthError>) -> HttpResponse {
    let ip = address::of_request(request, &app.settings.trusted_proxies);
    let limiter = &app.wake.credentials.limiter;
    let verdict = limiter.take_within(&format!("authorize {ip}"), PER_MINUTE, 60_000, app.clock.now());
    if let Some(seconds) = verdict.retry_after {
        return page::too_often(seconds);
    }
    let outcome = match params {
        Ok(params) => lead(app, request, params).await,
        Err(error) => Err(Refusal::Page(error)),
    };
    match outcome {
        Ok(response) => response,
        Err(Refusal::Page(error)) if error.http_status() == StatusCode::BAD_REQUEST => page::refused(error),
        Err(Refusal::Page(error)) => page::failed(error),
        Err(Refusal::Back(back, error)) => {
            let parameters = [("error", error.code().as_str()), ("error_description", error.description())];
            see_other(back.with(&issuer(app), &parameters)).finish()
        }
    }
}

fn see_other(to: String) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, to));
    response
}

async fn lead(app: &App, request: &HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let ours = |failure: Failure| Refusal::Page(failure.into());
    let client = find_client(app, &params).await?;
    let params = pulled(app, &client, params).await?;
    let asked = request::check(&client, &params, &issuer(app))?;
    let session = match session::of_request(&app.settings, request) {
        Some(digest) => {
            session::look_up(app, &digest).await.ok().map(|(principal, _)| (digest, principal.identity))
        }
        None => None,
    };
    if let Some((_, Identity::Member { id, .. })) = &session {
        let member = *id;
        if let Some(to) = straight_back(app, &client, &asked, member).await.map_err(ours)? {
            return Ok(see_other(to).finish());
        }
    }
    let browser = consent::browser(app, request);
    let session = session.map(|(digest, _)| digest);
    let question = consent::question(app, &client, asked, session, &browser.digest);
    let to = format!("/oauth/consent/{}", question.id);
    app.db.write(move |tx| Ok::<_, Failure>(requests::insert(tx, &question)?)).await.map_err(ours)?;
    let mut response = see_other(to);
    if let Some(cookie) = browser.cookie {
        response.cookie(cookie);
    }
    Ok(response.finish())
}

async fn find_client(app: &App, params: &Params) -> Result<ClientRecord, Refusal> {
    let refused = |description| Refusal::Page(OAuthError::request(description));
    if params.repeats("client_id") {
        return Err(refused("client_id is there more than once."));
    }
    let id = params.get("client_id").ok_or_else(|| refused("client_id is missing."))?;
    let found = client::look_up(app, id).await.map_err(|failure| Refusal::Page(failure.into()))?;
    found.filter(|client| !client.suspended).ok_or_else(|| {
        Refusal::Page(
            OAuthError::new(Code::InvalidClient, "There is no such app, or it is suspended.")
                .status(StatusCode::BAD_REQUEST),
        )
    })
}

/// The parameters that the app pushed ahead, where it did (RFC 9126, section 4); those beside them count for nothing.
async fn pulled(app: &App, client: &ClientRecord, params: Params) -> Result<Params, Refusal> {
    let Some(uri) = params.get("request_uri") else { return Ok(params) };
    let refused = Refusal::Page(OAuthError::new(
        Code::InvalidRequestUri,
        "The request_uri is over, was used, or is not this app's.",
    ));
    let Some(reference) = uri.strip_prefix(super::par::URN).filter(|_| !params.repeats("request_uri")) else {
        return Err(refused);
    };
    let (digests, id, now) = (app.keys.digests(reference), client.id, app.clock.now());
    let found = app.db.write(move |tx| Ok::<_, Failure>(requests::pull(tx, &digests, id, now)?)).await;
    match found {
        Ok(Some(pushed)) => Ok(Params::from_json(&pushed)),
        Ok(None) => Err(refused),
        Err(failure) => Err(Refusal::Page(failure.into())),
    }
}

/// Where to go with a new code, if the member has agreed to all of this before.
async fn straight_back(
    app: &App,
    client: &ClientRecord,
    asked: &Asked,
    member: api_types::ids::MemberId,
) -> Result<Option<String>, Failure> {
    let (inner, client, asked) = (app.clone(), client.clone(), asked.clone());
    let back = asked.back.clone();
    let code = app
        .db
        .write(move |tx| {
            let Some((authorization, scopes)) = consent::remembered(tx, &client, &asked, member)? else {
                return Ok(None);
            };
            let asked = Asked { scopes, ..asked };
            consent::issue_code(tx, &inner, &client, authorization, &asked).map(Some)
        })
        .await?;
    Ok(code.map(|code| back.with(&issuer(app), &[("code", &code)])))
}
