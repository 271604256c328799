//! Lists: a page, or everything, page by page.

use crate::call::Call;
use crate::client::{Client, Sayless};
use crate::error::Error;
use crate::request::Request;
use futures_core::Stream;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, IntoFuture as _, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// A list that is about to be read: filters, and then [`List::page`] or everything.
///
/// ```no_run
/// # async fn example(sayless: sayless::Sayless) -> Result<(), sayless::Error> {
/// use sayless::models::DeliveryStatus;
///
/// let mut failed = sayless.deliveries().list().status([DeliveryStatus::Failed]).stream();
/// while let Some(delivery) = failed.next().await {
///     println!("{}", delivery?.id);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is read before a page or a stream is asked for"]
pub struct List<C, K> {
    pub(crate) client: C,
    pub(crate) request: Request,
    kind: PhantomData<fn() -> K>,
}

/// The parts in which one list differs from another.
pub trait Kind {
    /// The kind of item in the list.
    type Item: DeserializeOwned + Send + 'static;
    /// How its pages follow each other.
    const PAGES: Pages;
}

/// How the pages of a list follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pages {
    /// `next_cursor` goes into `cursor`, and the last page has none.
    Cursor,
    /// A log: `next_cursor` goes into `after`. The log is read to its end, or on and on where each page waits for events.
    Log,
    /// There is one page.
    One,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The results.
    pub data: Vec<T>,
    /// What `cursor` is for the next page (`after`, for the log of events); absent on the last one.
    pub next_cursor: Option<String>,
}

impl<C: Client, K: Kind> List<C, K> {
    pub(crate) fn new(client: &C, request: Request) -> Self {
        Self { client: client.clone(), request, kind: PhantomData }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.request.query(name, value);
        self
    }

    pub(crate) fn with_all<W: AsRef<str>>(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = W>,
    ) -> Self {
        for value in values {
            self.request.query(name, value);
        }
        self
    }

    /// How long the request of one page may take.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.request.timeout = Some(timeout);
        self
    }

    /// How often a page is asked for again after a failure.
    pub fn max_retries(mut self, times: u32) -> Self {
        self.request.max_retries = Some(times);
        self
    }

    /// One page: the first, or the one at `cursor`.
    pub fn page(self) -> Call<C, Page<K::Item>> {
        Call::new(&self.client, self.request)
    }
}

impl<K: Kind> List<Sayless, K> {
    /// Everything, page by page: a [`Stream`] that fetches a page when the one before is used up.
    pub fn stream(self) -> Items<K::Item> {
        Items::new(self.client, self.request, K::PAGES)
    }
}

impl<C, K> fmt::Debug for List<C, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("List").field(&self.request).finish()
    }
}

/// The results of a list, of all its pages. After an error it ends.
#[must_use = "a stream reads nothing before it is polled"]
pub struct Items<T> {
    client: Sayless,
    request: Request,
    pages: Pages,
    buffer: VecDeque<T>,
    state: State<T>,
}

enum State<T> {
    Ready,
    Fetching(Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>),
    Done,
}

impl<T: DeserializeOwned + Send + 'static> Items<T> {
    pub(crate) fn new(client: Sayless, request: Request, pages: Pages) -> Self {
        Self { client, request, pages, buffer: VecDeque::new(), state: State::Ready }
    }

    /// The next result. As the stream's `next` in `futures_util`, which this spares.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.buffer.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match &mut self.state {
                State::Done => return Poll::Ready(None),
                State::Ready => {
                    let call = Call::new(&self.client, self.request.clone());
                    self.state = State::Fetching(call.into_future());
                }
                State::Fetching(page) => match ready!(page.as_mut().poll(context)) {
                    Ok(page) => self.take(page),
                    Err(error) => {
                        self.state = State::Done;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
            }
        }
    }

    fn take(&mut self, page: Page<T>) {
        let at_end = page.data.is_empty() && !self.request.has_query("wait");
        self.buffer = page.data.into();
        self.state = match (self.pages, page.next_cursor) {
            (Pages::Cursor, Some(cursor)) => self.go_on("cursor", cursor),
            (Pages::Log, Some(cursor)) if !at_end => self.go_on("after", cursor),
            _ => State::Done,
        };
    }

    fn go_on(&mut self, parameter: &'static str, cursor: String) -> State<T> {
        self.request.replace_query(parameter, cursor);
        State::Ready
    }
}

impl<T> Unpin for Items<T> {}

impl<T: DeserializeOwned + Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Items").field(&self.request).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Page;
    use crate::models::{Ticket, TicketStatus};

    #[test]
    fn a_page_of_a_later_server_is_read() {
        let page = serde_json::json!({ "total": 1, "data": [{
            "id": "tkt_1", "title": "Printer on fire", "body": "", "status": "snoozed", "priority": 5,
            "created_at": "2026-11-23T06:44:50.123Z", "updated_at": "2026-11-23T06:44:50.123Z" }] });
        let page: Page<Ticket> = serde_json::from_value(page).unwrap();
        assert_eq!(page.data[0].status, TicketStatus::Other("snoozed".to_owned()));
        assert!(page.next_cursor.is_none() && page.data[0].assignee.is_none());
    }
}
