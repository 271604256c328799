//! Checks of a webhook's configuration, and of the event types that a caller may subscribe to.

use api_types::{
    ProblemType,
    filters::EventFilter,
    webhooks::{NewWebhook, SignatureScheme, WebhookChanges},
};

use super::own_headers::{self, GivenHeader};
use crate::{
    auth::Identity,
    catalogue::{Subscription, filter},
    db::{
        Json,
        webhooks::{WebhookRow, WebhookUpdate},
    },
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
    pub headers: Vec<GivenHeader>,
    pub filter: Option<EventFilter>,
    pub ordered: bool,
}

/// Changes of a webhook that passed.
pub struct ValidChanges {
    pub update: WebhookUpdate,
    /// The headers from now on, which the transaction seals; none where they stay.
    pub headers: Option<Vec<GivenHeader>>,
    /// Whether it is ordered from now on; none where that stays.
    pub ordered: Option<bool>,
}

/// Checks a new webhook; the host of its URL is looked up.
pub async fn check_new(sender: &Sender, input: &NewWebhook) -> Answer<ValidWebhook> {
    let mut fields = Fields::new();
    let event_types = check_event_types(&mut fields, &input.event_types);
    // Without a type that is known there are no fields to name.
    if let Some(filter) = input.filter.as_ref().filter(|_| !event_types.is_empty()) {
        fields.add(filter::check(filter, &event_types));
    }
    let valid = ValidWebhook {
        url: check_url(sender, &mut fields, &input.url).await,
        event_types,
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
        headers: own_headers::check(&mut fields, input.headers.as_deref().unwrap_or_default()),
        filter: input.filter.clone(),
        ordered: input.ordered == Some(true),
    };
    fields.check(valid)
}

/// Checks changes to a webhook; the host of a new URL is looked up.
pub async fn check_changes(sender: &Sender, input: &WebhookChanges) -> Answer<ValidChanges> {
    let mut fields = Fields::new();
    let url = match &input.url {
        Some(url) => Some(check_url(sender, &mut fields, url).await),
        None => None,
    };
    let update = WebhookUpdate {
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
        header_names: None,
        headers: None,
        filter: input.filter.clone().map(|filter| filter.map(Json::new)),
        ordered_since: None,
    };
    let headers = input.headers.as_ref();
    let headers = headers.map(|given| own_headers::check(&mut fields, given.as_deref().unwrap_or_default()));
    fields.check(ValidChanges { update, headers, ordered: input.ordered })
}

/// Checks the filter that a webhook has after a change of its filter or its event types.
pub fn check_filter(update: &WebhookUpdate, before: &WebhookRow) -> Answer<()> {
    if update.filter.is_none() && update.event_types.is_none() {
        return Ok(());
    }
    let filter = update.filter.as_ref().unwrap_or(&before.filter);
    let event_types = update.event_types.as_ref().unwrap_or(&before.event_types);
    let mut fields = Fields::new();
    if let Some(filter) = filter {
        fields.add(filter::check(&filter.0, &event_types.0));
    }
    fields.done()
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

pub fn check_event_types(fields: &mut Fields, words: &[String]) -> Vec<Subscription> {
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
