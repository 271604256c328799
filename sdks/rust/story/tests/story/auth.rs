//! An app that acts as itself: its tokens come, are kept, and are renewed.

use crate::world::{env, http};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use sayless::models::Scope;
use sayless::reqwest::Client;
use sayless::{ErrorKind, Sayless};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A way to the server that keeps the tokens which pass, and may shorten their lives.
#[derive(Clone)]
struct Way {
    http: Client,
    tokens: Arc<Mutex<Vec<String>>>,
    expires_in: Option<u64>,
}

impl Way {
    async fn open(expires_in: Option<u64>) -> (Self, Sayless) {
        let way = Self { http: http(), tokens: Arc::default(), expires_in };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(pass).with_state(way.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let builder = Sayless::builder().base_url(url).scopes([Scope::TicketsRead]);
        let sayless = builder.client_credentials(env("SAYLESS_APP_ID"), env("SAYLESS_APP_SECRET")).build();
        (way, sayless.unwrap())
    }

    fn issued(&self) -> Vec<String> {
        self.tokens.lock().unwrap().clone()
    }
}

async fn pass(State(way): State<Way>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let mut request = way.http.request(method, format!("{}{uri}", env("SAYLESS_URL"))).body(body);
    for name in ["authorization", "content-type"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let answer = request.send().await.unwrap();
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    let mut body = answer.bytes().await.unwrap();
    if uri.path() == "/oauth/token" && status == StatusCode::OK {
        let mut issued: Value = serde_json::from_slice(&body).unwrap();
        way.tokens.lock().unwrap().push(issued["access_token"].as_str().unwrap().to_owned());
        if let Some(seconds) = way.expires_in {
            issued["expires_in"] = seconds.into();
        }
        body = issued.to_string().into();
    }
    (status, body).into_response()
}

/// Makes twenty calls at the same moment.
async fn twenty(sayless: &Sayless) {
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(sayless.session().get().send())).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_token_is_fetched_once_and_once_more_where_it_is_refused() {
    let (way, sayless) = Way::open(None).await;
    twenty(&sayless).await;
    twenty(&sayless).await;
    let issued = way.issued();
    assert_eq!(issued.len(), 1);
    let session = sayless.session().get().await.unwrap();
    assert_eq!(session.scopes, [Scope::TicketsRead]);

    let form = format!("token={}", issued[0]);
    let revoke = http().post(format!("{}/oauth/revoke", env("SAYLESS_URL"))).body(form);
    let revoke = revoke.header("content-type", "application/x-www-form-urlencoded");
    let revoke = revoke.basic_auth(env("SAYLESS_APP_ID"), Some(env("SAYLESS_APP_SECRET")));
    revoke.send().await.unwrap().error_for_status().unwrap();
    twenty(&sayless).await;
    assert_eq!(way.issued().len(), 2);
    let error = sayless.webhooks().list().page().await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Permission));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let (way, sayless) = Way::open(Some(1)).await;
    sayless.session().get().await.unwrap();
    tokio::time::sleep(Duration::from_millis(950)).await;
    sayless.session().get().await.unwrap();
    assert_eq!(way.issued().len(), 2);
}
