//! The first use of a key that replaces another: the old key ends with it, before the request goes on.
//!
//! Only the record of such a key says so, and only until its first use is noted: no other request pays for it.

use std::net::IpAddr;

use api_types::{
    audit::{Actor, ActorKind, AuditAction},
    ids::ApiKeyId,
};
use serde_json::json;

use super::parts::Auth;
use crate::db::{
    DbError,
    api_keys::{self, KeyRecord},
    audit::{self, Change, Who},
};

/// Notes the first use of `key`, and ends the key that it replaces. Where another request was first, nothing is left to do.
pub async fn take_over(auth: &Auth, key: &KeyRecord, old: ApiKeyId, ip: IpAddr) -> Result<(), DbError> {
    let id = key.id;
    let who = Who {
        workspace_id: key.workspace.id,
        actor: Actor { kind: ActorKind::ApiKey, id: Some(id.to_string()), name: key.name.clone() },
        ip: Some(ip.to_string()),
    };
    auth.base
        .db
        .execute(move |tx| {
            let now = tx.now();
            if !api_keys::take_over(tx, id, now)? {
                return Ok(());
            }
            if let Some((name, hint)) = api_keys::end_replaced(tx, old, now)? {
                let details = json!({ "hint": hint, "replaced_by": id });
                audit::append(
                    tx,
                    &who,
                    Change::of(AuditAction::ApiKeyReplaced, old.as_str(), &name, details),
                )?;
            }
            tx.credentials_changed(who.workspace_id);
            Ok(())
        })
        .await
}
