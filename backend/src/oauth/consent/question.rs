//! The question that an app puts to a member: how it is made, found by the member who is to answer it, and shown on the consent
//! screen.

use api_types::{
    ProblemType, Scope,
    account::MemberRef,
    account::{Role, Workspace},
    admission::Admission,
    authorizations::{AuthorizationRequest, RequestedScope, ScopeChoice},
    ids::{MemberId, OAuthAppId, WorkspaceId},
    oauth_apps::RedirectRemark,
    oauth_failures::FailureCause,
};
use diesel::QueryResult;

use crate::{
    base::Base,
    crypto,
    db::{
        Conn, Json, Tx, accounts,
        authorization_requests::{self as requests, RequestRow},
        authorizations::{self, Granted},
        dialect,
        oauth_clients::{self, ClientRecord},
    },
    http::{
        path_id::Noun,
        problem::{Answer, Failure},
    },
    oauth::{
        admission,
        error::{ErrorCode, OAuthError},
        prompt::is_for_another,
        redirect_uri,
        request::CheckedRequest,
        scope::available,
    },
    plan,
};

const DENIED: OAuthError =
    OAuthError::new(ErrorCode::AccessDenied, FailureCause::MemberDenied, "The member did not allow it.");

/// The milliseconds that a member has to sign in and answer.
pub const QUESTION_MS: i64 = 10 * 60_000;

/// The member who answers a question, with the session and the browser.
#[derive(Clone, Debug)]
pub struct Answerer {
    /// The member.
    pub member: MemberRef,
    /// The workspace that the member's session is in.
    pub workspace: WorkspaceId,
    /// The digest of the member's session.
    pub session: String,
    /// The digests of the cookies by which the browser may know the request.
    pub browsers: Vec<String>,
    /// The member to whom the caller says that the request was shown.
    pub shown_to: Option<MemberId>,
}

/// A question that waits for an answer, with everything that the answer depends on, as it is now.
#[derive(Debug)]
pub struct OpenQuestion {
    /// The question as it is stored.
    pub question: RequestRow,
    /// The app that asks.
    pub client: ClientRecord,
    /// The workspace that the app would act in.
    pub workspace: Workspace,
    /// The admission of the app to that workspace.
    pub admission: Admission,
    /// The member's role there.
    pub role: Role,
    /// The consent that the member has given the app before.
    pub granted: Option<Granted>,
}

impl OpenQuestion {
    /// The scopes that the member can hand on of those that are asked for.
    pub fn available(&self) -> Vec<Scope> {
        available(&self.question.scopes.0, &self.client, self.role)
    }

    /// The scopes that are asked for and that the member may leave out.
    pub fn optional(&self) -> Vec<Scope> {
        let optional = &self.client.optional_scopes;
        self.question.scopes.0.iter().filter(|scope| optional.contains(scope)).copied().collect()
    }

    /// `true` while the member is signed in by the session that is too old for the app.
    fn must_sign_in(&self, answerer: &Answerer) -> bool {
        self.question.stale_session.as_ref() == Some(&answerer.session)
    }
}

/// The place where a question is asked, and the request that it was made of.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The digest of the member's session, where somebody is signed in.
    pub session: Option<String>,
    /// That session is too old for the app.
    pub is_stale: bool,
    /// The digest of the browser's cookie.
    pub browser: String,
    /// The digest of the pushed request.
    pub pushed: Option<String>,
}

/// Makes a question of an app's request.
pub fn new(base: &Base, client: &ClientRecord, request: CheckedRequest, asking: Asking) -> RequestRow {
    let stale_session = asking.session.clone().filter(|_| asking.is_stale);
    RequestRow {
        id: crypto::text(&base.random.bytes::<32>()),
        app_id: client.id,
        workspace_id: client.workspace.id,
        session_digest: asking.session,
        browser_digest: asking.browser,
        redirect_uri: request.return_to.redirect_uri,
        state: request.return_to.state,
        scopes: Json::new(request.scopes),
        code_challenge: request.code_challenge,
        resource: request.audience,
        expires_at: base.now() + QUESTION_MS,
        pushed_digest: asking.pushed,
        ask_again: request.prompt.ask_again,
        stale_session,
        login_hint: request.prompt.login_hint,
        device_digest: None,
    }
}

/// Asks a question; answers with its id. A pushed request that is opened again in the same place is the same question; none where it
/// was answered meanwhile.
pub fn ask(tx: &mut Tx<'_>, question: &RequestRow) -> QueryResult<Option<String>> {
    let now = tx.now();
    if let Some(pushed) = &question.pushed_digest {
        requests::lock_pushed(tx, pushed)?;
        if !requests::is_pushed(tx, pushed)? {
            return Ok(None);
        }
        let same_place = |row: &RequestRow| {
            row.browser_digest == question.browser_digest
                || row.session_digest.is_some() && row.session_digest == question.session_digest
        };
        if let Some(open) = requests::of_pushed(tx, pushed, now)?.into_iter().find(same_place) {
            return Ok(Some(open.id));
        }
    }
    requests::insert(tx, question)?;
    Ok(Some(question.id.clone()))
}

/// The scopes that go to the app without asking again: an earlier consent has each of these, but for optional ones that the member left
/// out, and no other program on the device could pass for the app (OAuth 2.1, section 7.3.1). None where the member must be asked, as
/// for a device, which has no redirect URI.
fn remembered(
    client: &ClientRecord,
    granted: Option<&Granted>,
    scopes: &[Scope],
    redirect_uri: &str,
) -> Option<Vec<Scope>> {
    let granted = granted.filter(|_| redirect_uri::proves_its_app(redirect_uri))?;
    let (given, rest): (Vec<Scope>, Vec<Scope>) =
        scopes.iter().partition(|scope| granted.scopes.contains(scope));
    let is_left_out =
        |scope: &Scope| client.optional_scopes.contains(scope) && granted.declined.contains(scope);
    (!given.is_empty() && rest.iter().all(is_left_out)).then_some(given)
}

/// A member's role in the workspace that the app would act in, and what that workspace says to the app.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    role: Role,
    admission: Admission,
}

impl Place {
    /// Finds out about the workspace; none where the member does not belong to it.
    fn of(
        conn: &mut Conn,
        client: &ClientRecord,
        workspace: WorkspaceId,
        member: MemberId,
    ) -> QueryResult<Option<Self>> {
        let Some(role) = accounts::role(conn, workspace, member)? else { return Ok(None) };
        let admission = admission::of(conn, client, workspace, role)?;
        Ok(Some(Self { role, admission }))
    }
}

/// The refusal where this member can let the app do nothing, as the app is told; none where there is something.
fn dead_end(client: &ClientRecord, scopes: &[Scope], place: Option<Place>) -> Option<OAuthError> {
    let denied = |cause, why| Some(OAuthError::new(ErrorCode::AccessDenied, cause, why));
    let Some(Place { role, admission }) = place else {
        return denied(
            FailureCause::MemberOfAnotherWorkspace,
            "The member who is signed in does not belong to the workspace of this app.",
        );
    };
    if !admission.is_open() {
        return denied(FailureCause::AppNotAdmitted, admission.reason());
    }
    if !available(scopes, client, role).is_empty() {
        return None;
    }
    denied(
        FailureCause::MemberMayDoNothing,
        "The member may do nothing of what the app asks for. An admin of the workspace may.",
    )
}

/// The end of a request without asking the member.
#[derive(Clone, Debug)]
pub enum Unasked {
    /// An earlier consent covers it: that consent, with the scopes that the request gets.
    Remembered(Granted),
    /// The member can let the app do nothing: the refusal says why.
    DeadEnd(OAuthError),
    /// The member must be asked.
    Open,
}

/// Finds out what becomes of a request without asking the member.
pub fn unasked(
    conn: &mut Conn,
    client: &ClientRecord,
    request: &CheckedRequest,
    (member, session): (MemberId, WorkspaceId),
) -> QueryResult<Unasked> {
    let workspace = admission::place(client, session);
    let place = Place::of(conn, client, workspace, member)?;
    if let Some(refusal) = dead_end(client, &request.scopes, place) {
        return Ok(Unasked::DeadEnd(refusal));
    }
    let scopes = place.map(|place| available(&request.scopes, client, place.role)).unwrap_or_default();
    // An app that is not installed was never consented to, or its consents ended with the install.
    let before = authorizations::of(conn, workspace, client.id, member)?;
    let before = before.filter(|_| !request.prompt.ask_again);
    let given = remembered(client, before.as_ref(), &scopes, &request.return_to.redirect_uri);
    Ok(match before.zip(given) {
        Some((before, scopes)) => Unasked::Remembered(Granted { scopes, ..before }),
        None => Unasked::Open,
    })
}

/// Finds a question and its app for a member who may see it: in the session or the browser in which it was asked.
fn find_here(tx: &mut Tx<'_>, id: &str, answerer: &Answerer) -> Answer<(RequestRow, ClientRecord)> {
    let over = || {
        Failure::new(
            ProblemType::NotFound,
            "This request is over, was answered, or was begun in another browser. Go back to the app and start again.",
        )
    };
    let here = |row: &RequestRow| {
        row.session_digest.as_ref() == Some(&answerer.session)
            || answerer.browsers.contains(&row.browser_digest)
    };
    let is_id =
        id.len() == 43 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let now = tx.now();
    let found = if is_id { requests::find(tx, id, now)? } else { None };
    let question = found.filter(here).ok_or_else(over)?;
    let client = oauth_clients::find(tx, question.app_id, now)?
        .ok_or_else(|| Failure::conflict("The app was deleted meanwhile. Nothing was allowed."))?;
    Ok((question, client))
}

/// Refuses every answer while a plan has no API. The question waits meanwhile.
fn check_plan(workspace: &Workspace, named: &str) -> Answer<()> {
    if plan::limits(workspace.plan).api_access {
        return Ok(());
    }
    Err(Failure::new(
        ProblemType::PlanRequired,
        format!(
            "Apps need the Startup plan or above, and {named} is on the free plan. Ask an admin of that workspace to change the \
             plan, then open the app again."
        ),
    ))
}

/// Finds a question that the member can answer with a yes, or whose app they can ask for.
pub fn find(tx: &mut Tx<'_>, id: &str, answerer: &Answerer) -> Answer<OpenQuestion> {
    let (question, client) = find_here(tx, id, answerer)?;
    let id = admission::place(&client, answerer.workspace);
    let place = Place::of(tx, &client, id, answerer.member.id)?.ok_or_else(|| {
        Failure::new(
            ProblemType::NotAMember,
            format!(
                "This app belongs to another workspace, of which {} is not a member. Sign in as one of its members, or ask an \
                 admin of that workspace to add you.",
                answerer.member.email
            ),
        )
    })?;
    check_plan(&client.workspace, "the workspace of this app")?;
    let workspace = accounts::workspace(tx, id)?
        .ok_or_else(|| Failure::internal(&"a member of a workspace that is gone"))?;
    check_plan(&workspace, "your workspace")?;
    let granted = authorizations::of(tx, id, client.id, answerer.member.id)?;
    let Place { role, admission } = place;
    Ok(OpenQuestion { question, client, workspace, admission, role, granted })
}

/// Refuses an answer from another session than the one to which the question was shown last: a member does not answer for
/// another who signed in before.
fn check_shown(question: &RequestRow, answerer: &Answerer) -> Answer<()> {
    let other_session = question.session_digest.as_ref().is_some_and(|session| *session != answerer.session);
    let other_member = answerer.shown_to.is_some_and(|member| member != answerer.member.id);
    if other_session || other_member {
        return Err(Failure::conflict("Somebody else has signed in since. Look at the request again."));
    }
    Ok(())
}

/// Finds a question for a member who says yes.
pub fn to_approve(tx: &mut Tx<'_>, id: &str, answerer: &Answerer) -> Answer<OpenQuestion> {
    // Two answers to the same app at once make one authorization of both.
    dialect::lock(tx, &format!("consents of {}", answerer.member.id))?;
    let open = find(tx, id, answerer)?;
    check_shown(&open.question, answerer)?;
    if !open.admission.is_open() {
        return Err(Failure::conflict(format!("{} Nothing was allowed.", open.admission.reason())));
    }
    if open.must_sign_in(answerer) {
        return Err(Failure::conflict("The app asks you to sign in again first. Nothing was allowed."));
    }
    Ok(open)
}

/// A question that is answered with a no.
#[derive(Debug)]
pub struct Denied {
    /// The question as it is stored.
    pub question: RequestRow,
    /// The app that asks.
    pub client: ClientRecord,
    /// The refusal that the app is told.
    pub refusal: OAuthError,
    /// The workspace that the app would have acted in, where the answer comes from one of its members.
    pub workspace: Option<WorkspaceId>,
}

/// Finds a question for a member who says no, or who can say nothing else.
pub fn to_deny(tx: &mut Tx<'_>, id: &str, answerer: &Answerer) -> Answer<Denied> {
    let (question, client) = find_here(tx, id, answerer)?;
    check_plan(&client.workspace, "the workspace of this app")?;
    let workspace = admission::place(&client, answerer.workspace);
    let place = Place::of(tx, &client, workspace, answerer.member.id)?;
    let dead_end = dead_end(&client, &question.scopes.0, place);
    // A question about a workspace of which the member is not one is shown to nobody.
    if place.is_some() {
        check_shown(&question, answerer)?;
    }
    let refusal = dead_end.unwrap_or(DENIED);
    Ok(Denied { question, client, refusal, workspace: place.map(|_| workspace) })
}

/// The question as the consent screen shows it; from here on it is this session's to answer.
pub fn show(tx: &mut Tx<'_>, id: &str, answerer: Answerer) -> Answer<AuthorizationRequest> {
    let open = find(tx, id, &answerer)?;
    if open.client.suspended {
        return Err(Failure::conflict("An admin has suspended the app. It cannot be allowed anything now."));
    }
    if open.question.session_digest.as_ref() != Some(&answerer.session) {
        requests::show_to(tx, id, &answerer.session)?;
    }
    let available = open.available();
    let optional = open.optional();
    let sign_in_again = open.must_sign_in(&answerer);
    let OpenQuestion { question, client, workspace, admission, granted, .. } = open;
    let app = oauth_clients::shown(tx, client.id)?.ok_or_else(OAuthAppId::missing)?;
    let remembered = !question.ask_again
        && !sign_in_again
        && !is_for_another(question.login_hint.as_deref(), &answerer.member.email)
        && remembered(&client, granted.as_ref(), &available, &question.redirect_uri).is_some();
    let (before, declined) = granted.map(|granted| (granted.scopes, granted.declined)).unwrap_or_default();
    let scopes = question.scopes.into_inner().into_iter().map(|scope| RequestedScope {
        scope,
        description: scope.describe().to_owned(),
        available: available.contains(&scope),
        granted_before: before.contains(&scope),
        choice: match (optional.contains(&scope), declined.contains(&scope)) {
            (false, _) => ScopeChoice::Required,
            (true, false) => ScopeChoice::Optional,
            (true, true) => ScopeChoice::Declined,
        },
    });
    Ok(AuthorizationRequest {
        id: question.id,
        app,
        publisher_name: Some(client.publisher_name).filter(|_| workspace.id != client.workspace.id),
        workspace,
        admission,
        member: answerer.member,
        redirect_host: question
            .device_digest
            .is_none()
            .then(|| redirect_uri::destination(&question.redirect_uri)),
        redirect_remark: RedirectRemark::on(&question.redirect_uri),
        scopes: scopes.collect(),
        remembered,
        sign_in_again,
        login_hint: question.login_hint,
        expires_at: question.expires_at,
    })
}
