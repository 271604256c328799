//! The member's answer to a question: a yes stores the consent and makes a code, a no is noted, and both say where to go.

use api_types::{
    Scope,
    audit::AuditAction,
    ids::{AuthorizationId, MemberId},
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
    http::problem::{Answer, Failure},
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
    who: &Who,
) -> Answer<(ReturnAddress, String)> {
    let return_to = take(tx, &open.question, &open.client)?;
    if open.client.suspended {
        return Err(Failure::conflict("An admin has suspended the app. Nothing was allowed."));
    }
    let scopes = open.available();
    if scopes.is_empty() {
        return Err(Failure::conflict("You may do none of this yourself, so you cannot let an app do it."));
    }
    let member = member_of(who)?;
    let before = open.granted.as_ref().map(|granted| granted.scopes.clone()).unwrap_or_default();
    let mut all = before.clone();
    all.extend(scopes.iter().filter(|scope| !before.contains(scope)));
    all.sort_unstable();
    let authorization = match open.granted {
        Some(granted) => {
            authorizations::set_scopes(tx, granted.authorization, &all)?;
            granted.authorization
        }
        None => insert(tx, &open.client, member, &all)?,
    };
    let details = json!({ "authorization": authorization, "scopes": all, "before": before });
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

fn insert(
    tx: &mut Tx<'_>,
    client: &ClientRecord,
    member: MemberId,
    scopes: &[Scope],
) -> QueryResult<AuthorizationId> {
    let row = authorizations::NewRow {
        id: tx.new_id(),
        workspace_id: client.workspace.id,
        app_id: client.id,
        member_id: member,
        scopes: Json::new(scopes.to_vec()),
        created_at: tx.now(),
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
