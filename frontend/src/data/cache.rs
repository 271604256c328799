//! The last good answer to each address, so that a page shows at once what was known when it was last left.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use crate::api::{answer::Answer, call::get_text, error::ApiError};

thread_local! {
    /// Answers as text, by path and query.
    static ANSWERS: RefCell<HashMap<String, String>> = RefCell::default();
}

/// Forgets every answer: they belong to the member who signs out.
pub fn forget_all() {
    ANSWERS.with_borrow_mut(HashMap::clear);
}

/// The last answer from this address, if there has been one.
pub fn cached<T: Answer>(path: &str) -> Option<T> {
    ANSWERS.with_borrow(|answers| answers.get(path).and_then(|answer| T::read(answer).ok()))
}

/// Asks the API, and keeps the answer.
pub async fn fetch<T: Answer>(path: &str) -> Result<T, ApiError> {
    let answer = get_text(path).await?;
    let parsed = T::read(&answer);
    ANSWERS.with_borrow_mut(|answers| answers.insert(path.to_owned(), answer));
    parsed.map_err(|_| ApiError::of_status(200))
}

/// Anything that the API sends and that a signal can hold.
pub trait Wire: Clone + PartialEq + Send + Sync + 'static {}
impl<T: Clone + PartialEq + Send + Sync + 'static> Wire for T {}

/// The path and query to fetch from; reactive.
pub type Address = Arc<dyn Fn() -> String + Send + Sync>;
