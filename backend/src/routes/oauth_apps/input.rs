//! Checks of an OAuth app's configuration.

use api_types::{
    Scope,
    oauth_apps::{ClientKind, Distribution, GrantType, NewOAuthApp, OAuthApp, OAuthAppChanges},
    problem::FaultCode,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use url::Url;

use super::domain;
use crate::{
    db::{Json, oauth_apps::AppUpdate},
    http::{fields::Fields, problem::Answer},
    oauth::redirect_uri,
};

const MAX_NAME: usize = 100;
const MAX_DESCRIPTION: usize = 500;
const MAX_REDIRECT_URIS: usize = 20;
const MAX_LOGO_BYTES: usize = 64 * 1024;

/// A new app that passed.
pub struct ValidOAuthApp {
    pub name: String,
    pub description: String,
    pub homepage_url: String,
    pub logo: String,
    pub kind: ClientKind,
    pub redirect_uris: Vec<String>,
    pub scopes: Vec<Scope>,
    pub optional_scopes: Vec<Scope>,
    pub grants: Vec<GrantType>,
    pub distribution: Distribution,
    pub publisher_name: String,
    pub publisher_domain: String,
}

/// Checks a new app.
pub fn check_new(input: &NewOAuthApp) -> Answer<ValidOAuthApp> {
    let mut fields = Fields::new();
    let kind =
        fields.word("kind", &input.kind, &["confidential", "public"]).unwrap_or(ClientKind::Confidential);
    let grants = input.grants.as_deref().map_or_else(
        || vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        |grants| check_grants(&mut fields, grants, kind),
    );
    let scopes = check_scopes(&mut fields, &input.scopes);
    let optional = input.optional_scopes.as_deref().unwrap_or_default();
    let distribution = check_distribution(&mut fields, input.distribution.as_deref());
    let distribution = distribution.unwrap_or(Distribution::Workspace);
    let publisher = input.publisher_name.as_deref().unwrap_or_default();
    let domain = input.publisher_domain.as_deref().unwrap_or_default();
    let valid = ValidOAuthApp {
        name: fields.name("name", &input.name, MAX_NAME),
        description: fields.text(
            "description",
            input.description.as_deref().unwrap_or_default(),
            0,
            MAX_DESCRIPTION,
        ),
        homepage_url: check_homepage(&mut fields, input.homepage_url.as_deref().unwrap_or_default()),
        logo: check_logo(&mut fields, input.logo.as_deref().unwrap_or_default()),
        kind,
        redirect_uris: check_redirect_uris(&mut fields, &input.redirect_uris, kind, &grants),
        optional_scopes: check_optional(&mut fields, optional, &scopes),
        scopes,
        grants,
        distribution,
        publisher_name: check_publisher(&mut fields, publisher, distribution),
        publisher_domain: domain::check(&mut fields, domain),
    };
    fields.check(valid)
}

/// Checks changes against the app as it is.
pub fn check_changes(input: &OAuthAppChanges, before: &OAuthApp) -> Answer<AppUpdate> {
    let mut fields = Fields::new();
    let grants = input.grants.as_ref().map(|grants| check_grants(&mut fields, grants, before.kind));
    // New grants may need redirect URIs that the app does not have.
    let uris = input.redirect_uris.as_ref().or_else(|| grants.as_ref().map(|_| &before.redirect_uris));
    let uses = grants.as_ref().unwrap_or(&before.grants);
    let uris = uris.map(|uris| check_redirect_uris(&mut fields, uris, before.kind, uses));
    let scopes = input.scopes.as_ref().map(|scopes| check_scopes(&mut fields, scopes));
    let optional = match (&input.optional_scopes, &scopes) {
        (Some(optional), _) => {
            Some(check_optional(&mut fields, optional, scopes.as_ref().unwrap_or(&before.scopes)))
        }
        // What the app may no longer ask for is not optional either.
        (None, Some(scopes)) => {
            Some(before.optional_scopes.iter().filter(|scope| scopes.contains(scope)).copied().collect())
        }
        (None, None) => None,
    };
    let distribution = check_distribution(&mut fields, input.distribution.as_deref());
    let publisher = match &input.publisher_name {
        Some(publisher) => publisher.as_deref().unwrap_or_default(),
        None => &before.publisher_name,
    };
    let publisher_name = check_publisher(&mut fields, publisher, distribution.unwrap_or(before.distribution));
    let update = AppUpdate {
        name: input.name.as_ref().map(|name| fields.name("name", name, MAX_NAME)),
        description: input.description.as_ref().map(|text| {
            let text = text.as_deref().unwrap_or_default();
            fields.text("description", text, 0, MAX_DESCRIPTION)
        }),
        homepage_url: input
            .homepage_url
            .as_ref()
            .map(|text| check_homepage(&mut fields, text.as_deref().unwrap_or_default())),
        logo: input.logo.as_ref().map(|text| check_logo(&mut fields, text.as_deref().unwrap_or_default())),
        redirect_uris: uris.filter(|_| input.redirect_uris.is_some()).map(Json::new),
        scopes: scopes.map(Json::new),
        optional_scopes: optional.map(Json::new),
        grants: grants.map(Json::new),
        distribution,
        publisher_name: Some(publisher_name).filter(|_| input.publisher_name.is_some()),
        publisher_domain: input
            .publisher_domain
            .as_ref()
            .map(|domain| domain::check(&mut fields, domain.as_deref().unwrap_or_default())),
    };
    fields.check(update)
}

fn check_scopes(fields: &mut Fields, scopes: &[String]) -> Vec<Scope> {
    let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    fields.words("scopes", scopes, 1, &known)
}

fn check_distribution(fields: &mut Fields, word: Option<&str>) -> Option<Distribution> {
    word.and_then(|word| fields.word("distribution", word, &["workspace", "public"]))
}

/// Checks the name of an app's publisher, which other workspaces are told.
fn check_publisher(fields: &mut Fields, text: &str, distribution: Distribution) -> String {
    if distribution == Distribution::Workspace && text.is_empty() {
        return String::new();
    }
    fields.name("publisher_name", text, MAX_NAME)
}

fn check_optional(fields: &mut Fields, optional: &[String], scopes: &[Scope]) -> Vec<Scope> {
    let known: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let optional: Vec<Scope> = fields.words("optional_scopes", optional, 0, &known);
    if let Some(other) = optional.iter().find(|scope| !scopes.contains(scope)) {
        let detail = format!("{other} is not one of the app's scopes.");
        fields.wrong("optional_scopes", FaultCode::NotAllowed, detail);
    }
    optional
}

fn check_grants(fields: &mut Fields, grants: &[String], kind: ClientKind) -> Vec<GrantType> {
    let known: Vec<&str> = GrantType::ALL.iter().map(|grant| grant.as_str()).collect();
    let grants: Vec<GrantType> = fields.words("grants", grants, 1, &known);
    if kind == ClientKind::Public && grants.contains(&GrantType::ClientCredentials) {
        fields.wrong(
            "grants",
            FaultCode::NotAllowed,
            "A public app cannot use client_credentials: it has no secret to prove itself with.",
        );
    }
    if grants == [GrantType::RefreshToken] {
        let detail = "refresh_token alone gives nothing to refresh. Add authorization_code or device_code.";
        fields.wrong("grants", FaultCode::NotAllowed, detail);
    }
    grants
}

fn check_redirect_uris(
    fields: &mut Fields,
    uris: &[String],
    kind: ClientKind,
    grants: &[GrantType],
) -> Vec<String> {
    if uris.len() > MAX_REDIRECT_URIS {
        let detail = format!("It has more than {MAX_REDIRECT_URIS} entries.");
        fields.wrong("redirect_uris", FaultCode::TooLong, detail);
        return Vec::new();
    }
    if uris.is_empty() && grants.contains(&GrantType::AuthorizationCode) {
        fields.wrong("redirect_uris", FaultCode::TooShort, "authorization_code needs at least one.");
    }
    let mut checked = Vec::new();
    for (at, uri) in uris.iter().enumerate() {
        match redirect_uri::check(uri, kind) {
            Ok(uri) if !checked.contains(&uri) => checked.push(uri),
            Ok(_) => {}
            Err(why) => fields.wrong(("redirect_uris", at), FaultCode::Malformed, why),
        }
    }
    checked
}

fn check_homepage(fields: &mut Fields, text: &str) -> String {
    let text = text.trim();
    let good = text.is_empty()
        || text.len() <= 2048
            && Url::parse(text).is_ok_and(|url| {
                url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
            });
    if !good {
        fields.wrong(
            "homepage_url",
            FaultCode::Malformed,
            "It must be an https URL of at most 2,048 characters, such as https://acme.example.",
        );
    }
    text.to_owned()
}

/// A picture as a `data:` URL whose bytes are what its type says. SVG is refused: it can carry scripts.
fn check_logo(fields: &mut Fields, text: &str) -> String {
    const KINDS: &[(&str, &[u8])] = &[
        ("data:image/png;base64,", b"\x89PNG"),
        ("data:image/jpeg;base64,", b"\xff\xd8\xff"),
        ("data:image/webp;base64,", b"RIFF"),
    ];
    if text.is_empty() {
        return String::new();
    }
    let found = KINDS.iter().find_map(|(start, magic)| Some((text.strip_prefix(start)?, magic)));
    let bytes = found
        .and_then(|(encoded, magic)| STANDARD.decode(encoded).ok().filter(|bytes| bytes.starts_with(magic)));
    match bytes {
        None => {
            let detail = "It must be a PNG, JPEG or WebP picture as a data: URL in base64.";
            fields.wrong("logo", FaultCode::Malformed, detail);
        }
        Some(bytes) if bytes.len() > MAX_LOGO_BYTES => {
            fields.wrong("logo", FaultCode::TooLong, "It is larger than 64 KiB.");
        }
        Some(_) => {}
    }
    text.to_owned()
}
