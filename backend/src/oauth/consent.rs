//! A member's consent: the question that waits for an answer in the browser where it was asked, and what an answer does.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
};
use api_types::{
    ProblemType, Scope, Timestamp,
    account::{Role, Workspace},
    api_keys::MemberRef,
    audit::AuditAction,
    authorizations::{AppRef, AuthorizationRequest, RequestedScope},
    ids::{AuthorizationId, MemberId},
};
use serde_json::{Value, json};

use super::{
    redirect_uri,
    request::{Asked, ReturnAddress},
};
use crate::{
    app::App,
    auth::permission,
    crypto,
    db::{
        Conn, Json, Tx, accounts,
        audit::{self, Change, Who},
        authorization_codes::{self, CodeRow},
        authorization_requests::{self as requests, RequestRow},
        authorizations, dialect, oauth_apps,
        oauth_clients::{self, ClientRecord},
    },
    new_id, plan,
    problem::Failure,
};

/// How long a member has to sign in and answer.
const REQUEST_MS: i64 = 10 * 60_000;
/// How long a code works (OAuth 2.1, section 4.1.2).
const CODE_MS: i64 = 60_000;

/// The browser that a question is asked in: it may be answered there alone, also after signing in.
#[derive(Debug)]
pub struct Browser {
    /// The digest of its cookie.
    pub digest: String,
    /// The cookie, where it is new.
    pub cookie: Option<Cookie<'static>>,
}

fn cookie_name(app: &App) -> &'static str {
    if app.settings.is_https() { "__Host-sayless-browser" } else { "sayless-browser" }
}

/// The digest of the browser's cookie, if it has one.
pub fn known_browser(app: &App, request: &HttpRequest) -> Option<String> {
    request.cookie(cookie_name(app)).map(|cookie| crypto::sha256_text(cookie.value().as_bytes()))
}

/// The browser; one that has no cookie yet is given one.
pub fn browser(app: &App, request: &HttpRequest) -> Browser {
    if let Some(digest) = known_browser(app, request) {
        return Browser { digest, cookie: None };
    }
    let value = crypto::text(&app.chance.bytes::<32>());
    let digest = crypto::sha256_text(value.as_bytes());
    let cookie = Cookie::build(cookie_name(app), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.settings.is_https())
        .finish();
    Browser { digest, cookie: Some(cookie) }
}

/// Makes a question of what an app asks.
pub fn question(
    app: &App,
    client: &ClientRecord,
    asked: Asked,
    session: Option<String>,
    browser: &str,
) -> RequestRow {
    RequestRow {
        id: crypto::text(&app.chance.bytes::<32>()),
        app_id: client.id,
        workspace_id: client.workspace.id,
        session_digest: session,
        browser_digest: browser.to_owned(),
        redirect_uri: asked.back.redirect_uri,
        state: asked.back.state,
        scopes: Json::new(asked.scopes),
        code_challenge: asked.code_challenge,
        expires_at: app.clock.now() + REQUEST_MS,
    }
}

/// Who answers, and where.
#[derive(Clone, Debug)]
pub struct Answerer {
    /// The member.
    pub member: MemberRef,
    /// Their session.
    pub session: String,
    /// Their browser's cookie, as a digest.
    pub browser: Option<String>,
}

/// A question with everything that its answer depends on, as it is now.
#[derive(Debug)]
pub struct Standing {
    question: RequestRow,
    client: ClientRecord,
    role: Role,
    granted: Option<(AuthorizationId, Vec<Scope>)>,
}

/// What a member with this role can hand on of what is asked, to this app as it is now.
fn available(asked: &[Scope], client: &ClientRecord, role: Role) -> Vec<Scope> {
    let mut scopes = asked.to_vec();
    scopes.retain(|scope| client.scopes.contains(scope) && permission::may(role, *scope));
    scopes
}

/// The consent that covers all of this already, if the member need not be asked again: not where any program on the device
/// could pass for the app (OAuth 2.1, section 7.3.1).
pub fn remembered(
    conn: &mut Conn,
    client: &ClientRecord,
    asked: &Asked,
    member: MemberId,
) -> Result<Option<(AuthorizationId, Vec<Scope>)>, Failure> {
    let Some(role) = accounts::role(conn, client.workspace.id, member)? else { return Ok(None) };
    let granted = authorizations::of(conn, client.id, member)?;
    let scopes = available(&asked.scopes, client, role);
    let covers = covers(granted.as_ref(), &scopes) && redirect_uri::proves_its_app(&asked.back.redirect_uri);
    Ok(granted.filter(|_| covers).map(|(id, _)| (id, scopes)))
}

fn covers(granted: Option<&(AuthorizationId, Vec<Scope>)>, scopes: &[Scope]) -> bool {
    let all_of = |granted: &[Scope]| scopes.iter().all(|scope| granted.contains(scope));
    !scopes.is_empty() && granted.is_some_and(|(_, granted)| all_of(granted))
}

/// Finds a question, for whoever may see it: in the session or the browser in which it was asked.
fn find(conn: &mut Conn, id: &str, answerer: &Answerer, now: Timestamp) -> Result<Standing, Failure> {
    let over = || {
        Failure::new(
            ProblemType::NotFound,
            "This request is over, was answered, or was begun in another browser. Go back to the app and start again.",
        )
    };
    let here = |row: &RequestRow| {
        row.session_digest.as_ref() == Some(&answerer.session)
            || answerer.browser.as_ref() == Some(&row.browser_digest)
    };
    let is_id =
        id.len() == 43 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let found = if is_id { requests::find(conn, id, now)? } else { None };
    let question = found.filter(here).ok_or_else(over)?;
    let client = oauth_clients::find(conn, question.app_id, now)?
        .ok_or_else(|| Failure::conflict("The app was deleted meanwhile. Nothing was allowed."))?;
    let role = accounts::role(conn, question.workspace_id, answerer.member.id)?.ok_or_else(|| {
        Failure::new(
            ProblemType::NotAMember,
            format!(
                "This app belongs to another workspace, of which {} is not a member. Sign in as one of its members.",
                answerer.member.email
            ),
        )
    })?;
    plan::check_api(client.workspace.plan)?;
    let granted = authorizations::of(conn, client.id, answerer.member.id)?;
    Ok(Standing { question, client, role, granted })
}

/// Finds a question, for the session to which it was shown last: nobody answers for whoever else has signed in since.
pub fn to_answer(
    tx: &mut Tx<'_>,
    id: &str,
    answerer: &Answerer,
    now: Timestamp,
) -> Result<Standing, Failure> {
    // Two answers to the same app at once make one authorization of both.
    dialect::lock(tx, &format!("consents of {}", answerer.member.id))?;
    let standing = find(tx, id, answerer, now)?;
    if standing.question.session_digest.as_ref().is_some_and(|session| *session != answerer.session) {
        return Err(Failure::conflict("Somebody else has signed in since. Look at the request again."));
    }
    Ok(standing)
}

/// The question as the consent screen shows it; from here on it is this session's to answer.
pub fn show(
    tx: &mut Tx<'_>,
    id: &str,
    answerer: Answerer,
    now: Timestamp,
) -> Result<AuthorizationRequest, Failure> {
    let conn: &mut Conn = tx;
    let Standing { question, client, role, granted } = find(conn, id, &answerer, now)?;
    if question.session_digest.as_ref() != Some(&answerer.session) {
        requests::show_to(conn, id, &answerer.session)?;
    }
    let app = oauth_apps::find(conn, client.workspace.id, client.id, now)?
        .ok_or_else(|| Failure::not_found("OAuth app"))?;
    let asked = question.scopes.into_inner();
    let handed_on = available(&asked, &client, role);
    let remembered =
        covers(granted.as_ref(), &handed_on) && redirect_uri::proves_its_app(&question.redirect_uri);
    let before = granted.map(|(_, scopes)| scopes).unwrap_or_default();
    let scopes = asked.into_iter().map(|scope| RequestedScope {
        scope,
        description: scope.describe().to_owned(),
        available: handed_on.contains(&scope),
        granted_before: before.contains(&scope),
    });
    Ok(AuthorizationRequest {
        id: question.id,
        app: AppRef {
            id: app.id,
            name: app.name,
            description: app.description,
            homepage_url: app.homepage_url,
            logo: app.logo,
        },
        workspace: Workspace {
            id: client.workspace.id,
            name: client.workspace.name,
            plan: client.workspace.plan,
        },
        member: answerer.member,
        redirect_host: redirect_uri::destination(&question.redirect_uri),
        scopes: scopes.collect(),
        remembered,
        expires_at: question.expires_at,
    })
}

/// Takes the question away, so that it has one answer, and makes sure that the answer may still be sent.
fn take(tx: &mut Tx<'_>, standing: &Standing) -> Result<ReturnAddress, Failure> {
    if !requests::take(tx, &standing.question.id)? {
        return Err(Failure::conflict("This request has just been answered."));
    }
    let sent = &standing.question.redirect_uri;
    if !standing.client.redirect_uris.iter().any(|known| redirect_uri::matches(known, sent)) {
        return Err(Failure::conflict(
            "The app no longer wants answers where it asked from. Nothing was allowed.",
        ));
    }
    Ok(ReturnAddress { redirect_uri: sent.clone(), state: standing.question.state.clone() })
}

/// The member agrees: answers with where to go, and the code to take along.
pub fn approve(
    tx: &mut Tx<'_>,
    app: &App,
    standing: Standing,
    who: &Who,
) -> Result<(ReturnAddress, String), Failure> {
    let back = take(tx, &standing)?;
    let Standing { question, client, role, granted } = standing;
    if client.suspended {
        return Err(Failure::conflict("An admin has suspended the app. Nothing was allowed."));
    }
    let scopes = available(&question.scopes.0, &client, role);
    if scopes.is_empty() {
        return Err(Failure::conflict("You may do none of this yourself, so you cannot let an app do it."));
    }
    let member = member_of(who)?;
    let before = granted.as_ref().map(|(_, scopes)| scopes.clone()).unwrap_or_default();
    let mut all = before.clone();
    all.extend(scopes.iter().filter(|scope| !before.contains(scope)));
    all.sort_unstable();
    let authorization = match granted {
        Some((id, _)) => {
            authorizations::set_scopes(tx, id, &all)?;
            id
        }
        None => insert(tx, app, &client, member, &all)?,
    };
    let details = json!({ "authorization": authorization, "scopes": all, "before": before });
    record(tx, app, who, &client, (AuditAction::AuthorizationGranted, details))?;
    let asked = Asked { back: back.clone(), scopes, code_challenge: question.code_challenge };
    let code = issue_code(tx, app, &client, authorization, &asked)?;
    Ok((back, code))
}

fn insert(
    tx: &mut Tx<'_>,
    app: &App,
    client: &ClientRecord,
    member: MemberId,
    scopes: &[Scope],
) -> Result<AuthorizationId, Failure> {
    let id = new_id!(app, AuthorizationId);
    let row = authorizations::NewRow {
        id,
        workspace_id: client.workspace.id,
        app_id: client.id,
        member_id: member,
        scopes: Json::new(scopes.to_vec()),
        created_at: app.clock.now(),
    };
    authorizations::insert(tx, &row)?;
    Ok(id)
}

/// The member says no: answers with where to go.
pub fn deny(tx: &mut Tx<'_>, app: &App, standing: &Standing, who: &Who) -> Result<ReturnAddress, Failure> {
    let back = take(tx, standing)?;
    let details = json!({ "scopes": standing.question.scopes.0 });
    record(tx, app, who, &standing.client, (AuditAction::AuthorizationDenied, details))?;
    Ok(back)
}

fn record(
    tx: &mut Tx<'_>,
    app: &App,
    who: &Who,
    client: &ClientRecord,
    (action, details): (AuditAction, Value),
) -> Result<(), Failure> {
    let who = Who { workspace_id: client.workspace.id, ..who.clone() };
    let change = Change { action, object_id: Some(client.id.as_str()), object_name: &client.name, details };
    Ok(audit::append(tx, app, &who, change)?)
}

fn member_of(who: &Who) -> Result<MemberId, Failure> {
    let id = who.actor.id.as_deref().and_then(|id| id.parse().ok());
    id.ok_or_else(|| Failure::internal(&"a consent without a member"))
}

/// Makes a code for what was agreed to, and stores what it stands for.
pub fn issue_code(
    tx: &mut Tx<'_>,
    app: &App,
    client: &ClientRecord,
    authorization: AuthorizationId,
    asked: &Asked,
) -> Result<String, Failure> {
    let code = crypto::text(&app.chance.bytes::<32>());
    let row = CodeRow {
        digest: app.keys.digest(&code).0,
        app_id: client.id,
        authorization_id: authorization,
        redirect_uri: asked.back.redirect_uri.clone(),
        scopes: Json::new(asked.scopes.clone()),
        code_challenge: asked.code_challenge.clone(),
        expires_at: app.clock.now() + CODE_MS,
        used_at: None,
        family_id: None,
    };
    authorization_codes::insert(tx, &row)?;
    Ok(code)
}
