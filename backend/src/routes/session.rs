//! Sessions: sign-in, sign-out, the move to another workspace, and the answer to "who is calling?".

use std::net::IpAddr;

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web::Data, web::Json};
use api_types::{
    ProblemType, Scope,
    account::{MAX_EMAIL, Member, Role, Session, SignIn, SwitchWorkspace, Workspace},
    audit::{Actor, AuditAction},
    ids::MemberId,
    problem::FaultCode,
};
use serde_json::json;

use super::{idempotent::IdempotencyKey, signed_in::SignedIn};
use crate::{
    app::App,
    auth::{
        Caller, Identity, address,
        device::{self, Device},
        origin,
        permission::{AnyCredential, AnySession},
        session as cookies,
        throttle::Applicant,
    },
    crypto::{
        self,
        passwords::{self, TooMany},
    },
    db::{
        accounts,
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
    let email = normal_email(&email)?;
    let device = device::of_request(&app.base, &request, &email);
    let known = Attempted { email: &email, ip, device: device.as_ref() }.check(&app, password).await?;
    let wrong = || Failure::new(ProblemType::InvalidSignIn, "The e-mail address or the password is wrong.");
    let KnownMember { id, memberships, .. } = known.ok_or_else(wrong)?;
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
    let device = device::cookie(&app.base, &who.actor.name, device).to_string();
    let begun = request.answer(&app.base, move |tx| -> Answer<Made> {
        let now = tx.now();
        sessions::insert(tx, &cookies::digest(&token), id, who.workspace_id, now)?;
        audit::append(tx, &who, change(AuditAction::SessionCreated, &id, &who.actor.name))?;
        let made = Made::json(200, &session)?.about(id.as_str()).secret();
        Ok(made.header("set-cookie", cookie).header("set-cookie", device))
    });
    begun.await
}

/// An e-mail address as accounts are found by it.
fn normal_email(email: &str) -> Answer<String> {
    let email = email.trim();
    if email.len() > MAX_EMAIL {
        let detail = format!("It must have at most {MAX_EMAIL} bytes.");
        return Err(Failure::field("email", FaultCode::TooLong, detail));
    }
    Ok(email.to_lowercase())
}

/// An attempt to sign in, before anything is known of its password.
struct Attempted<'a> {
    email: &'a str,
    ip: IpAddr,
    device: Option<&'a Device>,
}

impl Attempted<'_> {
    /// The member whose password this is, if it is anybody's. Counts the attempt where it was a guess.
    async fn check(self, app: &App, password: String) -> Answer<Option<KnownMember>> {
        let throttle = &app.auth.sign_ins;
        let device = self.device.map(|device| device.id.as_str());
        let applicant = Applicant { email: self.email, ip: self.ip, device };
        let attempt = throttle.attempt(applicant, app.base.clock.monotonic())?;
        let checked = verify(app, self.email, password).await;
        match &checked {
            Ok(Some(_)) => throttle.succeeded(&attempt, app.base.clock.monotonic()),
            Ok(None) => {}
            Err(_) => throttle.give_back(&attempt, app.base.clock.monotonic()),
        }
        checked
    }
}

async fn verify(app: &App, email: &str, password: String) -> Answer<Option<KnownMember>> {
    let known = find(app, email.to_owned()).await?;
    let hash = known.as_ref().map(|known| known.password_hash.clone());
    if password.len() > passwords::MAX_LEN {
        return Ok(None);
    }
    // Always verified, so that an unknown address takes as long as a known one.
    let right = app.auth.passwords.verify(password, hash).await.map_err(|TooMany| {
        Failure::unavailable("Too many others are signing in just now. Try again in a moment.", 2)
    })?;
    Ok(known.filter(|_| right))
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
    let left = caller.workspace_id();
    let memberships = app.base.db.write(move |tx| -> Answer<Vec<Membership>> {
        let memberships = accounts::workspaces_of(tx, id)?;
        if !memberships.iter().any(|(workspace, _)| workspace.id == wanted) {
            let detail = "You are not a member of such a workspace.";
            return Err(Failure::field("workspace_id", FaultCode::NotFound, detail));
        }
        sessions::switch(tx, &session, wanted)?;
        audit::append(tx, &who, change(AuditAction::SessionSwitched, &id, &who.actor.name))?;
        tx.credentials_changed(left);
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
        tx.credentials_changed(who.workspace_id);
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
