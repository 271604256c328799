//! Pages of lists on the wire: `limit` and `cursor` in, `next_cursor` out. A cursor is signed, so that only ours are read.

use std::{fmt::Display, str::FromStr};

use api_types::{
    Page,
    page::{DEFAULT_LIMIT, MAX_LIMIT},
    problem::FaultCode,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    problem::Failure,
    query::{FromQuery, Query, QueryReader},
};
use crate::{crypto::keys::ServerKeys, db::Slice};

/// The two parameters of every list.
#[derive(Clone, Debug, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// How many results to give: 1 to 200, 50 where absent.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl PageParams {
    /// The part of a list that the parameters ask for; a cursor that is not one of ours for this list is refused.
    pub fn slice<Id: FromStr>(&self, keys: &ServerKeys) -> Result<Slice<Id>, Failure> {
        let before = self.cursor.as_deref().map(|cursor| open(cursor, keys)).transpose()?;
        Ok(Slice { before, limit: self.limit.unwrap_or(DEFAULT_LIMIT) })
    }
}

/// The query of a list: the page that is asked for, and the list's own filter.
pub type ListQuery<F = ()> = Query<Listed<F>>;

/// A page of a list, with the list's filter.
#[derive(Clone, Debug)]
pub struct Listed<F> {
    pub page: PageParams,
    pub filter: F,
}

impl<F: FromQuery> FromQuery for Listed<F> {
    fn read(query: &mut QueryReader) -> Self {
        let page = PageParams { limit: query.number("limit", MAX_LIMIT), cursor: query.value("cursor") };
        Self { page, filter: F::read(query) }
    }
}

/// Makes the page of the rows that [`Slice::fetch`] brought; `id` is what a cursor remembers of its last row.
pub fn page<T, Id: Copy + Display>(
    slice: Slice<Id>,
    mut rows: Vec<T>,
    id: impl Fn(&T) -> Id,
    keys: &ServerKeys,
) -> Page<T> {
    let limit = slice.limit as usize;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|last| seal(&id(last).to_string(), keys));
    Page { data: rows, next_cursor }
}

/// A cursor that remembers a text.
pub fn seal(text: &str, keys: &ServerKeys) -> String {
    let mut bytes = keys.tag(&[b"cursor", text.as_bytes()]).to_vec();
    bytes.extend_from_slice(text.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn open<Id: FromStr>(cursor: &str, keys: &ServerKeys) -> Result<Id, Failure> {
    open_as("cursor", cursor, keys)
}

/// What a cursor of ours remembers, which came as this parameter.
pub fn open_as<Id: FromStr>(parameter: &str, cursor: &str, keys: &ServerKeys) -> Result<Id, Failure> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (tag, text) = bytes.split_at_checked(12)?;
        let genuine = subtle::ConstantTimeEq::ct_eq(tag, keys.tag(&[b"cursor", text]).as_slice());
        bool::from(genuine).then_some(())?;
        std::str::from_utf8(text).ok()?.parse().ok()
    };
    read().ok_or_else(|| {
        let detail = "It is not a cursor of this list. Start again without one.";
        Failure::parameter(parameter, FaultCode::Malformed, detail)
    })
}

#[cfg(test)]
mod tests {
    use api_types::ids::TicketId;
    use proptest::prelude::*;

    use super::*;
    use crate::{properties::hold, random::Random};

    #[test]
    fn only_our_own_cursors_are_read_and_as_they_were_made() {
        let keys = ServerKeys::random(&Random::from_seed(1));
        let others = ServerKeys::random(&Random::from_seed(2));
        let place = (any::<prop::sample::Index>(), prop::sample::select(&b"ABCabc019-_=%."[..]));
        hold(&(0..1_u64 << 48, any::<u128>(), place), |(ms, random, (at, byte))| {
            let id = TicketId::from_parts(ms, random >> 48);
            let cursor = seal(&id.to_string(), &keys);
            assert_eq!(open::<TicketId>(&cursor, &keys).expect("ours"), id);
            assert!(open::<TicketId>(&cursor, &others).is_err());
            let mut changed = cursor.clone().into_bytes();
            let at = at.index(changed.len());
            changed[at] = byte;
            let changed = String::from_utf8(changed).expect("ASCII");
            assert_eq!(open::<TicketId>(&changed, &keys).is_ok(), changed == cursor, "{changed}");
            assert!(open::<TicketId>(&cursor[..at], &keys).is_err());
        });
        hold(&prop_oneof![".{0,60}", "[A-Za-z0-9_-]{0,60}"], |text: String| {
            assert!(open::<TicketId>(&text, &keys).is_err());
        });
    }
}
