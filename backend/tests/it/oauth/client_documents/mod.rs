//! Apps that nobody registered: a document at a URL, which is their `client_id`, says who they are.

mod caching;
mod changes;
mod faults;
mod flow;
mod policy;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Client, Receiver, Reply, Team, World,
    oauth::{CALLBACK, ThirdPartyApp},
};

/// An app with a server of its own, which serves its document.
struct Documented {
    app: ThirdPartyApp,
    server: Receiver,
}

impl Documented {
    /// An app whose document is in order.
    async fn new(world: &World) -> Self {
        Self::on(world, Receiver::http(Behaviour::Close).await)
    }

    /// An app whose document this server serves.
    fn on(world: &World, server: Receiver) -> Self {
        let app = ThirdPartyApp::by_document(world, &server.url("/client.json"));
        let documented = Self { app, server };
        documented.serve(&json!({}), "");
        documented
    }

    /// The document, with these members of its own; `null` leaves one away.
    fn document(&self, changed: &Value) -> Value {
        let mut document = json!({
            "client_id": self.app.id,
            "client_name": "Robot",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        });
        for (name, value) in changed.as_object().unwrap() {
            document[name] = value.clone();
        }
        document.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        document
    }

    /// Serves the document with some members changed, under these header lines.
    fn serve(&self, changed: &Value, headers: &str) {
        self.server.set(answer(&self.document(changed).to_string(), headers));
    }

    /// The number of fetches of the document.
    fn fetches(&self) -> usize {
        self.server.requests().len()
    }
}

/// An answer with a JSON body, under these header lines.
fn answer(body: &str, headers: &str) -> Behaviour {
    let length = body.len();
    Behaviour::Raw(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
    ))
}

/// A workspace that takes apps by their documents, under this policy.
async fn team(world: &World, policy: &str) -> Team {
    let team = world.business().await;
    let change = json!({ "client_documents": "on", "policy": policy });
    team.admin.patch("/v1/app-policy", &change).await.ok(200);
    team
}

async fn shown(member: &Client, id: &str) -> Value {
    member.get(&format!("/v1/authorization-requests/{id}")).await.ok(200)
}

async fn give(member: &Client, id: &str, how: &str) -> Reply {
    member.send(Method::POST, &format!("/v1/authorization-requests/{id}/{how}"), "", "").await
}

/// The installs that an admin sees.
async fn installs(team: &Team) -> Vec<Value> {
    team.admin.get("/v1/app-installs").await.ok(200)["data"].as_array().unwrap().clone()
}

/// Decides about the one install that an admin sees.
async fn decide(team: &Team, how: &str) -> Value {
    let id = installs(team).await[0]["id"].as_str().unwrap().to_owned();
    team.admin.send(Method::POST, &format!("/v1/app-installs/{id}/{how}"), "", "").await.ok(200)
}

/// The status of a call with this access token.
async fn status(world: &World, access: &str) -> u16 {
    world.bearer(access).get("/v1/session").await.status
}
