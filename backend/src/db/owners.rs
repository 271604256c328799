//! Owners of webhooks: a member, a line of API keys, or an OAuth app. Here stands when an owner has ended, in one condition, and who
//! that is by name. Keys that replace each other are one owner, named by the first of them.

use std::collections::HashMap;

use api_types::{
    Timestamp,
    ids::{ApiKeyId, OAuthAppId, WebhookId, WorkspaceId},
    webhooks::{Owner, OwnerKind},
};
use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Bool};

use super::{
    Conn,
    dialect::{self, locked},
    schema::{api_keys, members, oauth_apps, webhooks},
};

/// The owner in a webhook's row.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct OwnerColumns {
    /// `None` in a row that a node of an earlier version made.
    pub owner_kind: Option<OwnerKind>,
    /// Of keys, the first of the line.
    pub owner_id: Option<String>,
    /// The name at the time, for owners whose own row is gone.
    pub owner_name: Option<String>,
}

/// An owner about to be stored with a webhook.
#[derive(Clone, Debug, Insertable, AsChangeset)]
#[diesel(table_name = webhooks)]
pub struct NewOwner {
    pub owner_kind: OwnerKind,
    /// Of keys, the first of the line.
    pub owner_id: String,
    pub owner_name: String,
    /// `true`: an app made it for a member, so that it ends with the last consent.
    pub by_consent: bool,
}

/// Takes the lock under which an owner's end and the webhooks that it makes or enables follow each other. It is taken after a
/// webhook's own lock, and before any row is locked.
pub fn lock(conn: &mut Conn, owner: &str) -> QueryResult<()> {
    dialect::lock(conn, &format!("owner {owner}"))
}

/// The condition that a webhook's owner has ended.
fn has_ended(now: Timestamp) -> SqlLiteral<Bool> {
    let now = now.as_millis();
    sql(&format!(
        "(webhooks.owner_kind = 'api_key' AND NOT EXISTS (SELECT 1 FROM api_keys k \
             WHERE (k.id = webhooks.owner_id OR k.first_key = webhooks.owner_id) AND k.revoked_at IS NULL \
             AND (k.expires_at IS NULL OR k.expires_at > {now}) AND (k.ends_at IS NULL OR k.ends_at > {now})) \
         OR webhooks.owner_kind = 'oauth_app' AND NOT EXISTS (SELECT 1 FROM oauth_apps a \
             WHERE a.id = webhooks.owner_id AND a.deleted_at IS NULL AND a.suspended_at IS NULL) \
         OR webhooks.owner_kind = 'oauth_app' AND NOT EXISTS (SELECT 1 FROM oauth_apps a \
             WHERE a.id = webhooks.owner_id AND (a.workspace_id = webhooks.workspace_id AND a.client_id_url IS NULL \
             OR a.distribution = 'public' AND EXISTS (SELECT 1 FROM app_installs i WHERE i.app_id = a.id \
             AND i.workspace_id = webhooks.workspace_id AND i.status = 'active'))) \
         OR webhooks.by_consent AND NOT EXISTS (SELECT 1 FROM authorizations z \
             WHERE z.app_id = webhooks.owner_id AND z.workspace_id = webhooks.workspace_id AND z.withdrawn_at IS NULL))"
    ))
}

/// `true` where the owner of a webhook has ended.
pub fn is_over(conn: &mut Conn, webhook: WebhookId, now: Timestamp) -> QueryResult<bool> {
    let over = webhooks::table.find(webhook).filter(has_ended(now));
    diesel::select(diesel::dsl::exists(over)).get_result(conn)
}

/// The enabled webhooks of an owner in a workspace whose owner has ended there, locked until the transaction ends, in the order in
/// which webhooks are locked.
pub fn lock_stopping(
    conn: &mut Conn,
    workspace: WorkspaceId,
    owner: &str,
    now: Timestamp,
) -> QueryResult<Vec<WebhookId>> {
    locked!(
        conn,
        for_no_key_update,
        load,
        webhooks::table
            .filter(webhooks::owner_id.eq(owner))
            .filter(webhooks::workspace_id.eq(workspace))
            .filter(webhooks::disabled_at.is_null())
            .filter(webhooks::deleted_at.is_null())
            .filter(has_ended(now))
            .order(webhooks::id)
            .select(webhooks::id)
    )
}

/// Owners that have ended by themselves, such as keys that expired, and still have an enabled webhook.
pub fn ended(conn: &mut Conn, now: Timestamp) -> QueryResult<Vec<(WorkspaceId, String)>> {
    webhooks::table
        .filter(webhooks::disabled_at.is_null())
        .filter(webhooks::deleted_at.is_null())
        .filter(webhooks::owner_kind.ne(OwnerKind::Member))
        .filter(has_ended(now))
        .select((webhooks::workspace_id, webhooks::owner_id.assume_not_null()))
        .distinct()
        .load(conn)
}

/// Gives a webhook to another owner.
pub fn give(conn: &mut Conn, webhook: WebhookId, owner: &NewOwner, now: Timestamp) -> QueryResult<()> {
    diesel::update(webhooks::table.find(webhook))
        .set((owner, webhooks::updated_at.eq(now)))
        .execute(conn)
        .map(drop)
}

/// The owner that a member's, a key's or an app's id stands for: of keys, the first of the line.
pub fn line_of(conn: &mut Conn, id: &str) -> QueryResult<String> {
    let line = api_keys::table.filter(api_keys::id.eq(id)).select(api_keys::first_key);
    let line: Option<Option<ApiKeyId>> = line.first(conn).optional()?;
    Ok(line.flatten().map_or_else(|| id.to_owned(), |first| first.to_string()))
}

/// The owners of these rows by the ids that the rows name, under the names that they have now.
pub fn shown(conn: &mut Conn, rows: &[OwnerColumns], now: Timestamp) -> QueryResult<HashMap<String, Owner>> {
    let of_kind = |kind: OwnerKind| -> Vec<&str> {
        let of_kind = rows.iter().filter(|row| row.owner_kind == Some(kind));
        of_kind.filter_map(|row| row.owner_id.as_deref()).collect()
    };
    let mut owners: HashMap<String, Owner> = rows
        .iter()
        .filter_map(|row| {
            let OwnerColumns { owner_kind, owner_id, owner_name } = row.clone();
            let (kind, id) = owner_kind.zip(owner_id)?;
            Some((id.clone(), Owner { kind, id, name: owner_name.unwrap_or_default() }))
        })
        .collect();
    let keys = of_kind(OwnerKind::ApiKey);
    if !keys.is_empty() {
        for (line, id, name) in working_keys(conn, &keys, now)? {
            owners.insert(line, Owner { kind: OwnerKind::ApiKey, id: id.to_string(), name });
        }
    }
    let apps = of_kind(OwnerKind::OAuthApp);
    if !apps.is_empty() {
        let named = oauth_apps::table.filter(oauth_apps::id.eq_any(&apps));
        for (id, name) in
            named.select((oauth_apps::id, oauth_apps::name)).load::<(OAuthAppId, String)>(conn)?
        {
            let id = id.to_string();
            owners.insert(id.clone(), Owner { kind: OwnerKind::OAuthApp, id, name });
        }
    }
    let people = of_kind(OwnerKind::Member);
    if !people.is_empty() {
        let named = members::table.filter(members::id.eq_any(&people));
        for (id, name) in named.select((members::id, members::email)).load::<(String, String)>(conn)? {
            owners.insert(id.clone(), Owner { kind: OwnerKind::Member, id, name });
        }
    }
    Ok(owners)
}

/// The newest key of each line that works, or else the newest.
fn working_keys(
    conn: &mut Conn,
    lines: &[&str],
    now: Timestamp,
) -> QueryResult<Vec<(String, ApiKeyId, String)>> {
    type Row = (ApiKeyId, Option<ApiKeyId>, String, Ends);
    type Ends = (Option<Timestamp>, Option<Timestamp>, Option<Timestamp>);
    let mut keys: Vec<Row> = api_keys::table
        .filter(api_keys::id.eq_any(lines).or(api_keys::first_key.eq_any(lines).assume_not_null()))
        .select((
            api_keys::id,
            api_keys::first_key,
            api_keys::name,
            (api_keys::revoked_at, api_keys::expires_at, api_keys::ends_at),
        ))
        .load(conn)?;
    let works = |(revoked, expires, ends): Ends| {
        revoked.is_none() && [expires, ends].into_iter().flatten().all(|end| end > now)
    };
    // The last of a line counts.
    keys.sort_by_key(|(id, .., ends)| (works(*ends), *id));
    let named = |(id, first, name, _): Row| (first.unwrap_or(id).to_string(), id, name);
    Ok(keys.into_iter().map(named).collect())
}
