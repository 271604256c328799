//! What the API answered, as signals: one object ([`Load`]) or a list by pages ([`List`]).
//!
//! Both show at once what was known when the page was last left (so that "back" lands where one was) and refetch. An
//! answer that a newer request has overtaken is dropped. Both can follow the stream; a list then moves no row that
//! somebody may be reading, see [`List::live`].

mod list;
mod load;

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    },
};

pub use list::{List, News, Phase, Row};
pub use load::{Load, Loaded};

use crate::{
    answer::Answer,
    api::{self, ApiError},
};

thread_local! {
    /// The last good answer to each address.
    static KNOWN: RefCell<HashMap<String, String>> = RefCell::default();
}

/// Forgets every answer: they belong to the member who signs out.
pub fn forget_all() {
    KNOWN.with_borrow_mut(HashMap::clear);
}

fn known<T: Answer>(path: &str) -> Option<T> {
    KNOWN.with_borrow(|known| known.get(path).and_then(|answer| T::read(answer).ok()))
}

async fn fetch<T: Answer>(path: &str) -> Result<T, ApiError> {
    let answer = api::send("GET", path, None).await?;
    let parsed = T::read(&answer);
    KNOWN.with_borrow_mut(|known| known.insert(path.to_owned(), answer));
    parsed.map_err(|_| ApiError { status: 200, problem: None, retry_after: None })
}

/// What an object lives on: anything that the API sends.
pub trait Wire: Clone + PartialEq + Send + Sync + 'static {}
impl<T: Clone + PartialEq + Send + Sync + 'static> Wire for T {}

/// Where to fetch from; reactive.
type Address = Arc<dyn Fn() -> String + Send + Sync>;

/// The requests of one object or list.
#[derive(Default)]
struct Requests {
    /// The number of the newest.
    newest: AtomicU32,
    /// How many are under way.
    under_way: AtomicU32,
    /// Something changed while one was under way: fetch once more after it.
    again: AtomicBool,
}

impl Requests {
    fn begin(&self) -> u32 {
        self.under_way.fetch_add(1, Relaxed);
        self.newest.fetch_add(1, Relaxed) + 1
    }

    /// Whether the request that ended is the newest.
    fn end(&self, run: u32) -> bool {
        self.under_way.fetch_sub(1, Relaxed);
        self.newest.load(Relaxed) == run
    }

    /// Whether to fetch because of a hint now, rather than once the request under way has ended.
    fn may_begin(&self) -> bool {
        let free = self.under_way.load(Relaxed) == 0;
        self.again.store(!free, Relaxed);
        free
    }

    fn wanted_again(&self) -> bool {
        self.under_way.load(Relaxed) == 0 && self.again.swap(false, Relaxed)
    }
}

/// An object with an id, so that a list can tell which row is which.
pub trait HasId {
    /// The object's id.
    fn id(&self) -> String;
}

macro_rules! has_id {
    ($($name:path),+) => {$(
        impl HasId for $name {
            fn id(&self) -> String {
                self.id.to_string()
            }
        }
    )+};
}

has_id!(
    api_types::api_keys::ApiKey,
    api_types::authorizations::Authorization,
    api_types::oauth_apps::OAuthApp,
    api_types::webhooks::Webhook,
    api_types::deliveries::Delivery,
    api_types::recoveries::Recovery,
    api_types::audit::AuditEntry
);
