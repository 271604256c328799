//! Reading an answer's JSON. Types that the wire lays flat into one object are read in two passes over the text: serde's
//! own way ("flatten") would bring a second copy of the code for everything in them.

use api_types::{
    Page,
    account::Session,
    api_keys::{ApiKey, CreatedApiKey},
    app_installs::{AppInstall, AppInstallActivity, AppPolicySetting},
    authorizations::{AnsweredRequest, AuthorizationRequest, OAuthAppActivity, Withdrawn},
    deliveries::{AcceptedRetry, Attempt, Delivery, DeliveryDetail, RetryAdvice},
    events::{AcceptedSend, Event},
    filters::FilterPreview,
    incidents::Incident,
    oauth_apps::{ClientSecret, CreatedClientSecret, CreatedOAuthApp, OAuthApp},
    receiver_checks::ReceiverCheck,
    recoveries::Recovery,
    webhooks::{CreatedSigningSecret, CreatedWebhook, TestResult, Webhook},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Result, from_str};

/// A type that an operation answers with.
pub trait Answer: Sized {
    fn read(json: &str) -> Result<Self>;
}

macro_rules! plain {
    ($($name:ty),+ $(,)?) => {$(
        impl Answer for $name {
            fn read(json: &str) -> Result<Self> {
                from_str(json)
            }
        }
    )+};
}

plain!(
    AppInstall,
    AppInstallActivity,
    AppPolicySetting,
    Session,
    ApiKey,
    OAuthApp,
    OAuthAppActivity,
    Incident,
    Withdrawn,
    AuthorizationRequest,
    AnsweredRequest
);
plain!(
    Webhook,
    FilterPreview,
    TestResult,
    ReceiverCheck,
    Delivery,
    AcceptedRetry,
    AcceptedSend,
    Event,
    Recovery
);

/// The answer to operations of which the status alone says that they were done.
impl Answer for () {
    fn read(_: &str) -> Result<Self> {
        Ok(())
    }
}

impl<T: DeserializeOwned> Answer for Page<T> {
    fn read(json: &str) -> Result<Self> {
        from_str(json)
    }
}

/// The secret beside an object's fields.
#[derive(Deserialize)]
struct Beside {
    key: Option<String>,
    client_secret: Option<String>,
    signing_secret: Option<String>,
}

impl Answer for CreatedApiKey {
    fn read(json: &str) -> Result<Self> {
        let beside: Beside = from_str(json)?;
        Ok(Self { api_key: from_str(json)?, key: beside.key.unwrap_or_default() })
    }
}

impl Answer for CreatedOAuthApp {
    fn read(json: &str) -> Result<Self> {
        let beside: Beside = from_str(json)?;
        Ok(Self { app: from_str(json)?, client_secret: beside.client_secret })
    }
}

impl Answer for CreatedClientSecret {
    fn read(json: &str) -> Result<Self> {
        let beside: Beside = from_str(json)?;
        let secret: ClientSecret = from_str(json)?;
        Ok(Self { secret, client_secret: beside.client_secret.unwrap_or_default() })
    }
}

impl Answer for CreatedSigningSecret {
    fn read(json: &str) -> Result<Self> {
        let beside: Beside = from_str(json)?;
        Ok(Self { secret: from_str(json)?, signing_secret: beside.signing_secret })
    }
}

impl Answer for CreatedWebhook {
    fn read(json: &str) -> Result<Self> {
        let beside: Beside = from_str(json)?;
        Ok(Self { webhook: from_str(json)?, signing_secret: beside.signing_secret })
    }
}

/// A delivery's detail without what lists show of it.
#[derive(Deserialize)]
struct Detail {
    event: Event,
    attempt_history: Vec<Attempt>,
    in_flight: bool,
    holds_line: bool,
    retry: RetryAdvice,
}

impl Answer for DeliveryDetail {
    fn read(json: &str) -> Result<Self> {
        let delivery: Delivery = from_str(json)?;
        let Detail { event, attempt_history, in_flight, holds_line, retry } = from_str(json)?;
        Ok(Self { delivery, event, attempt_history, in_flight, holds_line, retry })
    }
}
