//! The health of a webhook: its state and the reason in words, its figures, and the action that comes next.

use api_types::{
    Page,
    audit::AuditAction,
    deliveries::Delivery,
    stream::Topic,
    webhooks::{DisabledReason, Webhook},
};
use leptos::prelude::*;

use crate::{
    amounts::{self, at_least, number},
    api::{audit_log, deliveries},
    data::load::Load,
    pages::{
        recoveries::choose::Choice,
        webhooks::{page::dialogs::Dialogs, state::State},
    },
    ui::{
        actor::by,
        badge,
        erase::{Erase, live},
        icon::{self, icon},
        load::{opens, part},
        page::figure,
        time::{ago, ago_or, clock, countdown},
    },
};

/// The tone and the icon of a state.
const fn look(state: State) -> (&'static str, &'static str) {
    match state {
        State::New => ("plain", icon::SEND),
        State::Working => ("good", icon::CHECK),
        State::RateLimited => ("info", icon::CLOCK),
        State::Failing => ("bad", icon::ALERT),
        State::Parked => ("warn", icon::PAUSE),
        State::CatchingUp => ("info", icon::PLAY),
        State::Disabled => ("plain", icon::PAUSE),
    }
}

const fn headline(state: State) -> &'static str {
    match state {
        State::New => "Ready; nothing has been sent yet",
        State::Working => "Working",
        State::RateLimited => "Sending at its rate limit",
        State::Failing => "Failing",
        State::Parked => "Parked until the receiver is back",
        State::CatchingUp => "The receiver is back: catching up",
        State::Disabled => "Disabled",
    }
}

pub fn panel(load: &Load<Webhook>, dialogs: Dialogs) -> AnyView {
    let state = load.part(State::of);
    let load = load.clone();
    let said = move || state.get().map(headline);
    view! {
        <p class="sr-only" role="status">{live(said)}</p>
        {live(move || {
            state
                .get()
                .map(|state| {
                    let (tone, shape) = look(state);
                    view! {
                        <section class=format!("panel mt-5 standing {tone}") aria-labelledby="standing">
                            <div class="standhead">
                                {icon(shape)}
                                <div class="grid gap-1 min-w-0 flex-1 basis-72">
                                    <h2 class="text-base font-semibold" id="standing">
                                        {headline(state)}
                                    </h2>
                                    <div class="grid gap-1 anywhere max-w-2xl">{words(state, &load)}</div>
                                </div>
                                <div class="flex flex-wrap gap-2">{next_action(state, &load, dialogs)}</div>
                            </div>
                            <dl class="figures">{figures(state, &load)}</dl>
                        </section>
                    }
                })
        })}
    }
    .erase()
}

fn words(state: State, load: &Load<Webhook>) -> AnyView {
    match state {
        State::New => view! { <p>"Send a test to see whether the receiver answers. Events follow as they happen."</p> }.erase(),
        State::Working => well(load),
        State::RateLimited => part(load, |webhook| (webhook.rate_limit, held(webhook)), |(limit, held)| {
            view! {
                <p>
                    "More comes in than its limit of " {number(limit.unwrap_or_default().into())} " per second lets through: "
                    {held} " wait their turn, oldest first."
                </p>
            }
            .erase()
        }),
        State::Failing => view! {
            {part(load, |webhook| webhook.health.failing_since, |since| {
                view! { <p>"Nothing but failures since " {since.map(clock)} " (" {since.map(ago)} ")."</p> }.erase()
            })}
            {newest_failure(load, true)}
        }
        .erase(),
        State::Parked => parked(load),
        State::CatchingUp => part(load, |webhook| webhook.draining.map(|draining| draining.since), |since| {
            view! {
                <p>
                    "It answers again since " {since.map(clock)} " (" {since.map(ago)}
                    "). What was held is being sent, oldest first; with every success the pace grows."
                </p>
            }
            .erase()
        }),
        State::Disabled => disabled(load),
    }
}

fn held(webhook: &Webhook) -> String {
    amounts::deliveries(webhook.health.held, webhook.health.counts_capped)
}

fn well(load: &Load<Webhook>) -> AnyView {
    part(
        load,
        |webhook| webhook.health.clone(),
        |health| {
            let many = |count| amounts::deliveries(count, health.counts_capped);
            let rest = match (health.waiting, health.failures) {
                (0, 0) => " Nothing is waiting.".to_owned(),
                (1, 0) => " 1 delivery is on its way.".to_owned(),
                (waiting, 0) => format!(" {} are on their way.", many(waiting)),
                (_, 1) => " 1 delivery that failed before is still to be delivered.".to_owned(),
                (_, failed) => format!(" {} that failed before are still to be delivered.", many(failed)),
            };
            view! { <p>"The receiver took the last delivery " {health.last_success_at.map(ago)} "." {rest}</p> }.erase()
        },
    )
}

fn parked(load: &Load<Webhook>) -> AnyView {
    view! {
        {part(load, |webhook| webhook.parked.map(|parked| parked.since), |since| {
            view! { <p>"Since " {since.map(clock)} " (" {since.map(ago)} "), after several failures in a row."</p> }.erase()
        })}
        {newest_failure(load, false)}
        {part(load, held_count, |(count, capped)| {
            let what = match count {
                0 => "What comes now is held and spends no retries.".to_owned(),
                1 => "1 delivery is held and spends no retries.".to_owned(),
                many => format!("{} are held and spend no retries.", amounts::deliveries(many, capped)),
            };
            view! {
                <p>
                    {what}
                    " A probe, one delivery, tries now and then whether the receiver is back. As soon as one succeeds, what is held is sent, oldest first, at a growing pace."
                </p>
            }
            .erase()
        })}
    }
    .erase()
}

/// The number of deliveries that are held, and true where there may be more.
fn held_count(webhook: &Webhook) -> (u64, bool) {
    (webhook.health.held, webhook.health.counts_capped)
}

/// The diagnosis of the newest failure, with its advice where that is wanted.
fn newest_failure(load: &Load<Webhook>, advice: bool) -> AnyView {
    let Some(id) = untrack(|| load.ready()).map(|webhook| webhook.id.to_string()) else { return ().erase() };
    let own = id.clone();
    let newest = Load::new(move || {
        deliveries::newest(&deliveries::Filter {
            status: deliveries::FAILING,
            webhook_id: &own,
            ..deliveries::Filter::default()
        })
    })
    .live(&[Topic::Deliveries], move || Some(id.clone()));
    let diagnosis =
        move |page: &Page<Delivery>| page.data.first().and_then(|newest| newest.last_diagnosis.clone());
    part(&newest, diagnosis, move |diagnosis| {
        diagnosis
            .map(|diagnosis| {
                view! {
                    <p>{badge::category(diagnosis.category)} " " <span class="font-[560]">{diagnosis.summary}</span></p>
                    {advice.then(|| view! { <p>{diagnosis.advice}</p> })}
                }
            })
            .erase()
    })
}

fn disabled(load: &Load<Webhook>) -> AnyView {
    part(
        load,
        |webhook| (webhook.id.to_string(), webhook.disabled_reason, webhook.disabled_at),
        |(id, reason, at)| {
            let why = match reason {
                Some(DisabledReason::Gone) => {
                    "because the receiver answered 410 Gone, which asks us to stop".erase()
                }
                Some(DisabledReason::Failing) => {
                    "because every automatic attempt had failed for five days".erase()
                }
                Some(DisabledReason::Manual) | None => who_disabled(id),
            };
            view! {
            <p>"Since " {at.map(clock)} " (" {at.map(ago)} "), " {why} "."</p>
            <p>"Nothing is sent to it. What comes meanwhile is kept as canceled deliveries, which can be recovered."</p>
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

/// The button for what one would do next in this state, if there is such a thing.
fn next_action(state: State, load: &Load<Webhook>, dialogs: Dialogs) -> AnyView {
    let button = |label: &'static str, class: &'static str, act: Box<dyn Fn() + Send + Sync>| {
        view! { <button type="button" class=class on:click=move |_| act()>{label}</button> }.erase()
    };
    match state {
        State::Disabled => {
            button("Enable webhook", "btn btn-primary btn-sm", Box::new(opens(load, dialogs.enable)))
        }
        State::RateLimited => {
            button("Change limit", "btn btn-quiet btn-sm", Box::new(opens(load, dialogs.edit)))
        }
        State::Failing | State::Parked | State::Working => {
            let load = load.clone();
            let any = load.part(|webhook| webhook.health.failures > 0);
            live(move || {
                let load = load.clone();
                let recover = move || {
                    let id = untrack(|| load.ready()).map(|webhook| webhook.id.to_string());
                    dialogs
                        .recover
                        .set(Some(Choice { webhook: id.unwrap_or_default(), ..Choice::default() }));
                };
                (any.get() == Some(true))
                    .then(|| button("Recover failures…", "btn btn-quiet btn-sm", Box::new(recover)))
            })
        }
        State::New | State::CatchingUp => ().erase(),
    }
}

fn figures(state: State, load: &Load<Webhook>) -> AnyView {
    let own = match state {
        State::Parked => view! {
            {figure("Next probe", part(load, |webhook| webhook.parked.map(|parked| parked.next_probe_at), |at| {
                at.map(|at| countdown(at, "under way")).erase()
            }))}
            {figure("Probes failed", part(load, |webhook| webhook.parked.map_or(0, |parked| parked.probes), Erase::erase))}
            {figure("Held", part(load, held_count, |(held, capped)| at_least(held, capped).erase()))}
        }
        .erase(),
        State::CatchingUp => view! {
            {figure("Left", part(load, held_count, |(held, capped)| at_least(held, capped).erase()))}
            {figure("Pace", part(load, |webhook| webhook.draining.map_or(0, |draining| draining.per_second), |pace| {
                view! { {number(pace.into())} " per second" }.erase()
            }))}
        }
        .erase(),
        State::RateLimited => figure("Held by the limit", part(load, held_count, |(held, capped)| at_least(held, capped).erase())),
        _ => figure("Waiting", part(load, |webhook| (webhook.health.waiting, webhook.health.counts_capped), |(waiting, capped)| {
            at_least(waiting, capped).erase()
        })),
    };
    view! {
        {own}
        {figure("Last success", part(load, |webhook| webhook.health.last_success_at, |at| ago_or(at, "Never")))}
        {figure("Last failure", part(load, |webhook| webhook.health.last_failure_at, |at| ago_or(at, "Never")))}
        {figure("Failures", part(load, |webhook| (webhook.health.failures, webhook.health.counts_capped), |(failures, capped)| {
            at_least(failures, capped).erase()
        }))}
    }
    .erase()
}
