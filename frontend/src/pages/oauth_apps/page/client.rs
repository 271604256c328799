//! The settings that somebody who connects a client has to type in: the client ID and the OAuth server's addresses.

use leptos::prelude::*;

use crate::{
    api::metadata::AuthorizationServer,
    data::load::Load,
    paths::{self, api},
    ui::{
        code::{copy_labelled, copyable},
        erase::{Erase, live},
        load::loaded_within,
        page::{self, detail},
    },
};

struct Setting {
    name: &'static str,
    /// The accessible name of the copy button.
    copy: &'static str,
    /// The setting's name in the server's metadata (RFC 8414), by which libraries know it.
    key: &'static str,
    value: String,
}

const fn setting(name: &'static str, copy: &'static str, key: &'static str, value: String) -> Setting {
    Setting { name, copy, key, value }
}

fn own(client_id: &str) -> Setting {
    setting("Client ID", "Copy client ID", "client_id", client_id.to_owned())
}

fn of_server(server: AuthorizationServer) -> [Setting; 8] {
    [
        setting("Issuer", "Copy issuer", "issuer", server.issuer),
        setting(
            "Authorization endpoint",
            "Copy authorization endpoint",
            "authorization_endpoint",
            server.authorization_endpoint,
        ),
        setting("Token endpoint", "Copy token endpoint", "token_endpoint", server.token_endpoint),
        setting(
            "Revocation endpoint",
            "Copy revocation endpoint",
            "revocation_endpoint",
            server.revocation_endpoint,
        ),
        setting(
            "Introspection endpoint",
            "Copy introspection endpoint",
            "introspection_endpoint",
            server.introspection_endpoint,
        ),
        setting(
            "Pushed requests (PAR)",
            "Copy PAR endpoint",
            "pushed_authorization_request_endpoint",
            server.pushed_authorization_request_endpoint,
        ),
        setting(
            "Device authorization endpoint",
            "Copy device authorization endpoint",
            "device_authorization_endpoint",
            server.device_authorization_endpoint,
        ),
        setting("Signing keys (JWKS)", "Copy JWKS URL", "jwks_uri", server.jwks_uri),
    ]
}

/// The documents from which clients find the rest.
fn documents(issuer: &str) -> [(&'static str, &'static str, String); 3] {
    let at = |path: &str| format!("{issuer}{path}");
    [
        ("Server metadata", "Copy server metadata URL", at(api::OAUTH_SERVER)),
        ("API metadata", "Copy API metadata URL", at(api::PROTECTED_RESOURCE)),
        ("API metadata of /v1", "Copy API metadata URL of /v1", at(api::PROTECTED_API)),
    ]
}

/// Settings as one JSON object.
fn json(settings: impl Iterator<Item = Setting>) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let lines = settings.map(|setting| format!("  \"{}\": {}", setting.key, quoted(&setting.value)));
    format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))
}

fn row(setting: Setting) -> AnyView {
    detail(setting.name, copyable(setting.copy, setting.value))
}

pub fn panel(client_id: &str, load: &Load<AuthorizationServer>) -> AnyView {
    let asked = load.clone();
    let shown = load.clone();
    let id = client_id.to_owned();
    let all = live(move || {
        asked.ready().map(|server| {
            let id = id.clone();
            let all = move || json(std::iter::once(own(&id)).chain(of_server(server.clone())));
            copy_labelled("Copy all as JSON", "btn btn-quiet btn-sm", all)
        })
    });
    let rest = loaded_within(load, "The OAuth server's addresses", move || {
        let rows = untrack(|| shown.ready()).map(|server| {
            let documents = documents(&server.issuer).map(|(name, copy, url)| detail(name, copyable(copy, url)));
            view! {
                <dl class="facts border-t border-base-300/65">{of_server(server).map(row).into_iter().collect_view()}</dl>
                <dl class="facts border-t border-base-300/65">{documents.into_iter().collect_view()}</dl>
            }
        });
        rows.erase()
    });
    let content = view! {
        <dl class="facts">{row(own(client_id))}</dl>
        {rest}
        <p class="muted px-5 py-3.5 border-t border-base-300/65">
            "What a client library asks for. Most find the rest by themselves when they are given the issuer. "
            <a class="textlink" href=paths::docs::OAUTH_CLIENTS target="_blank" rel="noopener">
                "What to type into Claude, ChatGPT, VS Code, n8n and Postman"
            </a>
        </p>
    };
    page::panel("Client settings", all, content)
}
