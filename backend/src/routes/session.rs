//! Sign-in, sign-out, and who one is.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web::Data, web::Json};
use api_types::{
    ProblemType, Scope,
    account::{Member, Role, Session, SignIn, SwitchWorkspace, Workspace},
    audit::{Actor, ActorKind, AuditAction},
    ids::MemberId,
};
use serde_json::json;

use crate::{
    app::App,
    auth::{
        Caller, Identity, address, origin,
        permission::{AnyCredential, AnySession},
        principal::WorkspaceRef,
        session as cookies,
    },
    body::Body,
    crypto::{self, passwords},
    db::{
        accounts,
        audit::{self, Change, Who},
        sessions,
    },
    plan,
    problem::{Answer, Failure},
    wake::Hint,
};

/// Sign in
///
/// Answers with a session cookie. Wrong e-mail addresses and wrong passwords are answered alike.
#[utoipa::path(tag = "Session", request_body = SignIn,
    responses((status = 200, description = "Signed in; the cookie is set", body = Session)))]
#[post("/session")]
pub async fn sign_in(app: Data<App>, request: HttpRequest, body: Body<SignIn>) -> Answer {
    origin::check(&request, &app.settings.public_url)?;
    let ip = address::of_request(&request, &app.settings.trusted_proxies);
    let SignIn { email, password, workspace_id } = body.value;
    let email = email.trim().to_lowercase();
    app.sign_ins.attempt(&email, ip, app.clock.now())?;
    let wanted = email.clone();
    let known = app
        .db
        .read(move |conn| {
            // PostgreSQL cannot even be asked for a text with a NUL in it; nobody is called so.
            let found = if wanted.contains('\0') { None } else { accounts::member_by_email(conn, &wanted)? };
            let Some((id, hash)) = found else { return Ok(None) };
            Ok::<_, Failure>(Some((id, hash, accounts::workspaces_of(conn, id)?)))
        })
        .await?;
    let hash = known.as_ref().map(|(_, hash, _)| hash.clone());
    // Always verified, so that an unknown address takes as long as a known one.
    let right = password.len() <= passwords::MAX_LEN && passwords::verify(password, hash).await;
    let wrong = || Failure::new(ProblemType::InvalidSignIn, "The e-mail address or the password is wrong.");
    let (id, _, memberships) = known.filter(|_| right).ok_or_else(wrong)?;
    let (workspace, role) = memberships
        .iter()
        .find(|(workspace, _)| workspace_id.is_none_or(|wanted| wanted == workspace.id))
        .cloned()
        .ok_or_else(wrong)?;
    let token = crypto::text(&app.chance.bytes::<32>());
    let digest = cookies::digest(&token);
    let who = Who {
        workspace_id: workspace.id,
        actor: Actor { kind: ActorKind::Member, id: Some(id.to_string()), name: email.clone() },
        ip: Some(ip.to_string()),
    };
    let (inner, now) = (app.clone(), app.clock.now());
    let subject = email.clone();
    app.db
        .write(move |tx| {
            sessions::insert(tx, &digest, id, who.workspace_id, now)?;
            audit::append(tx, &inner, &who, change(AuditAction::SessionCreated, id.as_str(), &subject))?;
            Ok::<_, Failure>(())
        })
        .await?;
    let session = describe(Some((id, email, role)), workspace, memberships, Scope::ALL.to_vec());
    Ok(HttpResponse::Ok().cookie(cookies::cookie(&app.settings, &token)).json(session))
}

/// Show who is calling
///
/// The member, their role and workspace, and what the plan allows. Answers keys and tokens too.
#[utoipa::path(tag = "Session", security(("session" = []), ("bearer" = [])),
    responses((status = 200, description = "Who is calling", body = Session)))]
#[get("/session")]
pub async fn show(app: Data<App>, caller: Caller<AnyCredential>) -> Answer<Json<Session>> {
    let WorkspaceRef { id, name, plan } = caller.workspace().clone();
    let workspace = Workspace { id, name, plan };
    match caller.identity().clone() {
        Identity::ApiKey { scopes, .. } => Ok(Json(describe(None, workspace, Vec::new(), scopes))),
        Identity::Token { member, scopes, .. } => {
            let member = member.map(|member| (member.id, member.email, member.role));
            Ok(Json(describe(member, workspace, Vec::new(), scopes)))
        }
        Identity::Member { id, email, role, .. } => {
            let all = app.db.read(move |conn| Ok::<_, Failure>(accounts::workspaces_of(conn, id)?)).await?;
            Ok(Json(describe(Some((id, email, role)), workspace, all, Scope::ALL.to_vec())))
        }
    }
}

/// Move to another workspace
///
/// The session goes on in another of the member's workspaces.
#[utoipa::path(tag = "Session", security(("session" = [])), request_body = SwitchWorkspace,
    responses((status = 200, description = "The session, in the other workspace", body = Session)))]
#[patch("/session")]
pub async fn switch(
    app: Data<App>,
    caller: Caller<AnySession>,
    body: Body<SwitchWorkspace>,
) -> Answer<Json<Session>> {
    let (id, email, session) = member(&caller)?;
    let wanted = body.value.workspace_id;
    let (inner, mut who, subject) = (app.clone(), caller.who(), email.clone());
    let all = app
        .db
        .write(move |tx| {
            let all = accounts::workspaces_of(tx, id)?;
            if !all.iter().any(|(workspace, _)| workspace.id == wanted) {
                return Err(Failure::field("workspace_id", "You are not a member of such a workspace."));
            }
            sessions::switch(tx, &session, wanted)?;
            who.workspace_id = wanted;
            audit::append(tx, &inner, &who, change(AuditAction::SessionSwitched, id.as_str(), &subject))?;
            tx.on_commit(Hint::CredentialsChanged);
            Ok(all)
        })
        .await?;
    let (workspace, role) = all
        .iter()
        .find(|(workspace, _)| workspace.id == wanted)
        .cloned()
        .ok_or_else(|| Failure::not_found("workspace"))?;
    Ok(Json(describe(Some((id, email, role)), workspace, all, Scope::ALL.to_vec())))
}

/// Sign out
#[utoipa::path(tag = "Session", security(("session" = [])),
    responses((status = 204, description = "Signed out; the cookie is taken away")))]
#[delete("/session")]
pub async fn sign_out(app: Data<App>, caller: Caller<AnySession>) -> Answer {
    let (id, email, session) = member(&caller)?;
    let (inner, who) = (app.clone(), caller.who());
    app.db
        .write(move |tx| {
            sessions::delete(tx, &session)?;
            audit::append(tx, &inner, &who, change(AuditAction::SessionEnded, id.as_str(), &email))?;
            tx.on_commit(Hint::CredentialsChanged);
            Ok::<_, Failure>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().cookie(cookies::cookie(&app.settings, "")).finish())
}

fn member<P>(caller: &Caller<P>) -> Result<(MemberId, String, String), Failure> {
    match caller.identity() {
        Identity::Member { id, email, session, .. } => Ok((*id, email.clone(), session.clone())),
        Identity::ApiKey { .. } | Identity::Token { .. } => {
            Err(Failure::internal(&"a session operation was reached by a key"))
        }
    }
}

fn change<'a>(action: AuditAction, id: &'a str, email: &'a str) -> Change<'a> {
    Change { action, object_id: Some(id), object_name: email, details: json!({}) }
}

fn describe(
    member: Option<(MemberId, String, Role)>,
    workspace: Workspace,
    memberships: Vec<(Workspace, Role)>,
    scopes: Vec<Scope>,
) -> Session {
    Session {
        member: member.map(|(id, email, role)| Member { id, email, role }),
        limits: plan::limits(workspace.plan),
        workspace,
        workspaces: memberships.into_iter().map(|(workspace, _)| workspace).collect(),
        scopes,
    }
}
