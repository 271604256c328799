//! The key pairs that sign access tokens, with their private halves sealed.

use api_types::Timestamp;
use diesel::prelude::*;

use super::{Conn, schema::signing_keys};

/// A key pair as it is stored.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = signing_keys)]
pub struct SigningKeyRow {
    pub id: String,
    pub public_key: String,
    /// The private half, encrypted with the sealing key.
    pub sealed: String,
    pub created_at: Timestamp,
    /// The time from which the key signs.
    pub active_at: Timestamp,
}

/// All keys, in the order in which they start to sign.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<SigningKeyRow>> {
    signing_keys::table
        .order((signing_keys::active_at, signing_keys::created_at, signing_keys::id))
        .select(SigningKeyRow::as_select())
        .load(conn)
}

pub fn insert(conn: &mut Conn, row: &SigningKeyRow) -> QueryResult<()> {
    diesel::insert_into(signing_keys::table).values(row).execute(conn).map(drop)
}

/// Lets a key sign from `at` on.
pub fn set_active(conn: &mut Conn, id: &str, at: Timestamp) -> QueryResult<()> {
    diesel::update(signing_keys::table.find(id)).set(signing_keys::active_at.eq(at)).execute(conn).map(drop)
}

pub fn delete(conn: &mut Conn, ids: &[String]) -> QueryResult<()> {
    diesel::delete(signing_keys::table.filter(signing_keys::id.eq_any(ids))).execute(conn).map(drop)
}
