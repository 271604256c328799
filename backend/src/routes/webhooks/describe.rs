//! A webhook as its owner sees it, with a sentence that says how it is doing.

use api_types::{
    Timestamp,
    webhook_headers::WebhookHeader,
    webhooks::{DisabledReason, Draining, Parked, Webhook, WebhookHealth, WebhookStatus},
};

use crate::db::{
    Json,
    webhooks::{Counts, MAX_COUNTED, WebhookRow, WebhookWithCounts},
};

/// The webhook for the wire.
pub fn webhook(shown: WebhookWithCounts) -> Webhook {
    let WebhookWithCounts { row, secrets, counts, held_by, owner } = shown;
    let status = match (row.disabled_at, row.paused_at, row.parked_at) {
        (Some(_), _, _) => WebhookStatus::Disabled,
        (None, Some(_), _) => WebhookStatus::Paused,
        (None, None, Some(_)) => WebhookStatus::Parked,
        (None, None, None) => WebhookStatus::Active,
    };
    let unsigned = |number: i32| u32::try_from(number).unwrap_or_default();
    let parked = row.parked_at.map(|since| Parked {
        since,
        next_probe_at: row.probe_at.unwrap_or(since),
        probes: unsigned(row.probes),
    });
    let draining = row.draining_since.map(|since| Draining { since, per_second: unsigned(row.pace) });
    let health = WebhookHealth {
        summary: summary(&row, counts, held_by.is_some()),
        failing_since: row.failing_since,
        failing_with: row.failing_since.and(row.last_diagnosis.as_ref()).map(|diagnosis| diagnosis.0.code),
        last_success_at: row.last_success_at,
        last_failure_at: row.last_failure_at,
        wait_until: row.asked_until,
        waiting: counts.pending + counts.retrying,
        held: counts.held,
        failures: counts.retrying + counts.failed,
        canceled: counts.canceled,
        counts_capped: counts.capped,
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
        rate_limit: row.rate_limit.map(unsigned),
        paused_at: row.paused_at,
        headers: row.header_names.0.into_iter().map(|name| WebhookHeader { name }).collect(),
        filter: row.filter.map(Json::into_inner),
        ordered: row.ordered_since.is_some(),
        held_by,
        parked: parked.filter(|_| status != WebhookStatus::Disabled),
        draining,
        health,
        created_at: row.created_at,
        created_by: row.created_by.map(|actor| actor.into_inner().into()),
        owner,
        updated_at: row.updated_at,
        deleted_at: None,
    }
}

fn summary(row: &WebhookRow, counts: Counts, held_by_one: bool) -> String {
    if let Some(at) = row.disabled_at {
        return match row.disabled_reason {
            Some(DisabledReason::Gone) => {
                format!("Disabled since {}: the receiver answered 410 Gone.", moment(at))
            }
            Some(DisabledReason::Failing) => {
                format!("Disabled since {} after five days of failures.", moment(at))
            }
            Some(DisabledReason::OwnerEnded) => {
                format!("Disabled since {}: its owner ended.", moment(at))
            }
            Some(DisabledReason::Manual) | None => format!("Disabled since {}.", moment(at)),
        };
    }
    let waiting = waiting(counts);
    if let Some(at) = row.paused_at {
        return format!("Paused since {}.{waiting} Nothing is sent until it is resumed.", moment(at));
    }
    let held_back = match (row.parked_at, row.draining_since) {
        (Some(_), _) => " Held back until the receiver answers again; a probe tries whether it does.",
        (None, Some(_)) => " What was held back is being sent, oldest first, at a growing pace.",
        (None, None) if held_by_one => " A delivery that failed holds back those after it.",
        (None, None) => "",
    };
    match (row.failing_since, &row.last_diagnosis, row.last_success_at) {
        (Some(since), Some(diagnosis), _) => {
            format!("{} since {}.{waiting}{held_back}", diagnosis.0.code.phrase(), moment(since))
        }
        (Some(since), None, _) => format!("Failing since {}.{waiting}{held_back}", moment(since)),
        (None, _, Some(_)) => format!("Working.{waiting}{held_back}"),
        (None, _, None) => format!("Nothing sent yet.{waiting}{held_back}"),
    }
}

fn waiting(counts: Counts) -> String {
    let capped = [counts.pending, counts.retrying].contains(&MAX_COUNTED);
    match (capped, counts.pending + counts.retrying) {
        (_, 0) => String::new(),
        (_, 1) => " 1 delivery is waiting.".into(),
        (false, many) => format!(" {many} deliveries are waiting."),
        (true, many) => format!(" More than {many} deliveries are waiting."),
    }
}

/// A time to the minute, for a sentence.
fn moment(at: Timestamp) -> String {
    at.to_datetime().format("%Y-%m-%d %H:%M UTC").to_string()
}
