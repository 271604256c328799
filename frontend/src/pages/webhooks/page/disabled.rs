//! The words of a webhook that is disabled: since when, why, and by whom.

use api_types::{
    audit::AuditAction,
    webhooks::{DisabledReason, OwnerKind, Webhook},
};
use leptos::prelude::*;

use crate::{
    api::audit_log,
    data::load::Load,
    pages::webhooks::owner,
    ui::{
        actor::by,
        erase::{Erase, live},
        load::part,
        time::{ago, clock},
    },
};

pub fn words(load: &Load<Webhook>) -> AnyView {
    part(
        load,
        |webhook| {
            (
                webhook.id.to_string(),
                webhook.disabled_reason,
                webhook.disabled_at,
                webhook.paused_at,
                webhook.owner.clone(),
            )
        },
        |(id, reason, at, paused_at, owner)| {
            let why = match reason {
                Some(DisabledReason::Gone) => {
                    "because the receiver answered 410 Gone, which asks us to stop".erase()
                }
                Some(DisabledReason::Failing) => {
                    "because every automatic attempt had failed for five days".erase()
                }
                Some(DisabledReason::OwnerEnded) => match owner
                    .filter(|owner| owner.kind != OwnerKind::Member)
                {
                    Some(owner) => view! { "because its owner, " {owner::named(&owner)} ", ended" }.erase(),
                    None => "because its owner ended".erase(),
                },
                Some(DisabledReason::Manual) | None => who_disabled(id),
            };
            view! {
            <p>"Since " {at.map(clock)} " (" {at.map(ago)} "), " {why} "."</p>
            <p>"Nothing is sent to it. What comes meanwhile is kept as canceled deliveries, which can be recovered."</p>
            {paused_at.map(|at| view! { <p>"It is paused, too, since " {clock(at)} ": enabled, it holds what comes until it is resumed."</p> })}
        }
        .erase()
        },
    )
}

/// The actor that disabled the webhook, from the audit log.
fn who_disabled(id: String) -> AnyView {
    let entries = Load::new(move || {
        audit_log::newest(&audit_log::Filter {
            action: AuditAction::WebhookDisabled.as_str(),
            object: &id,
            ..audit_log::Filter::default()
        })
    });
    let actor = move || match entries
        .ready()
        .and_then(|page| page.data.into_iter().next())
        .map(|entry| entry.actor)
    {
        Some(actor) => by(&actor),
        None => "by hand".erase(),
    };
    live(actor)
}
