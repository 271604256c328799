//! Objects that a list can hold: those with an id.

/// An object with an id, so that a list can tell which row is which.
pub trait HasId {
    fn id(&self) -> String;
}

macro_rules! has_id {
    ($($name:path),+) => {$(
        impl HasId for $name {
            fn id(&self) -> String {
                self.id.to_string()
            }
        }
    )+};
}

has_id!(
    api_types::api_keys::ApiKey,
    api_types::app_installs::AppInstall,
    api_types::authorizations::Authorization,
    api_types::oauth_apps::OAuthApp,
    api_types::oauth_failures::OAuthFailure,
    api_types::token_families::TokenFamily,
    api_types::webhooks::Webhook,
    api_types::deliveries::Delivery,
    api_types::events::Event,
    api_types::audit::AuditEntry
);

impl HasId for api_types::recoveries::Recovery {
    /// Only a recovery that was merely counted has no id, and no list holds one.
    fn id(&self) -> String {
        self.id.map(|id| id.to_string()).unwrap_or_default()
    }
}
