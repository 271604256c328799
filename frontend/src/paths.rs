//! Every address that the console knows, written once: its own pages, and in [`api`] the operations of the HTTP API.
//!
//! `routes` matches the same pages by patterns; a test there holds the two together. A test here holds [`api`] to the
//! OpenAPI document.

use std::fmt::{Display, Write as _};

pub const SIGN_IN: &str = "/sign-in";
/// The OAuth authorization endpoint with a query: a page of the server, to which a visitor may have to come back.
pub const AUTHORIZE: &str = "/oauth/authorize?";
/// Settings > API, the overview.
pub const SETTINGS: &str = "/settings/api";
pub const AUDIT_LOG: &str = "/settings/api/audit";
pub const EVENTS: &str = "/settings/api/events";
pub const INSTALLED_APPS: &str = "/settings/api/installed-apps";
/// The prefix of the pages about the member's own account, the same in every workspace.
pub const ACCOUNT: &str = "/account/";
pub const AUTHORIZED_APPS: &str = "/account/authorizations";

/// Sections of the overview: an anchor on that page, from any page.
pub const OAUTH_APPS: &str = "/settings/api#oauth-apps";
pub const WEBHOOKS: &str = "/settings/api#webhooks";
pub const DELIVERY_FAILURES: &str = "/settings/api#delivery-failures";

/// The section of the overview with this element id.
pub fn section(id: &str) -> String {
    format!("{SETTINGS}#{id}")
}

pub fn oauth_app(id: impl Display) -> String {
    below("/settings/api/oauth", &[&id])
}

/// An app of another workspace that is installed here.
pub fn installed_app(id: impl Display) -> String {
    below(INSTALLED_APPS, &[&id])
}

pub fn webhook(id: impl Display) -> String {
    below("/settings/api/webhooks", &[&id])
}

pub fn delivery(id: impl Display) -> String {
    below("/settings/api/deliveries", &[&id])
}

pub fn event(id: impl Display) -> String {
    below(EVENTS, &[&id])
}

/// The consent screen of an authorization request.
pub fn consent(id: impl Display) -> String {
    below("/oauth/consent", &[&id])
}

/// The sign-in page, which sends the visitor on to `return_to` afterwards.
pub fn sign_in(return_to: &str) -> String {
    with_query(SIGN_IN, &[("return_to", return_to)])
}

/// The documentation, which the server shows beside the console.
pub mod docs {
    pub const START: &str = "/docs";
    pub const API_KEYS: &str = "/docs/authentication";
    pub const OAUTH_APPS: &str = "/docs/oauth";
    /// The values to type into well-known clients.
    pub const OAUTH_CLIENTS: &str = "/docs/oauth#connect-a-client";
    pub const WEBHOOKS: &str = "/docs/webhooks";
    pub const DELIVERIES: &str = "/docs/deliveries";
    pub const EVENTS: &str = "/docs/event-log";
    pub const DIAGNOSES: &str = "/docs/diagnoses";

    /// What the diagnosis with this code means.
    pub fn diagnosis(code: &str) -> String {
        format!("{DIAGNOSES}#{code}")
    }
}

/// The operations of the API, named as in the OpenAPI document's tags.
pub mod api {
    use std::fmt::Display;

    use crate::paths::below;

    pub const OAUTH_SERVER: &str = "/.well-known/oauth-authorization-server";
    pub const PROTECTED_RESOURCE: &str = "/.well-known/oauth-protected-resource";
    pub const PROTECTED_API: &str = "/.well-known/oauth-protected-resource/v1";
    pub const SESSION: &str = "/v1/session";
    pub const STREAM: &str = "/v1/stream";
    pub const API_KEYS: &str = "/v1/api-keys";
    pub const APP_INSTALLS: &str = "/v1/app-installs";
    pub const APP_POLICY: &str = "/v1/app-policy";
    pub const AUDIT_LOG: &str = "/v1/audit-log";
    pub const AUTHORIZATIONS: &str = "/v1/authorizations";
    pub const AUTHORIZATION_REQUESTS: &str = "/v1/authorization-requests";
    pub const DELIVERY_ADDRESSES: &str = "/v1/delivery-addresses";
    pub const DELIVERIES: &str = "/v1/deliveries";
    pub const EVENTS: &str = "/v1/events";
    pub const EVENT_TYPES: &str = "/v1/event-types";
    pub const OAUTH_APPS: &str = "/v1/oauth-apps";
    pub const RECOVERIES: &str = "/v1/recoveries";
    pub const WEBHOOKS: &str = "/v1/webhooks";
    pub const WEBHOOK_FILTER_PREVIEW: &str = "/v1/webhook-filters/preview";

    pub fn api_key(id: impl Display) -> String {
        below(API_KEYS, &[&id])
    }

    pub fn api_key_revoke(id: impl Display) -> String {
        below(API_KEYS, &[&id, &"revoke"])
    }

    pub fn app_install(id: impl Display) -> String {
        below(APP_INSTALLS, &[&id])
    }

    pub fn app_install_decision(id: impl Display, decision: &str) -> String {
        below(APP_INSTALLS, &[&id, &decision])
    }

    pub fn app_install_activity(id: impl Display) -> String {
        below(APP_INSTALLS, &[&id, &"activity"])
    }

    pub fn app_install_tokens(id: impl Display) -> String {
        below(APP_INSTALLS, &[&id, &"tokens"])
    }

    pub fn app_install_token_family(id: impl Display, family: impl Display) -> String {
        below(APP_INSTALLS, &[&id, &"tokens", &family])
    }

    pub fn app_install_incident_acknowledge(id: impl Display, incident: impl Display) -> String {
        below(APP_INSTALLS, &[&id, &"incidents", &incident, &"acknowledge"])
    }

    pub fn authorization(id: impl Display) -> String {
        below(AUTHORIZATIONS, &[&id])
    }

    pub fn authorization_request(id: impl Display) -> String {
        below(AUTHORIZATION_REQUESTS, &[&id])
    }

    pub fn authorization_request_approve(id: impl Display) -> String {
        below(AUTHORIZATION_REQUESTS, &[&id, &"approve"])
    }

    pub fn authorization_request_deny(id: impl Display) -> String {
        below(AUTHORIZATION_REQUESTS, &[&id, &"deny"])
    }

    pub fn authorization_request_install(id: impl Display) -> String {
        below(AUTHORIZATION_REQUESTS, &[&id, &"install"])
    }

    pub fn delivery(id: impl Display) -> String {
        below(DELIVERIES, &[&id])
    }

    pub fn delivery_attempts(id: impl Display) -> String {
        below(DELIVERIES, &[&id, &"attempts"])
    }

    pub fn delivery_retry(id: impl Display) -> String {
        below(DELIVERIES, &[&id, &"retry"])
    }

    pub fn event(id: impl Display) -> String {
        below(EVENTS, &[&id])
    }

    pub fn event_send(id: impl Display) -> String {
        below(EVENTS, &[&id, &"send"])
    }

    pub fn oauth_app(id: impl Display) -> String {
        below(OAUTH_APPS, &[&id])
    }

    pub fn oauth_app_activity(id: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"activity"])
    }

    pub fn oauth_app_failures(id: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"failures"])
    }

    pub fn oauth_app_authorizations(id: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"authorizations"])
    }

    pub fn oauth_app_authorization(id: impl Display, authorization: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"authorizations", &authorization])
    }

    pub fn oauth_app_tokens(id: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"tokens"])
    }

    pub fn oauth_app_token_family(id: impl Display, family: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"tokens", &family])
    }

    pub fn oauth_app_incident_acknowledge(id: impl Display, incident: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"incidents", &incident, &"acknowledge"])
    }

    pub fn oauth_app_secrets(id: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"secrets"])
    }

    pub fn oauth_app_secret(id: impl Display, secret: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"secrets", &secret])
    }

    pub fn delivery_skip(id: impl Display) -> String {
        below(DELIVERIES, &[&id, &"skip"])
    }

    pub fn oauth_app_resume(id: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"resume"])
    }

    pub fn oauth_app_suspend(id: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"suspend"])
    }

    pub fn oauth_app_verify_domain(id: impl Display) -> String {
        below(OAUTH_APPS, &[&id, &"verify-domain"])
    }

    pub fn recovery_continue(id: impl Display) -> String {
        below(RECOVERIES, &[&id, &"continue"])
    }

    pub fn recovery_cancel(id: impl Display) -> String {
        below(RECOVERIES, &[&id, &"cancel"])
    }

    pub fn webhook(id: impl Display) -> String {
        below(WEBHOOKS, &[&id])
    }

    pub fn webhook_check(id: impl Display) -> String {
        below(WEBHOOKS, &[&id, &"check"])
    }

    pub fn webhook_adopt(id: impl Display) -> String {
        below(WEBHOOKS, &[&id, &"adopt"])
    }

    pub fn webhook_disable(id: impl Display) -> String {
        below(WEBHOOKS, &[&id, &"disable"])
    }

    pub fn webhook_enable(id: impl Display) -> String {
        below(WEBHOOKS, &[&id, &"enable"])
    }

    pub fn webhook_pause(id: impl Display) -> String {
        below(WEBHOOKS, &[&id, &"pause"])
    }

    pub fn webhook_resume(id: impl Display) -> String {
        below(WEBHOOKS, &[&id, &"resume"])
    }

    pub fn webhook_secrets(id: impl Display) -> String {
        below(WEBHOOKS, &[&id, &"secrets"])
    }

    pub fn webhook_secret(id: impl Display, secret: impl Display) -> String {
        below(WEBHOOKS, &[&id, &"secrets", &secret])
    }

    pub fn webhook_test(id: impl Display) -> String {
        below(WEBHOOKS, &[&id, &"test"])
    }
}

/// `base/segment/…`, each segment percent-encoded.
fn below(base: &str, segments: &[&dyn Display]) -> String {
    let encoded = segments.iter().map(|segment| encode(&segment.to_string()));
    [base.to_owned()].into_iter().chain(encoded).collect::<Vec<_>>().join("/")
}

/// `path?name=value&…` of the parameters that have a value.
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(name);
        address.push('=');
        address.push_str(&encode(value));
    }
    address
}

/// Percent-encodes a path segment or a query's value, as the browser's `encodeURIComponent` does.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    use super::*;

    #[test]
    fn segments_and_values_are_encoded_and_empty_parameters_left_out() {
        assert_eq!(webhook("a/b?c"), "/settings/api/webhooks/a%2Fb%3Fc");
        assert_eq!(
            sign_in("/settings/api?since=1h#ä"),
            "/sign-in?return_to=%2Fsettings%2Fapi%3Fsince%3D1h%23%C3%A4"
        );
        let filtered =
            with_query(api::DELIVERIES, &[("status", "retrying,failed"), ("since", ""), ("limit", "1")]);
        assert_eq!(filtered, "/v1/deliveries?status=retrying%2Cfailed&limit=1");
        assert_eq!(with_query(&filtered, &[("cursor", "x")]), format!("{filtered}&cursor=x"));
    }

    /// Every address of [`api`], with `x` for each id.
    fn api_addresses() -> Vec<String> {
        use api::*;
        let collections = [
            OAUTH_SERVER,
            PROTECTED_RESOURCE,
            PROTECTED_API,
            SESSION,
            STREAM,
            API_KEYS,
            AUDIT_LOG,
            AUTHORIZATIONS,
            DELIVERIES,
            DELIVERY_ADDRESSES,
            EVENTS,
            EVENT_TYPES,
            OAUTH_APPS,
            RECOVERIES,
            WEBHOOKS,
            WEBHOOK_FILTER_PREVIEW,
        ];
        let objects = [
            api_key,
            api_key_revoke,
            app_install,
            app_install_activity,
            app_install_tokens,
            authorization,
            authorization_request,
            authorization_request_approve,
            authorization_request_deny,
            delivery,
            delivery_attempts,
            delivery_retry,
            delivery_skip,
            event,
            event_send,
            oauth_app,
            oauth_app_activity,
            oauth_app_authorizations,
            oauth_app_failures,
            oauth_app_resume,
            oauth_app_secrets,
            oauth_app_suspend,
            oauth_app_tokens,
            oauth_app_verify_domain,
            recovery_cancel,
            recovery_continue,
            webhook,
            webhook_adopt,
            webhook_check,
            webhook_disable,
            webhook_enable,
            webhook_pause,
            webhook_resume,
            webhook_secrets,
            webhook_test,
        ];
        let mut addresses: Vec<String> = collections.map(str::to_owned).to_vec();
        addresses.extend(objects.map(|of: fn(&'static str) -> String| of("x")));
        addresses.extend([
            oauth_app_authorization("x", "x"),
            oauth_app_secret("x", "x"),
            oauth_app_token_family("x", "x"),
            oauth_app_incident_acknowledge("x", "x"),
            app_install_token_family("x", "x"),
            app_install_incident_acknowledge("x", "x"),
            webhook_secret("x", "x"),
        ]);
        addresses
    }

    #[test]
    fn every_address_of_the_api_is_in_the_openapi_document() {
        let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi.json");
        let document: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(document).unwrap()).unwrap();
        let paths = document["paths"].as_object().unwrap().keys();
        let known: Vec<String> = paths
            .map(|path| {
                let segments = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
                segments.collect::<Vec<_>>().join("/")
            })
            .collect();
        for address in api_addresses() {
            assert!(known.contains(&address), "{address}");
        }
    }

    #[test]
    fn every_page_of_the_documentation_is_there() {
        use docs::*;
        for page in [API_KEYS, OAUTH_APPS, WEBHOOKS, DELIVERIES, EVENTS, DIAGNOSES] {
            let file = format!("{}/..{page}.md", env!("CARGO_MANIFEST_DIR"));
            assert!(Path::new(&file).exists(), "{file}");
        }
        assert_eq!(diagnosis("gone"), "/docs/diagnoses#gone");
    }

    /// The Rust files in this folder and those below it.
    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
        let files =
            files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
        files.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
    }

    #[test]
    fn no_other_file_spells_an_address_out() {
        let starts = ["/v1", "/settings", "/account", "/sign-in", "/.well-known", "/docs"]
            .map(|start| format!("\"{start}"));
        for file in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
            // The router's patterns are literals, too, and held to this file by a test of their own.
            if file.ends_with("src/paths.rs") || file.ends_with("src/routes.rs") {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            assert!(!starts.iter().any(|start| code.contains(start)), "{}", file.display());
        }
    }
}
