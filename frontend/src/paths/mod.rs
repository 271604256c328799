//! Every address that the console knows, written once: its own pages, and in [`api`] the operations of the HTTP API.
//!
//! `routes` matches the same pages by patterns; a test there holds the two together.

pub mod api;

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
            if file.starts_with(concat!(env!("CARGO_MANIFEST_DIR"), "/src/paths"))
                || file.ends_with("src/routes.rs")
            {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            assert!(!starts.iter().any(|start| code.contains(start)), "{}", file.display());
        }
    }
}
