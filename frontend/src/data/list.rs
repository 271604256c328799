//! A list of the API as signals, page by page: rows change in place, and come and go where nobody is reading them.

use std::{cell::Cell, sync::Arc};

use api_types::{Page, stream::Topic};
use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

use crate::{
    api::{call::Query, error::ApiError},
    browser,
    data::{
        cache::{Address, Wire, cached, fetch},
        has_id::HasId,
        requests::Requests,
    },
    paths::with_query,
    stream,
};

/// The progress of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// The first page is not here yet.
    Loading,
    /// The first page is here.
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

/// Changes that a list holds back so that no row moves under a reader's eyes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// The number of rows that are new.
    pub arrived: usize,
    /// True where more rows are new than one answer holds.
    pub more: bool,
    /// Ids of rows that are shown and no longer belong here.
    pub gone: Vec<String>,
}

#[derive(Clone)]
pub struct List<T: Wire + HasId + DeserializeOwned> {
    /// The rows, newest first.
    pub rows: ArcRwSignal<Vec<Row<T>>>,
    /// The progress of the list.
    pub phase: ArcRwSignal<Phase>,
    /// The cursor at which the next page starts; `None` on the last.
    pub next: ArcRwSignal<Option<String>>,
    /// Changes that wait until the reader asks for them.
    pub news: ArcRwSignal<News>,
    /// The id of the element that holds the rows.
    pub element_id: Arc<str>,
    held: ArcRwSignal<Option<Page<T>>>,
    path: Address,
    limit: usize,
    /// The parameter that takes the cursor of the next page.
    cursor: &'static str,
    requests: Arc<Requests>,
}

/// The use of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// The answer is the list.
    Whole,
    /// The answer is the next page.
    Next,
    /// The answer is the list, which somebody may be reading.
    Unasked,
}

thread_local! {
    static LISTS: Cell<u32> = const { Cell::new(0) };
}

impl<T: Wire + HasId + DeserializeOwned> List<T> {
    /// Asks for the first `limit` of a list, again whenever the query changes.
    pub fn new(limit: usize, query: impl Fn() -> Query<Page<T>> + Send + Sync + 'static) -> Self {
        LISTS.set(LISTS.get() + 1);
        let list = Self {
            rows: ArcRwSignal::default(),
            phase: ArcRwSignal::new(Phase::Loading),
            next: ArcRwSignal::default(),
            news: ArcRwSignal::default(),
            element_id: format!("list{}", LISTS.get()).into(),
            held: ArcRwSignal::default(),
            path: Arc::new(move || query().into_path()),
            limit,
            cursor: "cursor",
            requests: Arc::default(),
        };
        let this = list.clone();
        Effect::new(move |_| {
            let path = page_path(&(this.path)(), limit, None);
            match cached::<Page<T>>(&path) {
                Some(page) => this.put(page, false),
                None => this.phase.set(Phase::Loading),
            }
            this.fetch(path, Purpose::Whole);
        });
        list
    }

    /// Asks for the next page by another parameter than `cursor`.
    #[must_use]
    pub fn going_on_by(self, cursor: &'static str) -> Self {
        Self { cursor, ..self }
    }

    /// Follows the stream: fetches again when one of these topics changes, of this webhook where one is named. Rows change
    /// in place; they come and go by themselves only where that moves nothing under the reader's eyes, pointer or focus,
    /// and wait in `news` otherwise.
    #[must_use]
    pub fn live(self, topics: &'static [Topic], webhook: impl Fn() -> Option<String> + 'static) -> Self {
        let this = self.clone();
        stream::watch(topics, webhook, move || {
            if this.requests.may_begin() {
                this.fetch(this.first_page(), Purpose::Unasked);
            }
        });
        self
    }

    /// As many rows as are here (200 at most).
    fn first_page(&self) -> String {
        let limit = self.rows.with_untracked(Vec::len).clamp(self.limit, 200);
        page_path(&untrack(|| (self.path)()), limit, None)
    }

    /// Fetches again as many rows as are here (200 at most), showing what is here meanwhile.
    pub fn refresh(&self) {
        self.fetch(self.first_page(), Purpose::Whole);
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
            self.fetch(
                page_path(&untrack(|| (self.path)()), self.limit, Some((self.cursor, &cursor))),
                Purpose::Next,
            );
        }
    }

    /// Shows the changes that were held back.
    pub fn show_news(&self) {
        if let Some(page) = self.held.try_update(Option::take).flatten() {
            self.put(page, false);
        }
    }

    fn fetch(&self, path: String, purpose: Purpose) {
        let run = self.requests.begin();
        let this = self.clone();
        spawn_local(async move {
            let answer = fetch::<Page<T>>(&path).await;
            if !this.requests.end(run) {
                return;
            }
            if purpose != Purpose::Next && this.requests.wanted_again() {
                this.fetch(path, Purpose::Unasked);
            }
            match (answer, purpose) {
                (Ok(page), Purpose::Unasked) => this.take_unasked(page),
                (Ok(page), _) => this.put(page, purpose == Purpose::Next),
                (Err(error), Purpose::Next) => this.phase.set(Phase::MoreFailed(error)),
                (Err(error), _) => {
                    if this.phase.with_untracked(|phase| matches!(phase, Phase::Loading | Phase::Failed(_))) {
                        this.phase.set(Phase::Failed(error));
                    }
                }
            }
        });
    }

    /// Shows an answer that nobody asked for, as far as nothing moves, and holds the rest back.
    fn take_unasked(&self, mut page: Page<T>) {
        let old = self.rows.get_untracked();
        self.keep_rest(&mut page, &old);
        let ids: Vec<String> = page.data.iter().map(HasId::id).collect();
        let known: Vec<&str> = old.iter().map(|(id, _)| id.as_str()).collect();
        let news = news(&known, &ids, page.next_cursor.is_some());
        if news == News::default() || old.is_empty() || browser::may_move(&self.element_id) {
            self.put(page, false);
            return;
        }
        for object in &page.data {
            let id = object.id();
            if let Some((_, signal)) = old.iter().find(|(known, _)| *known == id)
                && signal.with_untracked(|known| known != object)
            {
                signal.set(object.clone());
            }
        }
        self.held.set(Some(page));
        if self.news.with_untracked(|old| *old != news) {
            self.news.set(news);
        }
    }

    /// A list that is longer than one answer can be keeps what lies beyond it.
    fn keep_rest(&self, page: &mut Page<T>, old: &[Row<T>]) {
        let Some(last) = page.data.last().map(HasId::id) else { return };
        if page.next_cursor.is_some() && old.len() > page.data.len() {
            let rest = old.iter().filter(|(id, _)| *id < last);
            page.data.extend(rest.map(|(_, signal)| signal.get_untracked()));
            page.next_cursor = self.next.get_untracked();
        }
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
        let same = rows.len() == old.len() && rows.iter().zip(&old).all(|(row, old)| row.0 == old.0);
        if !same {
            self.rows.set(rows);
        }
        if !append {
            self.held.set(None);
            if self.news.with_untracked(|news| *news != News::default()) {
                self.news.set(News::default());
            }
        }
        if self.next.with_untracked(|next| *next != page.next_cursor) {
            self.next.set(page.next_cursor);
        }
        if self.phase.with_untracked(|phase| *phase != Phase::Ready) {
            self.phase.set(Phase::Ready);
        }
    }
}

/// Compares an answer with these ids, newest first, with the rows that are shown; `more`: the answer has a next page.
fn news(shown: &[&str], ids: &[String], more: bool) -> News {
    let is_shown = |id: &String| shown.contains(&id.as_str());
    let last = ids.iter().rposition(is_shown);
    // Behind the last row that is known there is only what moved up from the next page.
    let arrived = ids[..last.unwrap_or(ids.len())].iter().filter(|id| !is_shown(id)).count();
    // A row that is older than the answer's end was pushed onto the next page; it still belongs to the list.
    let reaches = |id: &str| !more || ids.last().is_some_and(|end| id > end.as_str());
    let gone = shown.iter().filter(|id| reaches(id) && !ids.iter().any(|other| other == *id));
    News { arrived, more: more && last.is_none(), gone: gone.map(|id| (*id).to_owned()).collect() }
}

fn page_path(path: &str, limit: usize, next: Option<(&str, &str)>) -> String {
    let (name, cursor) = next.unwrap_or_default();
    with_query(path, &[("limit", &limit.to_string()), (name, cursor)])
}

#[cfg(test)]
mod tests {
    use super::news;

    #[test]
    fn what_a_list_holds_back_is_what_came_and_went_before_the_readers_eyes() {
        let ids = |ids: &[&str]| -> Vec<String> { ids.iter().map(|id| (*id).to_owned()).collect() };
        let shown = ["d", "c", "b"];
        assert_eq!(news(&shown, &ids(&["d", "c", "b"]), true), super::News::default());
        let two = news(&shown, &ids(&["f", "e", "d"]), true);
        assert_eq!((two.arrived, two.more, two.gone.len()), (2, false, 0));
        let flood = news(&shown, &ids(&["z", "y", "x"]), true);
        assert_eq!((flood.arrived, flood.more, flood.gone.len()), (3, true, 0));
        let left = news(&shown, &ids(&["d", "b", "a"]), true);
        assert_eq!((left.arrived, left.gone), (0, ids(&["c"])));
        assert_eq!(news(&shown, &[], false).gone, ids(&["d", "c", "b"]));
    }
}
