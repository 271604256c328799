//! The member's answer to a question: a yes stores the consent and makes a code, a no is noted, and both say where to go.

use api_types::{
    Scope,
    audit::AuditAction,
    authorizations::Approval,
    ids::{AuthorizationId, MemberId},
    problem::FaultCode,
};
use diesel::QueryResult;
use serde_json::{Value, json};

use super::question::{Denied, OpenQuestion};
use crate::{
    crypto::keys::ServerKeys,
    db::{
        Json, Tx,
        audit::{self, Change, Who},
        authorization_requests::{self as requests, RequestRow},
        authorizations,
        oauth_clients::ClientRecord,
    },
    http::{
        fields::Fields,
        problem::{Answer, Failure},
    },
    oauth::{
        code::{self, Agreed},
        redirect_uri,
        request::ReturnAddress,
    },
};

/// Takes the question away, so that it has one answer, with the pushed request of which it was made, and makes sure that the answer
/// may still be sent.
fn take(tx: &mut Tx<'_>, question: &RequestRow, client: &ClientRecord) -> Answer<ReturnAddress> {
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
    Ok(ReturnAddress { redirect_uri: sent.clone(), state: question.state.clone() })
}

/// The member agrees: answers with where to go, and the code to take along.
pub fn approve(
    tx: &mut Tx<'_>,
    keys: &ServerKeys,
    open: OpenQuestion,
    approval: &Approval,
    who: &Who,
) -> Answer<(ReturnAddress, String)> {
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
    let (before, declined) = match &open.granted {
        Some(granted) => (granted.scopes.clone(), granted.declined.clone()),
        None => (Vec::new(), Vec::new()),
    };
    let all = replaced(&before, &left_out, &scopes);
    let declined = replaced(&declined, &scopes, &left_out);
    let authorization = match open.granted {
        Some(granted) => {
            authorizations::set_scopes(tx, granted.authorization, &all, &declined)?;
            granted.authorization
        }
        None => insert(tx, &open.client, member, &all, &declined)?,
    };
    let details =
        json!({ "authorization": authorization, "scopes": all, "before": before, "declined": declined });
    append_audit(tx, who, &open.client, AuditAction::AuthorizationGranted, details)?;
    tx.credentials_changed(open.client.workspace.id);
    let agreed = Agreed {
        redirect_uri: &return_to.redirect_uri,
        scopes,
        code_challenge: open.question.code_challenge,
        audience: open.question.resource,
    };
    let code = code::issue(tx, keys, open.client.id, authorization, agreed)?;
    Ok((return_to, code))
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
    client: &ClientRecord,
    member: MemberId,
    scopes: &[Scope],
    declined: &[Scope],
) -> QueryResult<AuthorizationId> {
    let row = authorizations::NewRow {
        id: tx.new_id(),
        workspace_id: client.workspace.id,
        app_id: client.id,
        member_id: member,
        scopes: Json::new(scopes.to_vec()),
        created_at: tx.now(),
        declined_scopes: Json::new(declined.to_vec()),
    };
    authorizations::insert(tx, &row)?;
    Ok(row.id)
}

/// The member says no: answers with where to go.
pub fn deny(tx: &mut Tx<'_>, denied: &Denied, who: &Who) -> Answer<ReturnAddress> {
    let return_to = take(tx, &denied.question, &denied.client)?;
    // A stranger leaves no trace in the workspace's log.
    if denied.by_member {
        let details = json!({ "scopes": denied.question.scopes.0 });
        append_audit(tx, who, &denied.client, AuditAction::AuthorizationDenied, details)?;
    }
    Ok(return_to)
}

/// Writes an answer into the audit log of the app's workspace, which need not be the one that the member's session is in.
fn append_audit(
    tx: &mut Tx<'_>,
    who: &Who,
    client: &ClientRecord,
    action: AuditAction,
    details: Value,
) -> QueryResult<()> {
    let who = Who { workspace_id: client.workspace.id, ..who.clone() };
    audit::append(tx, &who, Change::of(action, client.id.as_str(), &client.name, details))
}

fn member_of(who: &Who) -> Answer<MemberId> {
    let id = who.actor.id.as_deref().and_then(|id| id.parse().ok());
    id.ok_or_else(|| Failure::internal(&"a consent without a member"))
}
