//! Requests to the API, with the session's cookie. Nothing is sent before a request is awaited.
//!
//! A [`Query`] reads and a [`Call`] changes something. The files beside this one make both, one function for each
//! operation; `data` keeps the answer to a [`Query`] and shows it again, a page awaits a [`Call`].

use std::{
    cell::{Cell, RefCell},
    future::Future,
    marker::PhantomData,
    pin::Pin,
};

use api_types::{ProblemType, ids::WorkspaceId};

use leptos::prelude::window;
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

use crate::{
    api::{answer::Answer, error::ApiError},
    paths,
};

/// An answer on its way.
type Answering<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// A request that reads: `GET path`.
pub struct Query<T> {
    path: String,
    answer: PhantomData<fn() -> T>,
}

impl<T: Answer> Query<T> {
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), answer: PhantomData }
    }

    /// The query narrowed by the parameters that have a value.
    #[must_use]
    pub fn with(self, parameters: &[(&str, &str)]) -> Self {
        Self::new(paths::with_query(&self.path, parameters))
    }

    /// The path with its query, under which `data` keeps the answer.
    pub fn into_path(self) -> String {
        self.path
    }
}

impl<T: Answer + 'static> IntoFuture for Query<T> {
    type Output = Result<T, ApiError>;
    type IntoFuture = Answering<T>;

    fn into_future(self) -> Answering<T> {
        Call { method: "GET", path: self.path, body: Ok(None), answer: PhantomData }.into_future()
    }
}

/// A request that changes something.
pub struct Call<T> {
    method: &'static str,
    path: String,
    body: Result<Option<String>, ApiError>,
    answer: PhantomData<fn() -> T>,
}

impl<T: Answer> Call<T> {
    fn new(method: &'static str, path: impl Into<String>, body: &impl Serialize) -> Self {
        let body = serde_json::to_string(body).map(Some).map_err(|_| ApiError::of_status(0));
        Self { method, path: path.into(), body, answer: PhantomData }
    }

    /// `POST path` with a JSON body.
    pub fn post(path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::new("POST", path, body)
    }

    /// `POST path` where the path says everything: the body is an empty object.
    pub fn act(path: impl Into<String>) -> Self {
        Self { method: "POST", path: path.into(), body: Ok(Some("{}".to_owned())), answer: PhantomData }
    }

    /// `PATCH path` with a JSON body.
    pub fn patch(path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::new("PATCH", path, body)
    }

    /// `DELETE path`.
    pub fn delete(path: impl Into<String>) -> Self {
        Self { method: "DELETE", path: path.into(), body: Ok(None), answer: PhantomData }
    }
}

impl<T: Answer + 'static> IntoFuture for Call<T> {
    type Output = Result<T, ApiError>;
    type IntoFuture = Answering<T>;

    fn into_future(self) -> Answering<T> {
        Box::pin(async move {
            let answer = send(self.method, &self.path, self.body?).await?;
            T::read(&answer).map_err(|_| ApiError::of_status(200))
        })
    }
}

thread_local! {
    /// Called when a session turns out to be over.
    static SIGNED_OUT: RefCell<Option<Box<dyn Fn()>>> = const { RefCell::new(None) };
    /// Called when the session turns out to be in another workspace than this tab shows.
    static ELSEWHERE: RefCell<Option<Box<dyn Fn()>>> = const { RefCell::new(None) };
    /// The workspace that this tab shows, which each request names.
    static WORKSPACE: Cell<Option<WorkspaceId>> = const { Cell::new(None) };
}

/// Registers the action that follows an answer of 401.
pub fn when_signed_out(act: impl Fn() + 'static) {
    SIGNED_OUT.set(Some(Box::new(act)));
}

/// Registers the action that follows where the session is in another workspace than this tab shows.
pub fn when_elsewhere(act: impl Fn() + 'static) {
    ELSEWHERE.set(Some(Box::new(act)));
}

fn tell_elsewhere() {
    ELSEWHERE.with_borrow(|act| act.iter().for_each(|act| act()));
}

/// True where the session, which is in this workspace, is elsewhere than this tab shows; whoever asks to be told is.
pub fn is_elsewhere(session_in: WorkspaceId) -> bool {
    let is_elsewhere = WORKSPACE.get().is_some_and(|shown| shown != session_in);
    if is_elsewhere {
        tell_elsewhere();
    }
    is_elsewhere
}

/// Has each request from now on name the workspace that this tab shows: the session may have been moved to another one in another tab,
/// and what is done here must not reach that.
pub fn name_workspace(id: Option<WorkspaceId>) {
    WORKSPACE.set(id);
}

/// The text of the answer to `GET path`, where its status is 2xx.
pub async fn get_text(path: &str) -> Result<String, ApiError> {
    send("GET", path, None).await
}

/// Makes a request; the answer's text where its status is 2xx.
async fn send(method: &str, path: &str, body: Option<String>) -> Result<String, ApiError> {
    let response = fetch(method, path, body).await.map_err(|_| ApiError::of_status(0))?;
    let status = response.status();
    let retry_after =
        response.headers().get("retry-after").ok().flatten().and_then(|value| value.parse().ok());
    let answer = match response.text() {
        Ok(reading) => JsFuture::from(reading).await.ok().and_then(|answer| answer.as_string()),
        Err(_) => None,
    };
    let Some(answer) = answer else { return Err(ApiError::of_status(0)) };
    if (200..300).contains(&status) {
        return Ok(answer);
    }
    let error = ApiError { status, problem: serde_json::from_str(&answer).ok(), retry_after };
    let signing_in = method == "POST" && path == paths::api::SESSION;
    if status == 401 && !signing_in {
        SIGNED_OUT.with_borrow(|act| act.iter().for_each(|act| act()));
    }
    if error.is(ProblemType::WorkspaceMismatch) {
        tell_elsewhere();
    }
    Err(error)
}

async fn fetch(method: &str, path: &str, body: Option<String>) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_method(method);
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    // The session itself is asked about and switched wherever it is.
    if let Some(workspace) = WORKSPACE.get().filter(|_| path != paths::api::SESSION) {
        headers.set("sayless-workspace", workspace.as_str())?;
    }
    if let Some(body) = body {
        headers.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(&body));
    }
    init.set_headers(&headers);
    let response = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await?;
    response.dyn_into()
}
