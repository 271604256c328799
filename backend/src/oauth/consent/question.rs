//! The question that an app puts to a member: how it is made, found by the member who is to answer it, and shown on the consent
//! screen.

use api_types::{
    ProblemType, Scope,
    account::MemberRef,
    account::Role,
    authorizations::{AppRef, AuthorizationRequest, RequestedScope},
    ids::{AuthorizationId, MemberId, OAuthAppId},
    oauth_apps::RedirectRemark,
};
use diesel::QueryResult;

use crate::{
    base::Base,
    crypto,
    db::{
        Conn, Json, Tx, accounts,
        authorization_requests::{self as requests, RequestRow},
        authorizations, dialect, oauth_apps,
        oauth_clients::{self, ClientRecord},
    },
    http::{
        path_id::Noun,
        problem::{Answer, Failure},
    },
    oauth::{redirect_uri, request::CheckedRequest, scope::available},
    plan,
};

/// How long a member has to sign in and answer, in milliseconds.
const QUESTION_MS: i64 = 10 * 60_000;

/// The scopes that a member lets an app use.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The consent.
    pub authorization: AuthorizationId,
    /// The scopes that the consent names.
    pub scopes: Vec<Scope>,
}

/// The member who answers a question, with the session and the browser.
#[derive(Clone, Debug)]
pub struct Answerer {
    /// The member.
    pub member: MemberRef,
    /// The digest of the member's session.
    pub session: String,
    /// The digest of the browser's cookie, where the browser has one.
    pub browser: Option<String>,
}

/// A question that waits for an answer, with everything that the answer depends on, as it is now.
#[derive(Debug)]
pub struct OpenQuestion {
    /// The question as it is stored.
    pub question: RequestRow,
    /// The app that asks.
    pub client: ClientRecord,
    /// The member's role in the app's workspace.
    pub role: Role,
    /// The consent that the member has given the app before.
    pub granted: Option<Granted>,
}

impl OpenQuestion {
    /// The scopes that the member can hand on of those that are asked for.
    pub fn available(&self) -> Vec<Scope> {
        available(&self.question.scopes.0, &self.client, self.role)
    }
}

/// Makes a question of an app's request: put in this session, where the member has one, and in the browser with this digest.
pub fn new(
    base: &Base,
    client: &ClientRecord,
    request: CheckedRequest,
    session: Option<String>,
    browser: String,
) -> RequestRow {
    RequestRow {
        id: crypto::text(&base.random.bytes::<32>()),
        app_id: client.id,
        workspace_id: client.workspace.id,
        session_digest: session,
        browser_digest: browser,
        redirect_uri: request.return_to.redirect_uri,
        state: request.return_to.state,
        scopes: Json::new(request.scopes),
        code_challenge: request.code_challenge,
        resource: request.audience,
        expires_at: base.now() + QUESTION_MS,
    }
}

/// The member's consent to this app, if there is one.
fn granted(conn: &mut Conn, client: &ClientRecord, member: MemberId) -> QueryResult<Option<Granted>> {
    let found = authorizations::of(conn, client.id, member)?;
    Ok(found.map(|(authorization, scopes)| Granted { authorization, scopes }))
}

/// `true` where the member need not be asked again: an earlier consent has all these scopes, and no other program on the device
/// could pass for the app (OAuth 2.1, section 7.3.1).
fn is_remembered(granted: Option<&Granted>, scopes: &[Scope], redirect_uri: &str) -> bool {
    let covers = |granted: &Granted| scopes.iter().all(|scope| granted.scopes.contains(scope));
    !scopes.is_empty() && granted.is_some_and(covers) && redirect_uri::proves_its_app(redirect_uri)
}

/// The consent by which a request is answered without asking the member again, with the scopes that the request gets.
pub fn remembered(
    conn: &mut Conn,
    client: &ClientRecord,
    request: &CheckedRequest,
    member: MemberId,
) -> QueryResult<Option<Granted>> {
    let Some(role) = accounts::role(conn, client.workspace.id, member)? else { return Ok(None) };
    let before = granted(conn, client, member)?;
    let scopes = available(&request.scopes, client, role);
    let is_remembered = is_remembered(before.as_ref(), &scopes, &request.return_to.redirect_uri);
    Ok(before.filter(|_| is_remembered).map(|before| Granted { scopes, ..before }))
}

/// Finds a question for a member who may see it: in the session or the browser in which it was asked.
fn find(tx: &mut Tx<'_>, id: &str, answerer: &Answerer) -> Answer<OpenQuestion> {
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
    let now = tx.now();
    let found = if is_id { requests::find(tx, id, now)? } else { None };
    let question = found.filter(here).ok_or_else(over)?;
    let client = oauth_clients::find(tx, question.app_id, now)?
        .ok_or_else(|| Failure::conflict("The app was deleted meanwhile. Nothing was allowed."))?;
    let role = accounts::role(tx, question.workspace_id, answerer.member.id)?.ok_or_else(|| {
        Failure::new(
            ProblemType::NotAMember,
            format!(
                "This app belongs to another workspace, of which {} is not a member. Sign in as one of its members.",
                answerer.member.email
            ),
        )
    })?;
    plan::check_api(client.workspace.plan)?;
    let granted = granted(tx, &client, answerer.member.id)?;
    Ok(OpenQuestion { question, client, role, granted })
}

/// Finds a question for the session to which it was shown last: a member does not answer for another who signed in before.
pub fn to_answer(tx: &mut Tx<'_>, id: &str, answerer: &Answerer) -> Answer<OpenQuestion> {
    // Two answers to the same app at once make one authorization of both.
    dialect::lock(tx, &format!("consents of {}", answerer.member.id))?;
    let open = find(tx, id, answerer)?;
    if open.question.session_digest.as_ref().is_some_and(|session| *session != answerer.session) {
        return Err(Failure::conflict("Somebody else has signed in since. Look at the request again."));
    }
    Ok(open)
}

/// The question as the consent screen shows it; from here on it is this session's to answer.
pub fn show(tx: &mut Tx<'_>, id: &str, answerer: Answerer) -> Answer<AuthorizationRequest> {
    let now = tx.now();
    let open = find(tx, id, &answerer)?;
    if open.client.suspended {
        return Err(Failure::conflict("An admin has suspended the app. It cannot be allowed anything now."));
    }
    if open.question.session_digest.as_ref() != Some(&answerer.session) {
        requests::show_to(tx, id, &answerer.session)?;
    }
    let available = open.available();
    let OpenQuestion { question, client, granted, .. } = open;
    let app = oauth_apps::find(tx, client.workspace.id, client.id, now)?.ok_or_else(OAuthAppId::missing)?;
    let remembered = is_remembered(granted.as_ref(), &available, &question.redirect_uri);
    let before = granted.map(|granted| granted.scopes).unwrap_or_default();
    let scopes = question.scopes.into_inner().into_iter().map(|scope| RequestedScope {
        scope,
        description: scope.describe().to_owned(),
        available: available.contains(&scope),
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
        workspace: client.workspace,
        member: answerer.member,
        redirect_host: redirect_uri::destination(&question.redirect_uri),
        redirect_remark: RedirectRemark::on(&question.redirect_uri),
        scopes: scopes.collect(),
        remembered,
        expires_at: question.expires_at,
    })
}
