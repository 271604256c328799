//! OAuth as a third party's app does it, and as a member answers it.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use reqwest::Method;
use sayless::{auth::signing_keys::Activation, crypto::es256};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{Client, Reply, Team, World};

/// The redirect URI of most apps.
pub const CALLBACK: &str = "https://acme.example/callback";
/// The code verifier of every app: any text of 43 to 128 unreserved characters.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The code challenge of a code verifier.
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// Parameters, form-encoded.
pub fn form(params: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish()
}

/// One parameter of a URL.
pub fn parameter(url: &str, name: &str) -> Option<String> {
    let url = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// A third party's app: its credentials, and calls to the OAuth server in its name.
#[derive(Clone)]
pub struct ThirdPartyApp {
    /// The client id.
    pub id: String,
    /// The client secret; none for a public app.
    pub secret: Option<String>,
    /// The redirect URI that it sends.
    pub redirect_uri: String,
    /// The app's path for its admin: `/v1/oauth-apps/{id}`.
    pub path: String,
    http: Client,
    /// The OAuth server that it believes to talk to.
    pub issuer: String,
}

/// The tokens of one answer.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token; empty where none was given.
    pub refresh: String,
}

impl Tokens {
    /// Reads an answer of the token endpoint.
    pub fn of(given: &Value) -> Self {
        let text = |name: &str| given[name].as_str().unwrap_or_default().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }
}

impl ThirdPartyApp {
    /// A confidential app that may do this.
    pub async fn new(world: &World, team: &Team, scopes: &[&str]) -> Self {
        Self::with(world, team, json!({ "scopes": scopes })).await
    }

    /// An app with these fields of its own.
    pub async fn with(world: &World, team: &Team, fields: Value) -> Self {
        let mut body = json!({ "name": "Acme Dashboards", "kind": "confidential", "redirect_uris": [CALLBACK],
            "scopes": ["tickets:read"],
            "grants": ["authorization_code", "refresh_token", "client_credentials"] });
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        let made = team.admin.post("/v1/oauth-apps", &body).await.ok(201);
        let id = made["id"].as_str().unwrap().to_owned();
        Self {
            path: format!("/v1/oauth-apps/{id}"),
            id,
            secret: made["client_secret"].as_str().map(Into::into),
            redirect_uri: made["redirect_uris"][0].as_str().unwrap_or_default().to_owned(),
            http: world.anyone(),
            issuer: world.url.clone(),
        }
    }

    /// A public app.
    pub async fn public(world: &World, team: &Team) -> Self {
        let fields = json!({ "kind": "public", "grants": ["authorization_code", "refresh_token"] });
        Self::with(world, team, fields).await
    }

    /// An app that nobody registered: it is known by the document at this URL.
    pub fn by_document(world: &World, url: &str) -> Self {
        Self {
            path: String::new(),
            id: url.to_owned(),
            secret: None,
            redirect_uri: CALLBACK.to_owned(),
            http: world.anyone(),
            issuer: world.url.clone(),
        }
    }

    /// An app that is there already, with a secret of its own.
    pub async fn existing(world: &World, team: &Team, id: &str) -> Self {
        let path = format!("/v1/oauth-apps/{id}");
        let app = team.admin.get(&path).await.ok(200);
        let redirect_uri = app["redirect_uris"][0].as_str().unwrap().to_owned();
        Self {
            path,
            id: id.to_owned(),
            secret: None,
            redirect_uri,
            http: world.anyone(),
            issuer: world.url.clone(),
        }
    }

    /// The same app with another client secret, as an answer showed it.
    pub fn with_secret(&self, secret: &Value) -> Self {
        Self { secret: secret.as_str().map(Into::into), ..self.clone() }
    }

    /// The same app, calling from another address, which a proxy names.
    pub fn at(&self, address: &str) -> Self {
        Self { http: self.http.with_header("x-forwarded-for", address), ..self.clone() }
    }

    /// The path where the app sends a member, with some parameters changed; an empty value leaves one away.
    pub fn authorize_url(&self, changed: &[(&str, &str)]) -> String {
        let challenge = challenge(VERIFIER);
        let usual = [
            ("client_id", self.id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("state", "xyz &=ü"),
        ];
        let mut params: Vec<(&str, &str)> = usual.to_vec();
        for (name, value) in changed {
            params.retain(|(known, _)| known != name);
            params.push((name, value));
        }
        params.retain(|(_, value)| !value.is_empty());
        format!("/oauth/authorize?{}", form(&params))
    }

    /// Sends a member to the authorization endpoint.
    pub async fn authorize(&self, member: &Client, changed: &[(&str, &str)]) -> Reply {
        member.get(&self.authorize_url(changed)).await
    }

    /// Sends a member to the authorization endpoint; gives the id of the question that they are asked.
    pub async fn question(&self, member: &Client) -> String {
        self.question_with(member, &[]).await
    }

    /// Asks the same with some parameters changed.
    pub async fn question_with(&self, member: &Client, changed: &[(&str, &str)]) -> String {
        let reply = self.authorize(member, changed).await;
        let location = reply.header("location").unwrap_or_default().to_owned();
        assert_eq!(reply.status, 303, "{}", reply.text);
        let id = location.strip_prefix("/oauth/consent/");
        id.unwrap_or_else(|| panic!("{location}")).to_owned()
    }

    /// Has a member consent, if they are asked; gives the URL where they are sent.
    pub async fn consent(&self, member: &Client) -> String {
        self.consent_with(member, &[]).await
    }

    /// Asks for the same consent with some parameters changed.
    pub async fn consent_with(&self, member: &Client, changed: &[(&str, &str)]) -> String {
        let reply = self.authorize(member, changed).await;
        let location = reply.header("location").unwrap_or_default();
        match location.strip_prefix("/oauth/consent/") {
            Some(id) => approve(member, id).await,
            // The consent was remembered.
            None => location.to_owned(),
        }
    }

    /// Has a member consent; gives the code.
    pub async fn code(&self, member: &Client) -> String {
        parameter(&self.consent(member).await, "code").unwrap()
    }

    /// Calls an endpoint with the app's credentials.
    pub async fn call(&self, path: &str, params: &[(&str, &str)]) -> Reply {
        let mut http = self.http.clone();
        let mut params = params.to_vec();
        match &self.secret {
            Some(secret) => http = http.with_header("authorization", &basic(&self.id, secret)),
            None => params.push(("client_id", &self.id)),
        }
        post(&http, path, &params).await
    }

    /// Calls the token endpoint with the app's credentials.
    pub async fn token(&self, params: &[(&str, &str)]) -> Reply {
        self.call("/oauth/token", params).await
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str) -> Reply {
        let params = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("code_verifier", VERIFIER),
        ];
        self.token(&params).await
    }

    /// Goes all the way with a member, to the tokens.
    pub async fn tokens(&self, member: &Client) -> Tokens {
        let code = self.code(member).await;
        Tokens::of(&self.redeem(&code).await.ok(200))
    }

    /// Asks for new tokens with a refresh token.
    pub async fn refresh(&self, token: &str) -> Reply {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// An access token by which the app acts as itself.
    pub async fn own_token(&self) -> String {
        let given = self.token(&[("grant_type", "client_credentials")]).await.ok(200);
        given["access_token"].as_str().unwrap().to_owned()
    }

    /// The answer of the introspection endpoint about a token.
    pub async fn introspect(&self, token: &str) -> Value {
        self.call("/oauth/introspect", &[("token", token)]).await.ok(200)
    }
}

impl World {
    /// The cookie by which a browser is known at the authorization endpoint.
    pub fn browser(&self, value: &str) -> String {
        format!("{}={value}", self.app.base.settings.cookie_name("sayless-browser"))
    }

    /// Makes a new signing key that is used at once.
    pub async fn rotate_signing_key(&self) {
        self.app.auth.signing_keys.rotate(&self.app.base, Activation::Now).await.unwrap();
    }

    /// Makes a new signing key that is published first.
    pub async fn publish_signing_key(&self) {
        self.app.auth.signing_keys.rotate(&self.app.base, Activation::OnceKnown).await.unwrap();
    }

    /// Ends a signing key as an operator does; false where there is none of this id.
    pub async fn revoke_signing_key(&self, id: &str) -> bool {
        self.app.auth.signing_keys.revoke(&self.app.base, id).await.unwrap()
    }

    /// A token with these claims, signed by the server's own key: as if the server had been made to say something else.
    pub async fn signed(&self, typ: Option<&str>, claims: &Value) -> String {
        let ring = self.app.auth.signing_keys.ring(&self.app.base).await.unwrap();
        let (id, key) = ring.signer(self.now()).unwrap();
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256);
        header.typ = typ.map(Into::into);
        header.kid = Some(id.to_owned());
        jsonwebtoken::encode(&header, claims, key).unwrap()
    }
}

/// A signing key that the server does not know, as DER.
pub fn unknown_signing_key() -> Vec<u8> {
    let (key, _) = es256::generate().unwrap();
    key
}

/// Has a member say yes; gives the URL where they are sent.
pub async fn approve(member: &Client, id: &str) -> String {
    let path = format!("/v1/authorization-requests/{id}/approve");
    let answered = member.send(Method::POST, &path, "", "").await.ok(200);
    answered["redirect_to"].as_str().unwrap().to_owned()
}

/// POST with form-encoded parameters.
pub async fn post(client: &Client, path: &str, params: &[(&str, &str)]) -> Reply {
    client.send(Method::POST, path, "application/x-www-form-urlencoded", form(params)).await
}

/// A Basic credential, as RFC 6749 encodes it.
pub fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| form(&[("", text)])[1..].to_owned();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(id), encode(secret))))
}

impl Reply {
    /// Makes sure of an OAuth refusal: the status, the code, JSON, and never to be kept.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("content-type"), Some("application/json"), "{}", self.text);
        let body = self.ok(status);
        assert_eq!(body["error"], code, "{body}");
        let description = body["error_description"].as_str().unwrap();
        let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
        assert!(!description.is_empty() && description.chars().all(allowed), "{description}");
        body
    }

    /// Makes sure that the member is sent back to the app with an error; gives the URL.
    #[track_caller]
    pub fn sent_back(self, app: &ThirdPartyApp, code: &str) -> String {
        let location = self.header("location").unwrap_or_else(|| panic!("{}", self.text)).to_owned();
        assert_eq!(self.status, 303);
        assert_eq!(self.header("referrer-policy"), Some("no-referrer"));
        assert!(location.starts_with(&format!("{}?", app.redirect_uri)), "{location}");
        assert_eq!(parameter(&location, "error").as_deref(), Some(code), "{location}");
        assert_eq!(parameter(&location, "iss").as_deref(), Some(app.issuer.as_str()));
        assert_eq!(parameter(&location, "code"), None);
        location
    }

    /// Makes sure of a page that tells the member of an error, and sends nobody anywhere.
    #[track_caller]
    pub fn shows_page(self, code: &str) {
        assert_eq!((self.status, self.header("location")), (400, None), "{}", self.text);
        assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(self.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
        assert!(self.text.contains(&format!("<code>{code}</code>")), "{}", self.text);
    }
}
