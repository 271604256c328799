//! The client for programs without an async runtime: the same resources and methods, with [`Call::send`] in the place of
//! `await` and [`List::iter`] in the place of a stream.
//!
//! ```no_run
//! # fn main() -> Result<(), sayless::Error> {
//! let sayless = sayless::blocking::Sayless::new("https://sayless.example", "slk_…")?;
//! for ticket in sayless.tickets().list() {
//!     println!("{}", ticket?.title);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! It must not be used inside an async runtime, nor dropped there.

use crate::builder::Builder;
use crate::call::Call;
use crate::client::{self, Client, private};
use crate::error::Error;
use crate::list::{Items, Kind, List};
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// The blocking client: one for a server and a credential, cheap to clone.
#[derive(Clone)]
pub struct Sayless {
    client: client::Sayless,
    runtime: Arc<Runtime>,
}

impl Sayless {
    /// A client of the server at `base_url` with an API key.
    pub fn new(base_url: impl Into<String>, api_key: impl Into<String>) -> Result<Self, Error> {
        Self::builder().base_url(base_url).api_key(api_key.into()).build_blocking()
    }

    /// A client of the server that `SAYLESS_URL` names, with the key in `SAYLESS_API_KEY`.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().build_blocking()
    }

    /// A client with more to say; [`Builder::build_blocking`] gives it.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The one thread keeps an eye on connections that wait for their next request.
    fn around(client: client::Sayless) -> Result<Self, Error> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().thread_name("sayless").build();
        let runtime =
            runtime.map_err(|error| Error::invalid(format!("no thread can be started: {error}")))?;
        Ok(Self { client, runtime: Arc::new(runtime) })
    }
}

impl Builder {
    /// The client for programs without an async runtime.
    pub fn build_blocking(self) -> Result<Sayless, Error> {
        Sayless::around(self.build()?)
    }
}

impl Client for Sayless {}
impl private::Sealed for Sayless {}

impl fmt::Debug for Sayless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

impl<T> Call<Sayless, T> {
    /// Makes the call.
    pub fn send(self) -> Result<T, Error> {
        let Sayless { client, runtime } = self.client;
        runtime.block_on(Call { client, request: self.request, decode: self.decode }.send())
    }
}

impl<K: Kind> List<Sayless, K> {
    /// Everything, page by page: each page is fetched when the one before is used up.
    pub fn iter(&self) -> Iter<K::Item> {
        let Sayless { client, runtime } = self.client.clone();
        Iter { items: Items::new(client, self.request.clone(), K::PAGES), runtime }
    }
}

impl<K: Kind> IntoIterator for List<Sayless, K> {
    type Item = Result<K::Item, Error>;
    type IntoIter = Iter<K::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Kind> IntoIterator for &List<Sayless, K> {
    type Item = Result<K::Item, Error>;
    type IntoIter = Iter<K::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The results of a list, of all its pages. After an error it ends.
#[derive(Debug)]
#[must_use = "an iterator reads nothing before it is asked"]
pub struct Iter<T> {
    items: Items<T>,
    runtime: Arc<Runtime>,
}

impl<T: DeserializeOwned + Send + 'static> Iterator for Iter<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.runtime.block_on(self.items.next())
    }
}
