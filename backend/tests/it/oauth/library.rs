//! A ready-made client goes all the way over TLS: the crate `oauth2`, unchanged. The crate revokes tokens only by https.

use std::time::Duration;

use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    IntrospectionUrl, PkceCodeChallenge, RedirectUrl, RevocationUrl, Scope, StandardRevocableToken,
    TokenIntrospectionResponse, TokenResponse, TokenUrl, basic::BasicClient, reqwest,
};
use serde_json::Value;

use crate::harness::{
    Kind, TlsWorld,
    certificates::{Authority, Validity},
    eventually,
    oauth::{CALLBACK, ThirdPartyApp, approve, parameter},
};

type Library = BasicClient<EndpointSet, EndpointNotSet, EndpointSet, EndpointSet, EndpointSet>;

/// The library, told of an app by the server's own metadata.
async fn library(server: &TlsWorld, app: &ThirdPartyApp) -> Library {
    let metadata = format!("{}/.well-known/oauth-authorization-server", server.url);
    let text = server.http().get(metadata).send().await.unwrap().text().await.unwrap();
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let at = |name: &str| metadata[format!("{name}_endpoint")].as_str().unwrap().to_owned();
    let client = BasicClient::new(ClientId::new(app.id.clone()))
        .set_auth_uri(AuthUrl::new(at("authorization")).unwrap())
        .set_token_uri(TokenUrl::new(at("token")).unwrap())
        .set_introspection_url(IntrospectionUrl::new(at("introspection")).unwrap())
        .set_revocation_url(RevocationUrl::new(at("revocation")).unwrap())
        .set_redirect_uri(RedirectUrl::new(CALLBACK.into()).unwrap());
    match &app.secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.clone())),
        None => client,
    }
}

/// The status of a request with this access token.
async fn status(server: &TlsWorld, token: &str) -> u16 {
    let url = format!("{}/v1/tickets", server.url);
    server.http().get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
}

async fn all_the_way(kind: Kind) {
    let served = TlsWorld::start(kind);
    let world = &served.world;
    let http = served.http();
    let team = world.business().await;
    let app = ThirdPartyApp::new(world, &team, &["tickets:read"]).await;
    let library = library(&served, &app).await;

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
    assert_eq!(status(&served, tokens.access_token().secret()).await, 200);

    let first = tokens.refresh_token().unwrap();
    let next = library.exchange_refresh_token(first).request_async(&http).await.unwrap();
    let second = next.refresh_token().unwrap();
    assert_ne!(first.secret(), second.secret());
    assert_eq!(status(&served, next.access_token().secret()).await, 200);

    let found = library.introspect(next.access_token()).request_async(&http).await.unwrap();
    assert!(found.active());
    assert_eq!(found.client_id().map(|id| id.as_str()), Some(app.id.as_str()));

    let access = StandardRevocableToken::from(next.access_token());
    library.revoke_token(access).unwrap().request_async(&http).await.unwrap();
    assert_eq!(status(&served, next.access_token().secret()).await, 401);
    assert_eq!(status(&served, tokens.access_token().secret()).await, 200);
    let refresh = StandardRevocableToken::from(second);
    library.revoke_token(refresh).unwrap().request_async(&http).await.unwrap();
    assert_eq!(status(&served, tokens.access_token().secret()).await, 401);
    assert!(!library.introspect(tokens.access_token()).request_async(&http).await.unwrap().active());
    library.exchange_refresh_token(second).request_async(&http).await.unwrap_err();

    let own = library.exchange_client_credentials().request_async(&http).await.unwrap();
    assert_eq!(status(&served, own.access_token().secret()).await, 200);
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
    let served = TlsWorld::start(Kind::Sqlite);
    let (certificate, key) = served.files();
    let keeping = served.keep_fresh();
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
    eventually("the renewed certificate is shown", async || {
        looks_again().await;
        health(TlsWorld::trusting(&renewed)).await
    })
    .await;
    assert!(!health(served.http()).await);
    keeping.abort();
    assert!(!TlsWorld::reads(&key, &certificate));
}
