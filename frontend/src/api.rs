//! Calls to `/v1` with the session's cookie, and what may go wrong with them.

use std::cell::RefCell;

use api_types::{Problem, ProblemType};
use leptos::prelude::window;
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

use crate::{answer::Answer, browser, text};

/// A call that did not do what was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// The HTTP status; 0 where no answer came.
    pub status: u16,
    /// The problem document, where the answer was one.
    pub problem: Option<Box<Problem>>,
    /// Seconds after which to try again, where the server says so.
    pub retry_after: Option<u32>,
}

impl ApiError {
    const fn of_status(status: u16) -> Self {
        Self { status, problem: None, retry_after: None }
    }

    /// What happened and what to do, for the person in front of the screen.
    pub fn message(&self) -> String {
        let said = self.problem.as_ref().map(|problem| problem.detail.clone());
        let mut message = match (self.status, said) {
            (0, _) => "Sayless did not answer. Check your connection, then try again.".to_owned(),
            (_, Some(detail)) => detail,
            (429, None) => "Too many requests at once.".to_owned(),
            (503, None) => "Sayless cannot answer right now.".to_owned(),
            (status, None) => format!("Sayless answered with an error ({status})."),
        };
        if let (429 | 503, Some(seconds)) = (self.status, self.retry_after) {
            message = format!("{message} Try again in {}.", text::seconds(seconds));
        }
        message
    }

    /// The sentences about one field of the body, its members included.
    pub fn about<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        let errors = self.problem.iter().flat_map(|problem| &problem.errors);
        errors.filter(move |error| text::is_or_in(&error.field, field)).map(|error| error.detail.as_str())
    }

    /// The error's request id, to quote to whoever runs the server.
    pub fn request_id(&self) -> Option<String> {
        self.problem.as_ref()?.request_id.clone()
    }

    /// Whether the answer was this problem.
    pub fn is(&self, kind: ProblemType) -> bool {
        self.problem.as_ref().and_then(|problem| problem.problem_type()) == Some(kind)
    }

    /// Whether the object is not there (any more).
    pub fn is_not_found(&self) -> bool {
        self.is(ProblemType::NotFound)
    }
}

thread_local! {
    /// Called when a session turns out to be over.
    static SIGNED_OUT: RefCell<Option<Box<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Says what to do when a call is answered with 401.
pub fn when_signed_out(act: impl Fn() + 'static) {
    SIGNED_OUT.set(Some(Box::new(act)));
}

/// `GET path`.
pub async fn get<T: Answer>(path: &str) -> Result<T, ApiError> {
    parse(&send("GET", path, None).await?)
}

/// `POST path` with a JSON body.
pub async fn post<T: Answer>(path: &str, body: &impl Serialize) -> Result<T, ApiError> {
    parse(&send("POST", path, Some(json(body)?)).await?)
}

/// `PATCH path` with a JSON body.
pub async fn patch<T: Answer>(path: &str, body: &impl Serialize) -> Result<T, ApiError> {
    parse(&send("PATCH", path, Some(json(body)?)).await?)
}

/// `DELETE path`, which answers without a body.
pub async fn delete(path: &str) -> Result<(), ApiError> {
    send("DELETE", path, None).await.map(|_| ())
}

/// `DELETE path` of many things at once, which answers with what became of them.
pub async fn delete_all<T: Answer>(path: &str) -> Result<T, ApiError> {
    parse(&send("DELETE", path, None).await?)
}

/// The body of the POSTs that need none.
#[derive(Debug, Serialize)]
pub struct Nothing {}

fn json(body: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(body).map_err(|_| ApiError::of_status(0))
}

fn parse<T: Answer>(answer: &str) -> Result<T, ApiError> {
    T::read(answer).map_err(|_| ApiError::of_status(200))
}

/// One request; the answer's text where its status is 2xx.
pub async fn send(method: &str, path: &str, body: Option<String>) -> Result<String, ApiError> {
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
    let signing_in = method == "POST" && path == "/v1/session";
    if status == 401 && !signing_in {
        SIGNED_OUT.with_borrow(|act| act.iter().for_each(|act| act()));
    }
    Err(error)
}

async fn fetch(method: &str, path: &str, body: Option<String>) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_method(method);
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    if let Some(body) = body {
        headers.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(&body));
    }
    init.set_headers(&headers);
    let response = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await?;
    response.dyn_into()
}

/// `path?name=value&…` of the parameters that have a value.
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> =
        given.map(|(name, value)| format!("{name}={}", browser::encode(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

impl ApiError {
    /// What the console itself finds wrong with a field before asking the server.
    pub fn of_field(field: &str, detail: &str) -> Self {
        let kind = ProblemType::Validation;
        let problem = Problem {
            kind: format!("{}{kind}", api_types::problem::TYPE_PREFIX),
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: detail.to_owned(),
            errors: vec![api_types::FieldError { field: field.to_owned(), detail: detail.to_owned() }],
            request_id: None,
        };
        Self { status: kind.status(), problem: Some(Box::new(problem)), retry_after: None }
    }
}
