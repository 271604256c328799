//! The member's answer to a question: a yes stores the consent and makes a code, a no is noted, and both say where to go.

use api_types::{
    Scope,
    admission::Admission,
    app_installs::InstallStatus,
    audit::AuditAction,
    authorizations::Approval,
    ids::{AuthorizationId, MemberId, OAuthAppId, WorkspaceId},
    oauth_apps::GrantType,
    problem::FaultCode,
};
use diesel::QueryResult;
use serde_json::{Value, json};

use super::question::{Denied, OpenQuestion};
use crate::{
    crypto::keys::ServerKeys,
    db::{
        Json, Tx, app_installs,
        audit::{self, Change, Who},
        authorization_requests::{self as requests, RequestRow},
        authorizations, device_authorizations as devices, dialect,
        oauth_clients::ClientRecord,
    },
    http::{
        fields::Fields,
        problem::{Answer, Failure},
    },
    oauth::{
        admission,
        code::{self, Agreed},
        redirect_uri,
        request::ReturnAddress,
    },
};

/// Takes the question away, so that it has one answer, with the pushed request of which it was made, and makes sure that the answer
/// may still be sent. Answers with where to, or with none where a device waits.
fn take(tx: &mut Tx<'_>, question: &RequestRow, client: &ClientRecord) -> Answer<Option<ReturnAddress>> {
    if let Some(device) = &question.device_digest {
        return take_of_device(tx, device, client).map(|()| None);
    }
    if let Some(pushed) = &question.pushed_digest {
        requests::lock_pushed(tx, pushed)?;
    }
    if !requests::take(tx, &question.id)? {
        return Err(Failure::conflict("This request has just been answered."));
    }
    if let Some(pushed) = &question.pushed_digest {
        requests::use_up(tx, pushed)?;
    }
    let sent = &question.redirect_uri;
    if !client.redirect_uris.iter().any(|known| redirect_uri::matches(known, sent)) {
        return Err(Failure::conflict(
            "The app no longer wants answers where it asked from. Nothing was allowed.",
        ));
    }
    Ok(Some(ReturnAddress { redirect_uri: sent.clone(), state: question.state.clone() }))
}

/// Takes every question about a device away: two members may have typed its code.
fn take_of_device(tx: &mut Tx<'_>, device: &str, client: &ClientRecord) -> Answer<()> {
    let now = tx.now();
    let waiting = devices::lock(tx, &[device.to_owned()])?.is_some_and(|device| device.waits(now));
    if !waiting {
        return Err(Failure::conflict("This request has just been answered, or is over."));
    }
    requests::remove_of_device(tx, device)?;
    if !client.grants.contains(&GrantType::DeviceCode) {
        return Err(Failure::conflict(
            "The app may no longer be used on devices like this one. Nothing was allowed.",
        ));
    }
    Ok(())
}

/// The member agrees: answers with where to go, and the code to take along; none where a device learns it by itself.
pub fn approve(
    tx: &mut Tx<'_>,
    keys: &ServerKeys,
    open: OpenQuestion,
    approval: &Approval,
    who: &Who,
) -> Answer<Option<(ReturnAddress, String)>> {
    let left_out = check_declined(&open, approval.declined_scopes.as_deref().unwrap_or_default())?;
    let return_to = take(tx, &open.question, &open.client)?;
    if open.client.suspended {
        return Err(Failure::conflict("An admin has suspended the app. Nothing was allowed."));
    }
    let mut scopes = open.available();
    if scopes.is_empty() {
        return Err(Failure::conflict("You may do none of this yourself, so you cannot let an app do it."));
    }
    scopes.retain(|scope| !left_out.contains(scope));
    if scopes.is_empty() {
        return Err(Failure::field(
            "declined_scopes",
            FaultCode::NotAllowed,
            "Nothing is left that the app could do. Allow something of it, or cancel.",
        ));
    }
    let member = member_of(who)?;
    if open.admission == Admission::Installs {
        install(tx, who, &open)?;
    }
    let authorization = store(tx, who, &open, member, (&scopes, &left_out))?;
    let Some(return_to) = return_to else {
        let device = open.question.device_digest.unwrap_or_default();
        devices::allow(tx, &device, authorization, scopes)?;
        return Ok(None);
    };
    let agreed = Agreed {
        redirect_uri: &return_to.redirect_uri,
        scopes,
        code_challenge: open.question.code_challenge,
        audience: open.question.resource,
    };
    let code = code::issue(tx, keys, open.client.id, authorization, agreed)?;
    Ok(Some((return_to, code)))
}

/// Stores the member's consent to some scopes and without others, beside what they answered before.
fn store(
    tx: &mut Tx<'_>,
    who: &Who,
    open: &OpenQuestion,
    member: MemberId,
    (scopes, left_out): (&[Scope], &[Scope]),
) -> QueryResult<AuthorizationId> {
    let workspace = open.workspace.id;
    let (before, declined) = match &open.granted {
        Some(granted) => (granted.scopes.clone(), granted.declined.clone()),
        None => (Vec::new(), Vec::new()),
    };
    let all = replaced(&before, left_out, scopes);
    let declined = replaced(&declined, scopes, left_out);
    let authorization = match &open.granted {
        Some(granted) => {
            authorizations::set_scopes(tx, granted.authorization, &all, &declined)?;
            granted.authorization
        }
        None => insert(tx, (workspace, open.client.id, member), &all, &declined)?,
    };
    let details =
        json!({ "authorization": authorization, "scopes": all, "before": before, "declined": declined });
    let details = with_grant(details, &open.question);
    append_audit(tx, who, workspace, &open.client, (AuditAction::AuthorizationGranted, details))?;
    tx.credentials_changed(workspace);
    Ok(authorization)
}

/// The details of an answer, which say so where a device asked.
fn with_grant(mut details: Value, question: &RequestRow) -> Value {
    if question.device_digest.is_some() {
        details["grant"] = json!(GrantType::DeviceCode);
    }
    details
}

/// The optional scopes of the question that the member leaves out.
fn check_declined(open: &OpenQuestion, declined: &[String]) -> Answer<Vec<Scope>> {
    let optional = open.optional();
    let known: Vec<&str> = optional.iter().map(|scope| scope.as_str()).collect();
    let mut fields = Fields::new();
    let declined: Vec<Scope> = fields.words("declined_scopes", declined, 0, &known);
    if let Some(needed) = declined.iter().find(|scope| !optional.contains(scope)) {
        let detail = format!("{needed} is not optional: the app needs it, or did not ask for it.");
        fields.wrong("declined_scopes", FaultCode::NotAllowed, detail);
    }
    fields.check(declined)
}

/// A list of scopes without some and with others, in order.
fn replaced(scopes: &[Scope], without: &[Scope], with: &[Scope]) -> Vec<Scope> {
    let mut all: Vec<Scope> =
        scopes.iter().filter(|scope| !without.contains(scope)).chain(with).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn insert(
    tx: &mut Tx<'_>,
    (workspace_id, app_id, member_id): (WorkspaceId, OAuthAppId, MemberId),
    scopes: &[Scope],
    declined: &[Scope],
) -> QueryResult<AuthorizationId> {
    let row = authorizations::NewRow {
        id: tx.new_id(),
        workspace_id,
        app_id,
        member_id,
        scopes: Json::new(scopes.to_vec()),
        created_at: tx.now(),
        declined_scopes: Json::new(declined.to_vec()),
    };
    authorizations::insert(tx, &row)?;
    Ok(row.id)
}

/// The member says no: answers with where to go; none where a device learns it by itself.
pub fn deny(tx: &mut Tx<'_>, denied: &Denied, who: &Who) -> Answer<Option<ReturnAddress>> {
    let return_to = take(tx, &denied.question, &denied.client)?;
    if let Some(device) = &denied.question.device_digest {
        devices::deny(tx, device)?;
    }
    // A stranger leaves no trace in the workspace's log.
    if let Some(workspace) = denied.workspace {
        let details = with_grant(json!({ "scopes": denied.question.scopes.0 }), &denied.question);
        append_audit(tx, who, workspace, &denied.client, (AuditAction::AuthorizationDenied, details))?;
    }
    Ok(return_to)
}

/// Installs the app by the member's yes: an admin's, or one under a policy that lets every app in.
fn install(tx: &mut Tx<'_>, who: &Who, open: &OpenQuestion) -> QueryResult<()> {
    let (workspace, client) = (open.workspace.id, &open.client);
    let now = tx.now();
    dialect::lock(tx, &admission::lock_of(client.id, workspace))?;
    if app_installs::status(tx, workspace, client.id)?.is_some() {
        app_installs::set_status(tx, workspace, client.id, InstallStatus::Active, now)?;
    } else {
        insert_install(tx, open, InstallStatus::Active, None)?;
    }
    append_audit(tx, who, workspace, client, (AuditAction::AppInstallApproved, json!({ "by": "consent" })))
}

/// The member asks for the app to be installed, which it is where that is theirs to decide.
pub fn request_install(tx: &mut Tx<'_>, who: &Who, open: &OpenQuestion) -> Answer<()> {
    let (workspace, client) = (open.workspace.id, &open.client);
    dialect::lock(tx, &admission::lock_of(client.id, workspace))?;
    match admission::of(tx, client, workspace, open.role)? {
        Admission::Installs => Ok(install(tx, who, open)?),
        Admission::Ask => {
            insert_install(tx, open, InstallStatus::Requested, Some(member_of(who)?))?;
            let details = json!({ "scopes": open.question.scopes.0 });
            Ok(append_audit(tx, who, workspace, client, (AuditAction::AppInstallRequested, details))?)
        }
        Admission::Admitted => Err(Failure::conflict("The app is there already.")),
        closed => Err(Failure::conflict(closed.reason())),
    }
}

fn insert_install(
    tx: &mut Tx<'_>,
    open: &OpenQuestion,
    status: InstallStatus,
    requested_by: Option<MemberId>,
) -> QueryResult<()> {
    let now = tx.now();
    let row = app_installs::NewRow {
        id: tx.new_id(),
        workspace_id: open.workspace.id,
        app_id: open.client.id,
        status,
        requested_by,
        created_at: now,
        decided_at: (status != InstallStatus::Requested).then_some(now),
    };
    app_installs::insert(tx, row)
}

/// Writes an answer into the audit log of the workspace that the app acts in, which need not be the one that the member's session
/// is in.
fn append_audit(
    tx: &mut Tx<'_>,
    who: &Who,
    workspace: WorkspaceId,
    client: &ClientRecord,
    (action, details): (AuditAction, Value),
) -> QueryResult<()> {
    let who = Who { workspace_id: workspace, ..who.clone() };
    audit::append(tx, &who, Change::of(action, client.id.as_str(), &client.name, details))
}

fn member_of(who: &Who) -> Answer<MemberId> {
    let id = who.actor.id.as_deref().and_then(|id| id.parse().ok());
    id.ok_or_else(|| Failure::internal(&"a consent without a member"))
}
