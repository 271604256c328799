//! A webhook as its owner sees it, with a sentence that says how it is doing.

use api_types::{
    Timestamp,
    webhooks::{DisabledReason, Webhook, WebhookHealth, WebhookStatus},
};

use crate::db::webhooks::{Counts, Shown, WebhookRow};

/// A webhook for the wire.
pub fn webhook(shown: Shown) -> Webhook {
    let Shown { row, secrets, counts } = shown;
    let status = if row.disabled_at.is_some() { WebhookStatus::Disabled } else { WebhookStatus::Active };
    let health = WebhookHealth {
        summary: summary(&row, counts),
        failing_since: row.failing_since,
        last_success_at: row.last_success_at,
        last_failure_at: row.last_failure_at,
        waiting: counts.pending + counts.retrying,
        failures: counts.retrying + counts.failed,
    };
    Webhook {
        id: row.id,
        url: row.url,
        description: row.description,
        event_types: row.event_types.0.iter().map(ToString::to_string).collect(),
        signature: row.signature,
        status,
        disabled_reason: row.disabled_reason,
        disabled_at: row.disabled_at,
        public_key: secrets.iter().find_map(|secret| secret.public_key.clone()),
        secrets,
        health,
        created_at: row.created_at,
        updated_at: row.updated_at,
        deleted_at: None,
    }
}

fn summary(row: &WebhookRow, counts: Counts) -> String {
    if let Some(at) = row.disabled_at {
        return match row.disabled_reason {
            Some(DisabledReason::Gone) => {
                format!("Disabled since {}: the receiver answered 410 Gone.", moment(at))
            }
            Some(DisabledReason::Failing) => {
                format!("Disabled since {} after five days of failures.", moment(at))
            }
            Some(DisabledReason::Manual) | None => format!("Disabled since {}.", moment(at)),
        };
    }
    let waiting = match counts.pending + counts.retrying {
        0 => String::new(),
        1 => " 1 delivery is waiting.".into(),
        many => format!(" {many} deliveries are waiting."),
    };
    match (row.failing_since, &row.last_diagnosis, row.last_success_at) {
        (Some(since), Some(diagnosis), _) => {
            let what = diagnosis.0.summary.trim_end_matches('.');
            format!("Failing since {}: {what}.{waiting}", moment(since))
        }
        (Some(since), None, _) => format!("Failing since {}.{waiting}", moment(since)),
        (None, _, Some(_)) => format!("Working.{waiting}"),
        (None, _, None) => format!("Nothing sent yet.{waiting}"),
    }
}

/// A time to the minute, for a sentence.
fn moment(at: Timestamp) -> String {
    at.to_datetime().format("%Y-%m-%d %H:%M UTC").to_string()
}
