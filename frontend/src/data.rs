//! What the API answered, as signals: one object ([`Load`]) or a list by pages ([`List`]).
//!
//! Both show at once what was known when the page was last left (so that "back" lands where one was) and refetch. An
//! answer that a newer request has overtaken is dropped.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use api_types::Page;
use leptos::{prelude::*, task::spawn_local};

use serde::de::DeserializeOwned;

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

/// How far a request has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Loaded<T> {
    /// Not answered yet.
    Loading,
    /// Here it is.
    Ready(T),
    /// It failed, and there is nothing older to show.
    Failed(ApiError),
}

/// Where to fetch from; reactive.
type Address = Arc<dyn Fn() -> String + Send + Sync>;

/// One object.
#[derive(Clone)]
pub struct Load<T: Wire> {
    state: ArcRwSignal<Loaded<T>>,
    path: Address,
    run: Arc<AtomicU32>,
}

impl<T: Wire + Answer> Load<T> {
    /// Fetches from `path`, again whenever it changes.
    pub fn new(path: impl Fn() -> String + Send + Sync + 'static) -> Self {
        let load =
            Self { state: ArcRwSignal::new(Loaded::Loading), path: Arc::new(path), run: Arc::default() };
        let this = load.clone();
        Effect::new(move |_| {
            let path = (this.path)();
            this.state.set(known(&path).map_or(Loaded::Loading, Loaded::Ready));
            this.fetch(path);
        });
        load
    }

    /// What is known now.
    pub fn get(&self) -> Loaded<T> {
        self.state.get()
    }

    /// The object, if it is here.
    pub fn ready(&self) -> Option<T> {
        self.state.with(|state| if let Loaded::Ready(value) = state { Some(value.clone()) } else { None })
    }

    /// A part of the object, as a signal that moves only when that part does.
    pub fn part<U: PartialEq + Send + Sync + 'static>(
        &self,
        pick: impl Fn(&T) -> U + Send + Sync + 'static,
    ) -> Memo<Option<U>> {
        let state = self.state.clone();
        Memo::new(move |_| {
            state.with(|state| if let Loaded::Ready(value) = state { Some(pick(value)) } else { None })
        })
    }

    /// Takes a newer version, as changes answer with.
    pub fn set(&self, value: T) {
        self.run.fetch_add(1, Relaxed);
        self.state.set(Loaded::Ready(value));
    }

    /// Fetches again, showing what is here meanwhile.
    pub fn refresh(&self) {
        self.fetch(untrack(|| (self.path)()));
    }

    /// Fetches again from the failed state, showing that it does.
    pub fn retry(&self) {
        self.state.set(Loaded::Loading);
        self.refresh();
    }

    fn fetch(&self, path: String) {
        let run = self.run.fetch_add(1, Relaxed) + 1;
        let this = self.clone();
        spawn_local(async move {
            let answer = fetch::<T>(&path).await;
            if this.run.load(Relaxed) != run {
                return;
            }
            match answer {
                Ok(value) => {
                    let value = Loaded::Ready(value);
                    if this.state.with_untracked(|old| *old != value) {
                        this.state.set(value);
                    }
                }
                Err(error) => {
                    // A passing fault does not take away what is on the screen; a vanished object does.
                    let keeps = this.state.with_untracked(|state| matches!(state, Loaded::Ready(_)));
                    if !keeps || error.is_not_found() {
                        this.state.set(Loaded::Failed(error));
                    }
                }
            }
        });
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
    api_types::oauth_apps::OAuthApp,
    api_types::webhooks::Webhook,
    api_types::deliveries::Delivery,
    api_types::audit::AuditEntry
);

/// How far a list has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// The first page is not here yet.
    Loading,
    /// Here it is.
    Ready,
    /// A further page is on its way.
    More,
    /// The first page failed.
    Failed(ApiError),
    /// A further page failed.
    MoreFailed(ApiError),
}

/// A row: its id, and its object as a signal, so that a refetch changes rows in place and focus stays where it is.
pub type Row<T> = (String, ArcRwSignal<T>);

/// A list by pages.
#[derive(Clone)]
pub struct List<T: Wire + HasId + DeserializeOwned> {
    /// The rows, newest first.
    pub rows: ArcRwSignal<Vec<Row<T>>>,
    /// How far it has come.
    pub phase: ArcRwSignal<Phase>,
    /// Where the next page starts.
    pub next: ArcRwSignal<Option<String>>,
    path: Address,
    limit: usize,
    run: Arc<AtomicU32>,
}

impl<T: Wire + HasId + DeserializeOwned> List<T> {
    /// Fetches the first `limit` from `path` (which may have a query), again whenever it changes.
    pub fn new(limit: usize, path: impl Fn() -> String + Send + Sync + 'static) -> Self {
        let list = Self {
            rows: ArcRwSignal::default(),
            phase: ArcRwSignal::new(Phase::Loading),
            next: ArcRwSignal::default(),
            path: Arc::new(path),
            limit,
            run: Arc::default(),
        };
        let this = list.clone();
        Effect::new(move |_| {
            let path = page_path(&(this.path)(), limit, None);
            match known::<Page<T>>(&path) {
                Some(page) => this.put(page, false),
                None => this.phase.set(Phase::Loading),
            }
            this.fetch(path, false);
        });
        list
    }

    /// Fetches again as many rows as are here (200 at most), showing what is here meanwhile.
    pub fn refresh(&self) {
        let limit = self.rows.with_untracked(Vec::len).clamp(self.limit, 200);
        self.fetch(page_path(&untrack(|| (self.path)()), limit, None), false);
    }

    /// Fetches again from the failed state, showing that it does.
    pub fn retry(&self) {
        self.phase.set(Phase::Loading);
        self.refresh();
    }

    /// Fetches the next page.
    pub fn more(&self) {
        if let Some(cursor) = self.next.get_untracked() {
            self.phase.set(Phase::More);
            self.fetch(page_path(&untrack(|| (self.path)()), self.limit, Some(&cursor)), true);
        }
    }

    fn fetch(&self, path: String, append: bool) {
        let run = self.run.fetch_add(1, Relaxed) + 1;
        let this = self.clone();
        spawn_local(async move {
            let answer = fetch::<Page<T>>(&path).await;
            if this.run.load(Relaxed) != run {
                return;
            }
            match answer {
                Ok(page) => this.put(page, append),
                Err(error) if append => this.phase.set(Phase::MoreFailed(error)),
                Err(error) => {
                    if this.phase.with_untracked(|phase| *phase != Phase::Ready) {
                        this.phase.set(Phase::Failed(error));
                    }
                }
            }
        });
    }

    fn put(&self, page: Page<T>, append: bool) {
        let old = self.rows.get_untracked();
        let mut rows = if append { old.clone() } else { Vec::with_capacity(page.data.len()) };
        for object in page.data {
            let id = object.id();
            let row = old.iter().find(|(known, _)| *known == id);
            match row {
                Some((_, signal)) => {
                    if signal.with_untracked(|known| *known != object) {
                        signal.set(object);
                    }
                    if !append {
                        rows.push((id, signal.clone()));
                    }
                }
                None => rows.push((id, ArcRwSignal::new(object))),
            }
        }
        self.rows.set(rows);
        self.next.set(page.next_cursor);
        self.phase.set(Phase::Ready);
    }
}

fn page_path(path: &str, limit: usize, cursor: Option<&str>) -> String {
    let join = if path.contains('?') { '&' } else { '?' };
    let cursor =
        cursor.map(|cursor| format!("&cursor={}", crate::browser::encode(cursor))).unwrap_or_default();
    format!("{path}{join}limit={limit}{cursor}")
}
