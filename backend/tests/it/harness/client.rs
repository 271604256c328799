//! An HTTP client with a credential, and replies that are asserted on.

use std::{collections::BTreeMap, time::Duration};

use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;

use super::openapi;

/// Sends requests to one server with the same headers each time. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    headers: HeaderMap,
    /// The signed-in member's e-mail address, where there is one.
    pub email: String,
}

impl Client {
    /// A client without any credential.
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // Well before the server closes an idle connection: a request that meets the close gets no answer.
            .pool_idle_timeout(Duration::from_secs(1))
            .build()
            .unwrap();
        Self { http, base: base.to_owned(), headers: HeaderMap::new(), email: String::new() }
    }

    /// A copy of the client with one more header.
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        client
    }

    /// A copy of the client that talks to another node.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// The client with the e-mail address of its member.
    pub fn of(mut self, email: &str) -> Self {
        email.clone_into(&mut self.email);
        self
    }

    /// Sends a request with any body and content type.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        let mut request =
            self.http.request(method.clone(), format!("{}{path}", self.base)).headers(self.headers.clone());
        if !content_type.is_empty() {
            request = request.header("content-type", content_type).body(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let content_type =
            headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let bytes = match content_type {
            // A stream does not end by itself: the first event is enough.
            "text/event-stream" => Events::of(response).next().await.unwrap_or_default().into_bytes(),
            _ => response.bytes().await.unwrap().to_vec(),
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if !headers.contains_key("content-encoding") && method != Method::HEAD {
            openapi::check(method.as_str(), path, status, content_type, &text);
        }
        openapi::check_headers(method.as_str(), path, status, &headers);
        Reply { call: format!("{method} {path}"), status, headers, text, bytes }
    }

    /// Opens the stream of hints, and waits until it is ready.
    pub async fn stream(&self) -> Events {
        let request = self.http.get(format!("{}/v1/stream", self.base)).headers(self.headers.clone());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let mut events = Events::of(response);
        let first = events.next().await.unwrap();
        assert!(first.contains("event: ready"), "{first}");
        events
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, "", "").await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, "application/json", body.to_string()).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::PATCH, path, "application/json", body.to_string()).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, "", "").await
    }
}

/// The events of a stream.
pub struct Events {
    response: reqwest::Response,
    buffer: String,
}

impl Events {
    fn of(response: reqwest::Response) -> Self {
        Self { response, buffer: String::new() }
    }

    /// The next event or comment, as it was sent; none where the stream has ended well.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let event = event.to_owned();
                let rest = rest.to_owned();
                self.buffer = rest;
                return Some(event);
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.chunk());
            let chunk = chunk.await.unwrap_or_else(|_| panic!("nothing came on the stream")).unwrap()?;
            self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The data of the next change.
    pub async fn change(&mut self) -> Value {
        let event = self.next().await.unwrap();
        let data = event.strip_prefix("event: change\ndata: ");
        serde_json::from_str(data.unwrap_or_else(|| panic!("{event}"))).unwrap()
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    call: String,
    /// The HTTP status.
    pub status: u16,
    headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as it came, compressed or not.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All headers; of one that came several times, the values together.
    pub fn headers(&self) -> BTreeMap<String, String> {
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &self.headers {
            let value = value.to_str().unwrap();
            all.entry(name.to_string())
                .and_modify(|had| had.push_str(value))
                .or_insert_with(|| value.to_owned());
        }
        all
    }

    /// The cookies that it sets, as they stand in their headers.
    pub fn cookies(&self) -> Vec<String> {
        let all = self.headers.get_all("set-cookie").iter();
        all.map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    /// The body as JSON, after making sure of the status; `null` where there is no body.
    #[track_caller]
    pub fn ok(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.call, self.text);
        if self.text.is_empty() { Value::Null } else { serde_json::from_str(&self.text).unwrap() }
    }

    /// The problem document, after making sure of its status, type and form.
    #[track_caller]
    pub fn problem(self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.call, self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.call);
        let problem: Value = serde_json::from_str(&self.text).unwrap();
        assert_eq!(problem["code"], kind, "{}: {}", self.call, self.text);
        let page = problem["type"].as_str().unwrap();
        assert!(page.starts_with("http") && page.ends_with(&format!("/problems/{kind}")), "{page}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"), "{}", self.call);
        problem
    }

    /// The fields that a problem document names: those of a body without their pointer's first slash.
    #[track_caller]
    pub fn fields(self, status: u16, kind: &str) -> Vec<String> {
        let problem = self.problem(status, kind);
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(name_of_field).collect()
    }
}

fn name_of_field(error: &Value) -> String {
    let field = error["field"].as_str().unwrap();
    let name = match (error["in"].as_str().unwrap(), field.strip_prefix('/')) {
        ("body", Some(name)) => name,
        ("body", None) => {
            assert_eq!(field, "", "no JSON Pointer");
            ""
        }
        _ => field,
    };
    name.to_owned()
}
