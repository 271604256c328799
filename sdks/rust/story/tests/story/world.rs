//! The server under test, its people, and the proxy that fails on demand.

use sayless::models::Scope;
use sayless::reqwest::{Client, RequestBuilder, header};
use sayless::{Sayless, http_client_builder};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// A variable that the sandbox sets.
pub fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests by `load sandbox`"))
}

/// A client with the key that has every scope.
pub fn sayless() -> Sayless {
    Sayless::from_env().unwrap()
}

/// A client that knows nothing of the SDK.
pub fn http() -> Client {
    http_client_builder("http:").unwrap().build().unwrap()
}

/// A title that no other test uses.
pub fn unique(what: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{what} {}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Operations that only an admin's session may call.
pub struct Admin {
    http: Client,
    cookie: String,
}

impl Admin {
    pub async fn sign_in() -> Self {
        let http = http();
        let body = json!({ "email": env("SAYLESS_ADMIN_EMAIL"), "password": env("SAYLESS_ADMIN_PASSWORD") });
        let answer = send(http.post(format!("{}/v1/session", env("SAYLESS_URL"))), &body).await;
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        Self { http, cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let request =
            self.http.post(format!("{}{path}", env("SAYLESS_URL"))).header(header::COOKIE, &self.cookie);
        serde_json::from_slice(&send(request, body).await.bytes().await.unwrap()).unwrap()
    }

    /// A new key: its id and itself.
    pub async fn key(&self, scopes: &[Scope]) -> (String, String) {
        let scopes: Vec<&str> = scopes.iter().map(Scope::as_str).collect();
        let made = self.post("/v1/api-keys", &json!({ "name": unique("A key"), "scopes": scopes })).await;
        (made["id"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned())
    }
}

async fn send(request: RequestBuilder, body: &Value) -> sayless::reqwest::Response {
    let request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
    request.send().await.unwrap().error_for_status().unwrap()
}

/// The proxy that fails on demand, for one test at a time.
pub struct Flaky {
    http: Client,
    _turn: MutexGuard<'static, ()>,
}

static TURN: Mutex<()> = Mutex::const_new(());

impl Flaky {
    /// The proxy with these faults, one for each of the next requests.
    pub async fn with(faults: &[&str]) -> Self {
        let turn = TURN.lock().await;
        let flaky = Self { http: http(), _turn: turn };
        flaky.seen().await;
        flaky.plan(faults).await;
        flaky
    }

    pub async fn plan(&self, faults: &[&str]) {
        send(self.http.post(format!("{}/__faults", Self::url())), &json!(faults)).await;
    }

    /// The requests that arrived since the last time.
    pub async fn seen(&self) -> Vec<Value> {
        let answer = self.http.get(format!("{}/__seen", Self::url())).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    pub fn url() -> String {
        env("SAYLESS_FLAKY_URL")
    }

    /// A client that goes through the proxy.
    pub fn sayless() -> Sayless {
        Sayless::builder().base_url(Self::url()).build().unwrap()
    }
}

/// Asks until the answer is there, for twenty seconds at most.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    for _ in 0..200 {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what} did not come about");
}
