// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The resources of the API, and their operations.

mod api_keys;
mod app_installs;
mod audit_log;
mod broadcasts;
mod deliveries;
mod delivery_addresses;
mod event_types;
mod events;
mod oauth_apps;
mod problem_types;
mod recoveries;
mod session;
mod tickets;
mod webhooks;

pub use api_keys::{ApiKeys, ListApiKeys};
pub use app_installs::{AppInstalls, ListAppInstallTokens, ListAppInstalls};
pub use audit_log::{AuditLog, ListAuditEntries};
pub use broadcasts::{Broadcasts, ListBroadcasts};
pub use deliveries::{Deliveries, ListDeliveries, ListDeliveryAttempts};
pub use delivery_addresses::{DeliveryAddresses, ListDeliveryAddresses};
pub use event_types::{EventTypes, ListEventTypes};
pub use events::{Events, ListEvents};
pub use oauth_apps::{
    ListOAuthAppAuthorizations, ListOAuthAppFailures, ListOAuthAppSecrets, ListOAuthAppTokens, ListOAuthApps,
    OAuthApps,
};
pub use problem_types::ProblemTypes;
pub use recoveries::{ListRecoveries, Recoveries};
pub use session::Session;
pub use tickets::{ListTicketComments, ListTicketNotes, ListTickets, Tickets};
pub use webhooks::{ListWebhookSecrets, ListWebhooks, Webhooks};

/// Gives a client its resources.
macro_rules! resources {
    ($client:ty) => {
        impl $client {
            /// The operations of API keys.
            pub fn api_keys(&self) -> ApiKeys<Self> {
                ApiKeys::of(self)
            }

            /// The operations of app installs.
            pub fn app_installs(&self) -> AppInstalls<Self> {
                AppInstalls::of(self)
            }

            /// The operations of audit log.
            pub fn audit_log(&self) -> AuditLog<Self> {
                AuditLog::of(self)
            }

            /// The operations of broadcasts.
            pub fn broadcasts(&self) -> Broadcasts<Self> {
                Broadcasts::of(self)
            }

            /// The operations of deliveries.
            pub fn deliveries(&self) -> Deliveries<Self> {
                Deliveries::of(self)
            }

            /// The operations of delivery addresses.
            pub fn delivery_addresses(&self) -> DeliveryAddresses<Self> {
                DeliveryAddresses::of(self)
            }

            /// The operations of event types.
            pub fn event_types(&self) -> EventTypes<Self> {
                EventTypes::of(self)
            }

            /// The operations of events.
            pub fn events(&self) -> Events<Self> {
                Events::of(self)
            }

            /// The operations of OAuth apps.
            pub fn oauth_apps(&self) -> OAuthApps<Self> {
                OAuthApps::of(self)
            }

            /// The operations of problem types.
            pub fn problem_types(&self) -> ProblemTypes<Self> {
                ProblemTypes::of(self)
            }

            /// The operations of recoveries.
            pub fn recoveries(&self) -> Recoveries<Self> {
                Recoveries::of(self)
            }

            /// The operations of session.
            pub fn session(&self) -> Session<Self> {
                Session::of(self)
            }

            /// The operations of tickets.
            pub fn tickets(&self) -> Tickets<Self> {
                Tickets::of(self)
            }

            /// The operations of webhooks.
            pub fn webhooks(&self) -> Webhooks<Self> {
                Webhooks::of(self)
            }
        }
    };
}

resources!(crate::client::Sayless);
#[cfg(feature = "blocking")]
resources!(crate::blocking::Sayless);
