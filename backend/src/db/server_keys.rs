//! The check values of the server's own keys: they tell a node that is started with other keys than those that the database was
//! written with, before it can do harm.

use std::path::Path;

use api_types::{Timestamp, ids::WebhookId};
use diesel::{connection::TransactionManager, prelude::*};

use super::{
    conn::{self, Conn},
    dialect,
    error::OpenError,
    opening,
    schema::{api_keys, client_secrets, server_keys, signing_keys, signing_secrets, token_families},
    sealed,
    url::DatabaseUrl,
    writer,
};
use crate::crypto::keys::{KeyKind, ServerKeys};

/// The most sealed secrets that are tried in a database that has no check values yet.
const TRIED: i64 = 20;

/// A key that the database knows.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = server_keys)]
pub struct KnownKey {
    pub kind: String,
    pub version: i32,
    check_value: String,
    pub created_at: Timestamp,
    /// When it was first the one for whatever is new; `None` while it only recognises.
    pub active_at: Option<Timestamp>,
}

/// Refuses keys that are not those of the database, and remembers new versions of them.
pub(super) fn check(conn: &mut Conn, keys: &ServerKeys, now: Timestamp) -> Result<(), OpenError> {
    exclusive(conn, |conn| {
        let known = all(conn)?;
        if known.is_empty() {
            try_out(conn, keys)?;
        }
        for kind in KeyKind::ALL {
            check_kind(conn, keys, kind, &known, now)?;
        }
        Ok(())
    })
}

/// Refuses keys of which one is another than the database knows by its version. Writes nothing, and takes a database of an older
/// version as it is.
pub(super) fn compare(conn: &mut Conn, keys: &ServerKeys) -> Result<(), OpenError> {
    // Before the table was there, nothing was known.
    let known = all(conn).unwrap_or_default();
    for kind in KeyKind::ALL {
        let ours = keys.checks(kind);
        let known = known.iter().filter(|key| key.kind == kind.as_str());
        for key in known {
            if ours.iter().any(|(version, check)| *version == key.version && *check != key.check_value) {
                return Err(wrong(keys, kind, &format!("its version {} is another key", key.version)));
            }
        }
    }
    Ok(())
}

/// Takes keys in place of lost ones. Whatever was made under the lost ones is dead.
pub fn replace_lost(
    url: &DatabaseUrl,
    now: Timestamp,
    keys: impl FnOnce(i32) -> Result<ServerKeys, OpenError>,
) -> Result<(), OpenError> {
    let mut conn = opening::open(url)?;
    exclusive(&mut conn, |conn| {
        let newest = all(conn)?.iter().map(|key| key.version).max().unwrap_or(1);
        let keys = keys(newest.saturating_add(1))?;
        diesel::delete(server_keys::table).execute(conn)?;
        for kind in KeyKind::ALL {
            check_kind(conn, &keys, kind, &[], now)?;
        }
        Ok(())
    })
}

/// `true` where a file holds a database that was written with keys.
pub fn needs_keys(path: &Path) -> Result<bool, OpenError> {
    match std::fs::metadata(path) {
        Ok(file) if file.is_file() && file.len() == 0 => return Ok(false),
        Ok(_) => opening::check_file(path)?,
        Err(_) => return Ok(false),
    }
    let mut conn = conn::open(&DatabaseUrl::Sqlite(path.to_owned()))
        .map_err(|error| opening::sqlite_error(path, &error.to_string()))?;
    let has = |conn: &mut Conn, query: &str| -> bool {
        diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(query)).get_result(conn).unwrap_or(false)
    };
    // A table that is not there yet holds nothing.
    let tables = ["server_keys", "api_keys", "client_secrets", "signing_secrets", "token_families"];
    Ok(tables.iter().any(|table| has(&mut conn, &format!("EXISTS (SELECT 1 FROM {table})"))))
}

/// All keys that the database knows, oldest first.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<KnownKey>> {
    server_keys::table
        .order((server_keys::kind, server_keys::created_at, server_keys::version))
        .select(KnownKey::as_select())
        .load(conn)
}

/// Runs `work` in one write transaction that no other node's start is in.
fn exclusive<T>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, OpenError>,
) -> Result<T, OpenError> {
    if matches!(conn, Conn::Pg(_)) {
        return conn.transaction(|conn| {
            dialect::lock(conn, "server keys")?;
            work(conn)
        });
    }
    writer::begin_immediate(conn)?;
    let done = work(conn);
    if done.is_ok() {
        writer::commit(conn)?;
    } else {
        <Conn as Connection>::TransactionManager::rollback_transaction(conn)?;
    }
    done
}

fn check_kind(
    conn: &mut Conn,
    keys: &ServerKeys,
    kind: KeyKind,
    known: &[KnownKey],
    now: Timestamp,
) -> Result<(), OpenError> {
    let ours = keys.checks(kind);
    let known: Vec<&KnownKey> = known.iter().filter(|key| key.kind == kind.as_str()).collect();
    for key in &known {
        match ours.iter().find(|(version, _)| *version == key.version) {
            Some((_, check)) if *check != key.check_value => {
                return Err(wrong(keys, kind, &format!("its version {} is another key", key.version)));
            }
            Some(_) => {}
            None => {
                let needed = dependents(conn, kind, key.version, now)?;
                if !needed.is_nothing() {
                    let lacks = format!("it lacks version {}, which {needed} still need", key.version);
                    return Err(wrong(keys, kind, &lacks));
                }
                diesel::delete(server_keys::table.find((kind.as_str(), key.version))).execute(conn)?;
            }
        }
    }
    for (place, (version, check_value)) in ours.into_iter().enumerate() {
        let stored = known.iter().find(|key| key.version == version);
        let active_at = (place == 0).then_some(now);
        if stored.is_none() {
            let kind = kind.as_str().to_owned();
            let row = KnownKey { kind, version, check_value, created_at: now, active_at };
            diesel::insert_into(server_keys::table).values(row).execute(conn)?;
        } else if stored.is_some_and(|key| key.active_at.is_none()) && active_at.is_some() {
            diesel::update(server_keys::table.find((kind.as_str(), version)))
                .set(server_keys::active_at.eq(active_at))
                .execute(conn)?;
        }
    }
    Ok(())
}

fn wrong(keys: &ServerKeys, kind: KeyKind, why: &str) -> OpenError {
    let place = keys.place(kind);
    OpenError::Keys(format!(
        "{place} is not the {} that the database was written with: {why}. Put the right one back, from the backup of the keys; \
         where it is lost for good, see `sayless keys replace-lost --help`",
        kind.as_str()
    ))
}

/// Tries keys out on what a database without check values holds: a sealed secret must open, and then have its digest.
fn try_out(conn: &mut Conn, keys: &ServerKeys) -> Result<(), OpenError> {
    let secrets = signing_secrets::table
        .order(signing_secrets::id.desc())
        .limit(TRIED)
        .select((signing_secrets::webhook_id, signing_secrets::sealed, signing_secrets::digest))
        .load::<(WebhookId, String, String)>(conn)?;
    let is_empty = secrets.is_empty();
    let mut opened = secrets.into_iter().filter_map(|(webhook, sealed, digest)| {
        let secret = keys.sealing.open(webhook.as_str(), &sealed).ok()?;
        Some((String::from_utf8(secret).ok()?, digest))
    });
    let Some((secret, digest)) = opened.next() else {
        if is_empty {
            return Ok(());
        }
        return Err(wrong(keys, KeyKind::Sealing, "no signing secret can be opened with it"));
    };
    if keys.digests(&secret).contains(&digest) || opened.any(|(s, d)| keys.digests(&s).contains(&d)) {
        return Ok(());
    }
    Err(wrong(keys, KeyKind::Pepper, "no signing secret has its digest under it"))
}

/// How much of what still works was made under one version of a key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dependents {
    pub api_keys: i64,
    pub client_secrets: i64,
    pub refresh_tokens: i64,
    pub signing_secrets: i64,
    pub signing_keys: i64,
    /// Webhooks with request headers of their owner's.
    pub headers: i64,
    pub kept_answers: i64,
}

impl Dependents {
    /// `true` where the version may be dropped.
    pub const fn is_nothing(self) -> bool {
        self.api_keys
            + self.client_secrets
            + self.refresh_tokens
            + self.signing_secrets
            + self.signing_keys
            + self.headers
            + self.kept_answers
            == 0
    }
}

impl std::fmt::Display for Dependents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = [
            (self.api_keys, "API keys"),
            (self.client_secrets, "client secrets"),
            (self.refresh_tokens, "refresh tokens"),
            (self.signing_secrets, "signing secrets"),
            (self.signing_keys, "keys that sign access tokens"),
            (self.headers, "webhooks' own request headers"),
            (self.kept_answers, "answers kept for idempotency keys"),
        ];
        let some = all.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{what}: {count}"));
        let text = some.collect::<Vec<_>>().join(", ");
        f.write_str(if text.is_empty() { "nothing" } else { &text })
    }
}

/// What still works and was made under a version of a key.
pub fn dependents(conn: &mut Conn, kind: KeyKind, version: i32, now: Timestamp) -> QueryResult<Dependents> {
    match kind {
        KeyKind::Pepper => peppered(conn, version, now),
        KeyKind::Sealing => {
            let under = format!("{version}.%");
            Ok(Dependents {
                signing_secrets: signing_secrets::table
                    .filter(signing_secrets::sealed.like(&under))
                    .filter(signing_secrets::expires_at.is_null().or(signing_secrets::expires_at.gt(now)))
                    .count()
                    .get_result(conn)?,
                signing_keys: signing_keys::table
                    .filter(signing_keys::sealed.like(&under))
                    .count()
                    .get_result(conn)?,
                headers: sealed::headers_under(conn, version)?,
                kept_answers: sealed::answers_under(conn, version, now)?,
                ..Dependents::default()
            })
        }
    }
}

fn peppered(conn: &mut Conn, version: i32, now: Timestamp) -> QueryResult<Dependents> {
    let api_keys = api_keys::table
        .filter(api_keys::pepper_version.eq(version))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
        .filter(api_keys::ends_at.is_null().or(api_keys::ends_at.gt(now)))
        .count()
        .get_result(conn)?;
    let client_secrets = client_secrets::table
        .filter(client_secrets::pepper_version.eq(version))
        .filter(client_secrets::expires_at.is_null().or(client_secrets::expires_at.gt(now)))
        .count()
        .get_result(conn)?;
    // Refresh tokens are not stored: the time at which one was given says under which pepper.
    let (from, until) = active(conn, version)?;
    let refresh_tokens = token_families::table
        .filter(token_families::refreshable)
        .filter(token_families::revoked_at.is_null())
        .filter(token_families::ends_at.gt(now))
        .filter(token_families::rotated_at.ge(from))
        .filter(token_families::rotated_at.lt(until))
        .count()
        .get_result(conn)?;
    Ok(Dependents { api_keys, client_secrets, refresh_tokens, ..Dependents::default() })
}

/// The time in which a pepper was the one for new credentials; the first one was so from ever.
fn active(conn: &mut Conn, version: i32) -> QueryResult<(Timestamp, Timestamp)> {
    const EVER: Timestamp = Timestamp::from_millis(0);
    const NEVER: Timestamp = Timestamp::from_millis(i64::MAX);
    let mut turns: Vec<(Timestamp, i32)> = all(conn)?
        .into_iter()
        .filter(|key| key.kind == KeyKind::Pepper.as_str())
        .filter_map(|key| Some((key.active_at?, key.version)))
        .collect();
    turns.sort_unstable();
    let Some(turn) = turns.iter().position(|(_, other)| *other == version) else { return Ok((NEVER, NEVER)) };
    let from = if turn == 0 { EVER } else { turns[turn].0 };
    Ok((from, turns.get(turn + 1).map_or(NEVER, |(at, _)| *at)))
}
