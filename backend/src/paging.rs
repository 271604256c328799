//! Pages of lists: `limit` and `cursor` in, `next_cursor` out.

use std::{fmt::Display, str::FromStr};

use api_types::{
    Page, Timestamp,
    page::{DEFAULT_LIMIT, MAX_LIMIT},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::{crypto::keys::ServerKeys, problem::Failure};

/// The two parameters of every list.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// How many results to give: 1 to 200, 50 where absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    pub limit: Option<String>,
    /// Where to go on: the `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// How far apart the time in a row's id and the row's own may be: both are taken within one transaction.
const APART: i64 = 60_000;

/// The least id that a row of this time or later has: ids sort by age, so that an index by id also serves times.
pub fn made_since<Id>(since: Timestamp, id: impl Fn(u64, u128) -> Id) -> Id {
    id(id_time(since.as_millis().saturating_sub(APART)), 0)
}

/// An id that no row from before this time has or exceeds.
pub fn made_until<Id>(until: Timestamp, id: impl Fn(u64, u128) -> Id) -> Id {
    id(id_time(until.as_millis().saturating_add(APART)), 0)
}

/// Milliseconds as an id holds them, in 48 bits.
fn id_time(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or_default().min((1 << 48) - 1)
}

/// The part of a list that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Slice<Id> {
    /// Only what is older than this.
    pub before: Option<Id>,
    limit: u32,
}

impl<Id: Copy + FromStr + Display> Slice<Id> {
    /// Reads the parameters; a cursor that is not one of ours for this list is refused.
    pub fn parse(params: &PageParams, keys: &ServerKeys) -> Result<Self, Failure> {
        let limit = match params.limit.as_deref() {
            None => DEFAULT_LIMIT,
            Some(text) => {
                text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or_else(|| {
                    Failure::parameter("limit", format!("It must be a number from 1 to {MAX_LIMIT}."))
                })?
            }
        };
        let before = params.cursor.as_deref().map(|cursor| open(cursor, keys)).transpose()?;
        Ok(Self { before, limit })
    }

    /// How many rows to fetch: one more than the page holds, to learn whether there are more.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Makes the page of the rows that [`Slice::fetch`] brought.
    pub fn page<T>(&self, mut rows: Vec<T>, id: impl Fn(&T) -> Id, keys: &ServerKeys) -> Page<T> {
        let limit = self.limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|last| seal(&id(last).to_string(), keys));
        Page { data: rows, next_cursor }
    }
}

fn seal(text: &str, keys: &ServerKeys) -> String {
    let mut bytes = keys.tag(&[b"cursor", text.as_bytes()]).to_vec();
    bytes.extend_from_slice(text.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn open<Id: FromStr>(cursor: &str, keys: &ServerKeys) -> Result<Id, Failure> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (tag, text) = bytes.split_at_checked(12)?;
        let genuine = subtle::ConstantTimeEq::ct_eq(tag, keys.tag(&[b"cursor", text]).as_slice());
        bool::from(genuine).then_some(())?;
        std::str::from_utf8(text).ok()?.parse().ok()
    };
    read().ok_or_else(|| {
        Failure::parameter("cursor", "It is not a cursor of this list. Start again without one.")
    })
}
