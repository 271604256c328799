//! The operations of the API, named as in the OpenAPI document's tags. A test holds them to that document.

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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Every address of this file, with `x` for each id.
    fn api_addresses() -> Vec<String> {
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
}
