//! The body that asks for a recovery, checked.

use api_types::{
    Timestamp,
    deliveries::Category,
    events::EventType,
    problem::FaultCode,
    recoveries::{Included, NewRecovery},
};

use crate::{
    db::{
        Json,
        recoveries::{Selection, USUAL},
    },
    http::{
        fields::{Fields, quoted},
        problem::Answer,
    },
};

/// Deliveries per second that a recovery sets going where the request names no rate.
const USUAL_RATE: u32 = 20;

/// A new recovery that passed.
pub struct ValidRecovery {
    pub selection: Selection,
    /// Deliveries per second.
    pub rate: i32,
    /// A few go first.
    pub canary: bool,
}

/// Checks a new recovery.
pub fn check(input: &NewRecovery, now: Timestamp) -> Answer<ValidRecovery> {
    let mut fields = Fields::new();
    let webhook_id = input.webhook_id.as_deref().and_then(|text| {
        let id = text.parse().ok();
        if id.is_none() {
            fields.wrong(
                "webhook_id",
                FaultCode::Malformed,
                format!("{} is not a webhook's id.", quoted(text)),
            );
        }
        id
    });
    let types: Vec<&str> = EventType::ALL.iter().map(|kind| kind.as_str()).collect();
    let categories: Vec<&str> = Category::ALL.iter().map(|category| category.as_str()).collect();
    let event_type = input.event_type.as_deref().and_then(|word| fields.word("event_type", word, &types));
    let category = input.category.as_deref().and_then(|word| fields.word("category", word, &categories));
    let since = time(&mut fields, "since", input.since.as_deref());
    let until = time(&mut fields, "until", input.until.as_deref());
    if let Some(since) = since
        && let Some(until) = until
        && since >= until
    {
        fields.wrong("since", FaultCode::OutOfRange, "It must be before `until`.");
    }
    let words: Vec<&str> = Included::ALL.iter().map(|word| word.as_str()).collect();
    let include = match &input.include {
        Some(given) => fields.words("include", given, 1, &words),
        None => USUAL.to_vec(),
    };
    let of_one_webhook = |word: &&Included| matches!(word, Included::Missing | Included::Succeeded);
    if let Some(word) = include.iter().find(of_one_webhook).filter(|_| input.webhook_id.is_none()) {
        let detail = format!("What is {word} is recovered for one webhook at a time: name its `webhook_id`.");
        fields.wrong("include", FaultCode::NotAllowed, detail);
    }
    let rate = fields.rate("rate_per_second", input.rate_per_second.unwrap_or(USUAL_RATE));
    // Deliveries that exist now can be recovered, those of this millisecond included.
    let until = until.unwrap_or(now + 1).min(now + 1);
    let include = Some(Json::new(include));
    let selection = Selection { webhook_id, event_type, category, since, until, include, owner_id: None };
    fields.check(ValidRecovery { selection, rate: rate.unwrap_or(1), canary: input.canary })
}

fn time(fields: &mut Fields, field: &str, value: Option<&str>) -> Option<Timestamp> {
    let value = value?;
    match value.parse() {
        Ok(time) => Some(time),
        Err(error) => {
            fields.wrong(field, FaultCode::Malformed, format!("{}: {error}.", quoted(value)));
            None
        }
    }
}
