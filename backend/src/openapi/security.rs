//! Credentials in the document: the schemes, what an operation's requirements mean in words, and who may call without any.

use api_types::Scope;
use serde_json::{Value, json};
use utoipa::openapi::{
    Components, OpenApi as Document,
    extensions::ExtensionsBuilder,
    path::Operation,
    security::{
        ApiKey, ApiKeyValue, AuthorizationCode, ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2,
        Scopes, SecurityRequirement, SecurityScheme,
    },
};

/// Adds the schemes that operations refer to.
pub fn add_schemes(document: &mut Document) {
    let session = ApiKey::Cookie(ApiKeyValue::with_description(
        "sayless",
        "The console's session cookie (`__Host-sayless` over https). Changes must come from our own origin.",
    ));
    let http = |scheme, description: &str| {
        SecurityScheme::Http(HttpBuilder::new().scheme(scheme).description(Some(description)).build())
    };
    let bearer = http(
        HttpAuthScheme::Bearer,
        "An API key (`slk_…`), or an OAuth access token from `/oauth/token`, that holds the scopes named at the operation.",
    );
    let client = http(
        HttpAuthScheme::Basic,
        "An OAuth app's `client_id` and client secret (`sls_…`), both form-encoded first (RFC 6749, section 2.3.1). They \
         may stand in the form instead, as `client_id` and `client_secret`; a public app sends its `client_id` alone.",
    );
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme("session", SecurityScheme::ApiKey(session));
    components.add_security_scheme("bearer", bearer);
    components.add_security_scheme("oauth2", SecurityScheme::OAuth2(oauth2()));
    components.add_security_scheme("client", client);
}

fn oauth2() -> OAuth2 {
    let scopes = || Scope::ALL.iter().map(|scope| (scope.as_str(), scope.describe())).collect::<Scopes>();
    let token = "/oauth/token";
    OAuth2::with_description(
        [
            Flow::AuthorizationCode(AuthorizationCode::with_refresh_url(
                "/oauth/authorize",
                token,
                scopes(),
                token,
            )),
            Flow::ClientCredentials(ClientCredentials::new(token, scopes())),
        ],
        "An access token of an OAuth app, sent as a Bearer credential. Authorization codes need PKCE (S256).",
    )
}

/// Completes an operation's requirements: a scope by `bearer` may also be held by an OAuth token, and an operation without
/// requirements says that it is public.
pub fn complete(operation: &mut Operation) {
    let declared = operation.security.take().unwrap_or_default();
    let scopes = named(&declared, "bearer")
        .filter(|scopes| scopes.iter().all(|scope| Scope::ALL.iter().any(|known| known.as_str() == scope)));
    let tokens = scopes.map(|scopes| SecurityRequirement::new("oauth2", scopes));
    operation.security = Some(declared.into_iter().chain(tokens).collect());
}

/// Marks an operation that makes sense in the console alone: it takes a member's session and asks for no role.
pub fn mark_audience(operation: &mut Operation) {
    let requirements = operation.security.as_deref().unwrap_or_default();
    let any_member = named(requirements, "session").is_some_and(|roles| roles.is_empty());
    let takes_tokens = named(requirements, "bearer").is_some();
    if requirements.is_empty() || (any_member && !takes_tokens) {
        let mark = ExtensionsBuilder::new().add("x-audience", json!("console")).build();
        operation.extensions.get_or_insert_default().merge(mark);
    }
}

/// The operation's requirements, in words.
pub fn describe(operation: &Operation) -> String {
    let requirements = operation.security.as_deref().unwrap_or_default();
    let session = named(requirements, "session").map(|roles| match roles.join(", ").as_str() {
        "admin" => "an admin's session".to_owned(),
        _ => "any member's session".to_owned(),
    });
    let bearer = named(requirements, "bearer").map(|scopes| match scopes.join(", ").as_str() {
        "" => "any key or token".to_owned(),
        "rotatable" => "an API key that an admin marked rotatable".to_owned(),
        scopes => format!("a key or token with the scope `{scopes}`"),
    });
    let said: Vec<String> = [session, bearer].into_iter().flatten().collect();
    if said.is_empty() { "none".to_owned() } else { said.join(", or ") }
}

/// The roles or scopes that the requirements name for `scheme`; none where they do not have the scheme.
pub fn named(requirements: &[SecurityRequirement], scheme: &str) -> Option<Vec<String>> {
    requirements.iter().find_map(|requirement| {
        let said = serde_json::to_value(requirement).unwrap_or_default();
        let names = said.get(scheme)?.as_array()?;
        Some(names.iter().filter_map(Value::as_str).map(Into::into).collect())
    })
}
