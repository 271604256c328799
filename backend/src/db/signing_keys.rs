//! The keys that sign access tokens.

use api_types::Timestamp;
use diesel::prelude::*;

use super::{Conn, schema::signing_keys};

/// A key as it is stored.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = signing_keys)]
pub struct KeyRow {
    /// Its id.
    pub id: String,
    /// The public half.
    pub public_key: String,
    /// The private half, sealed.
    pub sealed: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub active_at: Timestamp,
}

/// All keys, by when they start to sign.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<KeyRow>> {
    signing_keys::table
        .order((signing_keys::active_at, signing_keys::created_at, signing_keys::id))
        .select(KeyRow::as_select())
        .load(conn)
}

/// Stores a key.
pub fn insert(conn: &mut Conn, row: &KeyRow) -> QueryResult<()> {
    diesel::insert_into(signing_keys::table).values(row).execute(conn).map(drop)
}

/// Removes keys.
pub fn delete(conn: &mut Conn, ids: &[String]) -> QueryResult<()> {
    diesel::delete(signing_keys::table.filter(signing_keys::id.eq_any(ids))).execute(conn).map(drop)
}
