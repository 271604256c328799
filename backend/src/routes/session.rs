//! Sessions: sign-in, sign-out, the move to another workspace, and the answer to "who is calling?".

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web::Data, web::Json};
use api_types::{
    ProblemType, Scope,
    account::{Member, Role, Session, SignIn, SwitchWorkspace, Workspace},
    audit::{Actor, AuditAction},
    ids::MemberId,
    problem::FaultCode,
};
use serde_json::json;

use super::{idempotent::IdempotencyKey, signed_in::SignedIn};
use crate::{
    app::App,
    auth::{
        Caller, Identity, address, origin,
        permission::{AnyCredential, AnySession},
        session as cookies,
    },
    crypto::{self, passwords},
    db::{
        Hint, accounts,
        audit::{self, Change, Who},
        sessions,
    },
    http::{
        body::Body,
        made::Made,
        problem::{Answer, Failure},
    },
    plan,
};

/// A workspace of a member, and their role in it.
type Membership = (Workspace, Role);

/// Sign in
///
/// Answers with a session cookie. Wrong e-mail addresses and wrong passwords are answered alike.
#[utoipa::path(operation_id = "signIn", tag = "Session",
    params(IdempotencyKey), request_body = SignIn,
    responses((status = 200, description = "Signed in; the cookie is set", body = Session)))]
#[post("/session")]
pub async fn sign_in(
    app: Data<App>,
    request: HttpRequest,
    key: IdempotencyKey,
    body: Body<SignIn>,
) -> Answer {
    let settings = &app.base.settings;
    origin::check(&request, &settings.public_url)?;
    let ip = address::of_request(&request, &settings.trusted_proxies);
    let SignIn { email, password, workspace_id } = body.value;
    let email = email.trim().to_lowercase();
    app.auth.sign_ins.attempt(&email, ip, app.base.now())?;
    let known = find(&app, email.clone()).await?;
    let hash = known.as_ref().map(|known| known.password_hash.clone());
    // Always verified, so that an unknown address takes as long as a known one.
    let right = password.len() <= passwords::MAX_LEN && passwords::verify(password, hash).await;
    let wrong = || Failure::new(ProblemType::InvalidSignIn, "The e-mail address or the password is wrong.");
    let KnownMember { id, memberships, .. } = known.filter(|_| right).ok_or_else(wrong)?;
    let (workspace, role) = memberships
        .iter()
        .find(|(workspace, _)| workspace_id.is_none_or(|wanted| wanted == workspace.id))
        .cloned()
        .ok_or_else(wrong)?;
    let who =
        Who { workspace_id: workspace.id, actor: Actor::member(id, email.clone()), ip: Some(ip.to_string()) };
    // The body holds a password: only its digest under the pepper is kept.
    let request = key.of_member(&who, app.base.keys.digest(&body.digest).0);
    let member = Member { id, email, role };
    let session = describe(Some(member), workspace, memberships, Scope::ALL.to_vec());
    let token = crypto::text(&app.base.random.bytes::<32>());
    let cookie = cookies::cookie(settings, &token).to_string();
    let begun = request.answer(&app.base, move |tx| -> Answer<Made> {
        let now = tx.now();
        sessions::insert(tx, &cookies::digest(&token), id, who.workspace_id, now)?;
        audit::append(tx, &who, change(AuditAction::SessionCreated, &id, &who.actor.name))?;
        Ok(Made::json(200, &session)?.header("set-cookie", cookie).about(id.as_str()).secret())
    });
    begun.await
}

/// A member who may be signing in.
struct KnownMember {
    id: MemberId,
    password_hash: String,
    memberships: Vec<Membership>,
}

/// The member with this e-mail address, if there is one.
async fn find(app: &App, email: String) -> Answer<Option<KnownMember>> {
    // PostgreSQL cannot even be asked for a text with a NUL in it; nobody is called so.
    if email.contains('\0') {
        return Ok(None);
    }
    let known = app.base.db.query(move |conn| {
        let Some((id, password_hash)) = accounts::member_by_email(conn, &email)? else { return Ok(None) };
        let memberships = accounts::workspaces_of(conn, id)?;
        Ok(Some(KnownMember { id, password_hash, memberships }))
    });
    Ok(known.await?)
}

/// Show who is calling
///
/// The member, their role and workspace, and what the plan allows. Answers keys and tokens too.
#[utoipa::path(operation_id = "getSession", tag = "Session",
    security(("session" = []), ("bearer" = [])),
    responses((status = 200, description = "Who is calling", body = Session)))]
#[get("/session")]
pub async fn show(app: Data<App>, caller: Caller<AnyCredential>) -> Answer<Json<Session>> {
    let workspace = caller.workspace().clone();
    match caller.identity().clone() {
        Identity::ApiKey { scopes, .. } => Ok(Json(describe(None, workspace, Vec::new(), scopes))),
        Identity::Token { member, scopes, .. } => {
            let member =
                member.map(|member| Member { id: member.id, email: member.email, role: member.role });
            Ok(Json(describe(member, workspace, Vec::new(), scopes)))
        }
        Identity::Member { id, email, role, .. } => {
            let memberships = app.base.db.query(move |conn| accounts::workspaces_of(conn, id)).await?;
            let member = Member { id, email, role };
            Ok(Json(describe(Some(member), workspace, memberships, Scope::ALL.to_vec())))
        }
    }
}

/// Move to another workspace
///
/// The session goes on in another of the member's workspaces.
#[utoipa::path(operation_id = "switchWorkspace", tag = "Session",
    security(("session" = [])), request_body = SwitchWorkspace,
    responses((status = 200, description = "The session, in the other workspace", body = Session)))]
#[patch("/session")]
pub async fn switch(
    app: Data<App>,
    caller: Caller<AnySession>,
    body: Body<SwitchWorkspace>,
) -> Answer<Json<Session>> {
    let SignedIn { id, email, session } = SignedIn::of(&caller)?;
    let wanted = body.value.workspace_id;
    let who = Who { workspace_id: wanted, ..caller.who() };
    let memberships = app.base.db.write(move |tx| -> Answer<Vec<Membership>> {
        let memberships = accounts::workspaces_of(tx, id)?;
        if !memberships.iter().any(|(workspace, _)| workspace.id == wanted) {
            let detail = "You are not a member of such a workspace.";
            return Err(Failure::field("workspace_id", FaultCode::NotFound, detail));
        }
        sessions::switch(tx, &session, wanted)?;
        audit::append(tx, &who, change(AuditAction::SessionSwitched, &id, &who.actor.name))?;
        tx.on_commit(Hint::CredentialsChanged);
        Ok(memberships)
    });
    let memberships = memberships.await?;
    let (workspace, role) = memberships
        .iter()
        .find(|(workspace, _)| workspace.id == wanted)
        .cloned()
        .ok_or_else(|| Failure::not_found("workspace"))?;
    let member = Member { id, email, role };
    Ok(Json(describe(Some(member), workspace, memberships, Scope::ALL.to_vec())))
}

/// Sign out
#[utoipa::path(operation_id = "signOut", tag = "Session",
    security(("session" = [])),
    responses((status = 204, description = "Signed out; the cookie is taken away")))]
#[delete("/session")]
pub async fn sign_out(app: Data<App>, caller: Caller<AnySession>) -> Answer {
    let SignedIn { id, email, session } = SignedIn::of(&caller)?;
    let who = caller.who();
    let ended = app.base.db.execute(move |tx| {
        sessions::delete(tx, &session)?;
        audit::append(tx, &who, change(AuditAction::SessionEnded, &id, &email))?;
        tx.on_commit(Hint::CredentialsChanged);
        Ok(())
    });
    ended.await?;
    Ok(HttpResponse::NoContent().cookie(cookies::cookie(&app.base.settings, "")).finish())
}

fn change<'a>(action: AuditAction, id: &'a MemberId, email: &'a str) -> Change<'a> {
    Change::of(action, id.as_str(), email, json!({}))
}

fn describe(
    member: Option<Member>,
    workspace: Workspace,
    memberships: Vec<Membership>,
    scopes: Vec<Scope>,
) -> Session {
    Session {
        member,
        limits: plan::limits(workspace.plan),
        workspace,
        workspaces: memberships.into_iter().map(|(workspace, _)| workspace).collect(),
        scopes,
    }
}
