//! Checks of a webhook's configuration, and of the event types that a caller may subscribe to.

use api_types::{
    ProblemType,
    webhooks::{NewWebhook, SignatureScheme, WebhookChanges},
};

use crate::{
    auth::Identity,
    catalogue::Subscription,
    db::{Json, webhooks::WebhookUpdate},
    delivery::{address::WebhookUrl, send::Sender},
    http::{
        fields::Fields,
        problem::{Answer, Failure},
    },
};

const MAX_DESCRIPTION: usize = 200;

/// A new webhook that passed.
pub struct ValidWebhook {
    pub url: String,
    pub event_types: Vec<Subscription>,
    pub description: String,
    pub signature: SignatureScheme,
    pub rate_limit: Option<i32>,
}

/// Checks a new webhook; the host of its URL is looked up.
pub async fn check_new(sender: &Sender, input: &NewWebhook) -> Answer<ValidWebhook> {
    let mut fields = Fields::new();
    let valid = ValidWebhook {
        url: check_url(sender, &mut fields, &input.url).await,
        event_types: check_event_types(&mut fields, &input.event_types),
        description: fields.line(
            "description",
            input.description.as_deref().unwrap_or_default(),
            MAX_DESCRIPTION,
        ),
        signature: input
            .signature
            .as_deref()
            .map_or(Some(SignatureScheme::V1), |word| fields.word("signature", word, &["v1", "v1a"]))
            .unwrap_or(SignatureScheme::V1),
        rate_limit: input.rate_limit.and_then(|rate| fields.rate("rate_limit", rate)),
    };
    fields.check(valid)
}

/// Checks changes to a webhook; the host of a new URL is looked up.
pub async fn check_changes(sender: &Sender, input: &WebhookChanges) -> Answer<WebhookUpdate> {
    let mut fields = Fields::new();
    let url = match &input.url {
        Some(url) => Some(check_url(sender, &mut fields, url).await),
        None => None,
    };
    let valid = WebhookUpdate {
        url,
        event_types: input
            .event_types
            .as_deref()
            .map(|words| Json::new(check_event_types(&mut fields, words))),
        description: input.description.as_ref().map(|text| {
            let text = text.as_deref().unwrap_or_default();
            fields.line("description", text, MAX_DESCRIPTION)
        }),
        rate_limit: input.rate_limit.map(|rate| rate.and_then(|rate| fields.rate("rate_limit", rate))),
    };
    fields.check(valid)
}

async fn check_url(sender: &Sender, fields: &mut Fields, text: &str) -> String {
    let checked = match WebhookUrl::parse(text.trim(), sender.policy()) {
        Ok(url) => sender.check_destination(&url).await.map(|()| url.as_str().to_owned()),
        Err(problem) => Err(problem),
    };
    checked.unwrap_or_else(|problem| {
        fields.wrong("url", problem.code(), problem.to_string());
        String::new()
    })
}

fn check_event_types(fields: &mut Fields, words: &[String]) -> Vec<Subscription> {
    fields.words("event_types", words, 1, &Subscription::known())
}

/// Refuses event types that the caller may not read, so that no credential can subscribe to what it may not see.
pub fn check_readable(identity: &Identity, event_types: &[Subscription]) -> Answer<()> {
    let Some(scopes) = identity.scopes() else { return Ok(()) };
    for wanted in event_types {
        match wanted.scope_for_reading() {
            Some(scope) if scopes.contains(&scope) => {}
            Some(scope) => {
                return Err(Failure::new(
                    ProblemType::InsufficientScope,
                    format!(
                        "Webhooks for {wanted} need the scope {scope} too, which the credential does not hold."
                    ),
                ));
            }
            None => {
                return Err(Failure::new(
                    ProblemType::SessionRequired,
                    format!("Webhooks for {wanted} are made and changed by an admin's session alone."),
                ));
            }
        }
    }
    Ok(())
}
