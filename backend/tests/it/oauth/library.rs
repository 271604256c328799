//! A ready-made client, unchanged, over TLS: the crate `oauth2`, which revokes by https alone.

use std::time::Duration;

use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    IntrospectionUrl, PkceCodeChallenge, RedirectUrl, RevocationUrl, Scope, StandardRevocableToken,
    TokenIntrospectionResponse, TokenResponse, TokenUrl, basic::BasicClient, reqwest,
};
use sayless::{server, tls::Identity};
use serde_json::Value;

use super::{CALLBACK, Third, approve, parameter};
use crate::{
    harness::{Kind, World},
    receiver::{Authority, Validity, eventually},
};

type Library = BasicClient<EndpointSet, EndpointNotSet, EndpointSet, EndpointSet, EndpointSet>;

/// A server that answers over TLS too, and is known by that name.
struct Served {
    world: World,
    url: String,
    identity: std::sync::Arc<Identity>,
    folder: tempfile::TempDir,
    authority: Authority,
}

impl Served {
    fn start(kind: Kind) -> Self {
        let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("tests"));
        let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        authority.issue(&["127.0.0.1"], Validity::Now).write(&certificate, &key);
        let identity = Identity::read(&certificate, &key).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let world = World::start_with(kind, |settings| settings.public_url = url.parse().unwrap());
        let over_tls =
            server::build(world.app.clone(), listener, Some(identity.config().unwrap()), 1).unwrap();
        actix_web::rt::spawn(over_tls);
        Self { world, url, identity, folder, authority }
    }

    /// A client that trusts the authority, and follows nothing by itself.
    fn http(&self) -> reqwest::Client {
        let root = reqwest::Certificate::from_der(&self.authority.root).unwrap();
        reqwest::Client::builder()
            .add_root_certificate(root)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap()
    }

    async fn library(&self, third: &Third) -> Library {
        let metadata = format!("{}/.well-known/oauth-authorization-server", self.url);
        let text = self.http().get(metadata).send().await.unwrap().text().await.unwrap();
        let metadata: Value = serde_json::from_str(&text).unwrap();
        let at = |name: &str| metadata[format!("{name}_endpoint")].as_str().unwrap().to_owned();
        let client = BasicClient::new(ClientId::new(third.id.clone()))
            .set_auth_uri(AuthUrl::new(at("authorization")).unwrap())
            .set_token_uri(TokenUrl::new(at("token")).unwrap())
            .set_introspection_url(IntrospectionUrl::new(at("introspection")).unwrap())
            .set_revocation_url(RevocationUrl::new(at("revocation")).unwrap())
            .set_redirect_uri(RedirectUrl::new(CALLBACK.into()).unwrap());
        match &third.secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.clone())),
            None => client,
        }
    }

    async fn status(&self, token: &str) -> u16 {
        let url = format!("{}/v1/tickets", self.url);
        self.http().get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
    }
}

async fn all_the_way(kind: Kind) {
    let served = Served::start(kind);
    let (world, http) = (&served.world, served.http());
    let team = world.business().await;
    let third = Third::new(world, &team, &["tickets:read"]).await;
    let library = served.library(&third).await;

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state) = library
        .authorize_url(CsrfToken::new_random)
        .add_scope(Scope::new("tickets:read".into()))
        .set_pkce_challenge(challenge)
        .url();
    let reply = team.member.get(url.as_str().strip_prefix(&served.url).unwrap()).await;
    let question = reply.header("location").unwrap().strip_prefix("/oauth/consent/").unwrap().to_owned();
    let location = approve(&team.member, &question).await;
    assert_eq!(parameter(&location, "state").as_deref(), Some(state.secret().as_str()));
    assert_eq!(parameter(&location, "iss").as_deref(), Some(served.url.as_str()));
    let code = AuthorizationCode::new(parameter(&location, "code").unwrap());
    let tokens = library.exchange_code(code).set_pkce_verifier(verifier).request_async(&http).await.unwrap();
    assert_eq!(tokens.expires_in(), Some(Duration::from_mins(10)));
    assert_eq!(served.status(tokens.access_token().secret()).await, 200);

    let first = tokens.refresh_token().unwrap();
    let next = library.exchange_refresh_token(first).request_async(&http).await.unwrap();
    let second = next.refresh_token().unwrap();
    assert_ne!(first.secret(), second.secret());
    assert_eq!(served.status(next.access_token().secret()).await, 200);

    let found = library.introspect(next.access_token()).request_async(&http).await.unwrap();
    assert!(found.active());
    assert_eq!(found.client_id().map(|id| id.as_str()), Some(third.id.as_str()));

    let access = StandardRevocableToken::from(next.access_token());
    library.revoke_token(access).unwrap().request_async(&http).await.unwrap();
    assert_eq!(served.status(next.access_token().secret()).await, 401);
    assert_eq!(served.status(tokens.access_token().secret()).await, 200);
    let refresh = StandardRevocableToken::from(second);
    library.revoke_token(refresh).unwrap().request_async(&http).await.unwrap();
    assert_eq!(served.status(tokens.access_token().secret()).await, 401);
    assert!(!library.introspect(tokens.access_token()).request_async(&http).await.unwrap().active());
    library.exchange_refresh_token(second).request_async(&http).await.unwrap_err();

    let own = library.exchange_client_credentials().request_async(&http).await.unwrap();
    assert_eq!(served.status(own.access_token().secret()).await, 200);
}

#[actix_web::test]
async fn a_ready_made_client_goes_all_the_way_on_sqlite() {
    all_the_way(Kind::Sqlite).await;
}

#[actix_web::test]
async fn a_ready_made_client_goes_all_the_way_on_postgres() {
    all_the_way(Kind::Postgres).await;
}

#[actix_web::test]
async fn a_renewed_certificate_is_taken_up_and_a_broken_one_is_not() {
    let served = Served::start(Kind::Sqlite);
    let (certificate, key) = (served.folder.path().join("cert.pem"), served.folder.path().join("key.pem"));
    let keeping = actix_web::rt::spawn(
        std::sync::Arc::clone(&served.identity).keep_fresh(served.world.app.clock.clone()),
    );
    let health =
        async |http: reqwest::Client| http.get(format!("{}/healthz", served.url)).send().await.is_ok();
    assert!(health(served.http()).await);
    let looks_again = async || {
        actix_web::rt::task::yield_now().await;
        served.world.advance(60);
    };
    // A file that is half written leaves the old one in use.
    std::fs::write(&certificate, "-----BEGIN CERTIFICATE-----\nrubb").unwrap();
    looks_again().await;
    assert!(health(served.http()).await);
    let renewed = Authority::new("renewed");
    renewed.issue(&["127.0.0.1"], Validity::Now).write(&certificate, &key);
    let root = reqwest::Certificate::from_der(&renewed.root).unwrap();
    let trusting =
        || reqwest::Client::builder().add_root_certificate(root.clone()).no_proxy().build().unwrap();
    eventually("the renewed certificate is shown", async || {
        looks_again().await;
        health(trusting()).await
    })
    .await;
    assert!(!health(served.http()).await);
    keeping.abort();
    assert!(Identity::read(&key, &certificate).is_err());
}
