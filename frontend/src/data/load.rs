//! One object of the API as a signal: asked for, fetched again, and kept on the screen through a passing fault.

use std::sync::Arc;

use api_types::stream::Topic;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{answer::Answer, call::Query, error::ApiError},
    browser,
    data::{
        cache::{Address, Wire, cached, fetch},
        requests::Requests,
    },
    stream,
};

/// The progress of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Loaded<T> {
    /// Not answered yet.
    Loading,
    /// The object is here.
    Ready(T),
    /// The request failed, and there is nothing older to show.
    Failed(ApiError),
}

/// An object that is asked for, and its state.
#[derive(Clone)]
pub struct Load<T: Wire> {
    state: ArcRwSignal<Loaded<T>>,
    path: Address,
    requests: Arc<Requests>,
}

impl<T: Wire + Answer> Load<T> {
    /// Asks for an object, again whenever the query changes.
    pub fn new(query: impl Fn() -> Query<T> + Send + Sync + 'static) -> Self {
        let load = Self {
            state: ArcRwSignal::new(Loaded::Loading),
            path: Arc::new(move || query().into_path()),
            requests: Arc::default(),
        };
        let this = load.clone();
        Effect::new(move |_| {
            let path = (this.path)();
            this.state.set(cached(&path).map_or(Loaded::Loading, Loaded::Ready));
            this.fetch(path);
        });
        load
    }

    /// Follows the stream: fetches again when one of these topics changes, of this webhook where one is named.
    #[must_use]
    pub fn live(self, topics: &'static [Topic], webhook: impl Fn() -> Option<String> + 'static) -> Self {
        let this = self.clone();
        stream::watch(topics, webhook, move || {
            if this.requests.may_begin() {
                this.refresh();
            }
        });
        self
    }

    /// Fetches again whenever the reader comes back to the tab, for what no topic of the stream tells of.
    #[must_use]
    pub fn on_return(self) -> Self {
        let this = self.clone();
        browser::on_return(move || {
            if this.requests.may_begin() {
                this.refresh();
            }
        });
        self
    }

    /// The state now, followed by the caller.
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
        self.requests.overtake();
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
        let run = self.requests.begin();
        let this = self.clone();
        spawn_local(async move {
            let answer = fetch::<T>(&path).await;
            if !this.requests.end(run) {
                return;
            }
            if this.requests.wanted_again() {
                this.fetch(path);
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
