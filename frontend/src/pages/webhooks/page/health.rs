//! The health of a webhook: its state and the reason in words, its figures, and the action that comes next.

use api_types::{
    Page,
    deliveries::Delivery,
    stream::Topic,
    webhooks::{DisabledReason, OwnerKind, Webhook},
};
use leptos::prelude::*;

use crate::{
    amounts::{self, at_least, number},
    api::deliveries,
    browser,
    data::load::Load,
    pages::{
        recoveries::choose::Choice,
        webhooks::{
            page::{dialogs::Dialogs, disabled},
            state::State,
        },
    },
    paths,
    ui::{
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
        State::Failing | State::HeldInOrder => ("bad", icon::ALERT),
        State::Paused | State::Parked => ("warn", icon::PAUSE),
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
        State::HeldInOrder => "Held by a delivery that failed",
        State::Paused => "Paused until somebody resumes it",
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
            {asked_to_wait(load)}
        }
        .erase(),
        State::HeldInOrder => held_in_order(load),
        State::Paused => paused(load),
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
        State::Disabled => disabled::words(load),
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
                (0, 0) if health.canceled > 0 => format!(
                    " Nothing is waiting; {} canceled, which can be recovered.",
                    at_least(health.canceled, health.counts_capped)
                ),
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

fn held_in_order(load: &Load<Webhook>) -> AnyView {
    view! {
        {part(load, |webhook| (webhook.held_by, held_count(webhook)), |(holder, (count, capped))| {
            let link = holder.map(|id| view! { <a class="textlink" href=paths::delivery(id)>"A delivery"</a> });
            let others = match count {
                0 => "what comes now".to_owned(),
                1 => "1 later one".to_owned(),
                many => format!("{} later ones", at_least(many, capped)),
            };
            view! {
                <p>{link} " failed and holds back " {others} ": this webhook is ordered. The line goes on once it succeeds, or once you skip it on its page."</p>
            }
            .erase()
        })}
        {newest_failure(load, true)}
    }
    .erase()
}

fn paused(load: &Load<Webhook>) -> AnyView {
    view! {
        {part(load, |webhook| webhook.paused_at, |since| {
            view! { <p>"Since " {since.map(clock)} " (" {since.map(ago)} "). Nothing is sent to it, retries included."</p> }.erase()
        })}
        {part(load, held_count, |(count, capped)| {
            let what = match count {
                0 => "What comes now is held".to_owned(),
                1 => "1 delivery is held".to_owned(),
                many => format!("{} are held", amounts::deliveries(many, capped)),
            };
            view! { <p>{what} ", however long; nothing is canceled. Once it is resumed, all is sent, oldest first, at a growing pace."</p> }
                .erase()
        })}
        {part(load, |webhook| webhook.parked.is_some(), |parked| {
            parked
                .then_some("It is parked, too: its receiver failed before it was paused. After resuming, a probe tries first whether it is back.")
                .map(|text| view! { <p>{text}</p> })
                .erase()
        })}
    }
    .erase()
}

fn parked(load: &Load<Webhook>) -> AnyView {
    view! {
        {part(load, |webhook| webhook.parked.map(|parked| parked.since), |since| {
            view! { <p>"Since " {since.map(clock)} " (" {since.map(ago)} "), after several failures in a row."</p> }.erase()
        })}
        {newest_failure(load, false)}
        {asked_to_wait(load)}
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

/// The end of the pause that the receiver asked for, while it lasts.
fn asked_to_wait(load: &Load<Webhook>) -> AnyView {
    part(
        load,
        |webhook| webhook.health.wait_until.filter(|until| *until > browser::now()),
        |until| {
            until
                .map(|until| view! { <p>"The receiver asked to wait until " {clock(until)} " (Retry-After), and that is kept."</p> })
                .erase()
        },
    )
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

/// The button for what one would do next in this state, if there is such a thing.
fn next_action(state: State, load: &Load<Webhook>, dialogs: Dialogs) -> AnyView {
    let button = |label: &'static str, class: &'static str, act: Box<dyn Fn() + Send + Sync>| {
        view! { <button type="button" class=class on:click=move |_| act()>{label}</button> }.erase()
    };
    match state {
        State::Disabled => {
            let load = load.clone();
            let without_owner = load.part(|webhook| {
                webhook.disabled_reason == Some(DisabledReason::OwnerEnded)
                    && webhook.owner.as_ref().is_some_and(|owner| owner.kind != OwnerKind::Member)
            });
            live(move || {
                if without_owner.get() == Some(true) {
                    button("Adopt webhook", "btn btn-primary btn-sm", Box::new(opens(&load, dialogs.adopt)))
                } else {
                    button("Enable webhook", "btn btn-primary btn-sm", Box::new(opens(&load, dialogs.enable)))
                }
            })
        }
        State::Paused => {
            button("Resume webhook", "btn btn-primary btn-sm", Box::new(opens(load, dialogs.resume)))
        }
        State::RateLimited => {
            button("Change limit", "btn btn-quiet btn-sm", Box::new(opens(load, dialogs.edit)))
        }
        State::Failing | State::Parked | State::Working => {
            let load = load.clone();
            let any = load.part(|webhook| webhook.health.failures + webhook.health.canceled > 0);
            live(move || {
                let load = load.clone();
                let recover = move || {
                    let id = untrack(|| load.ready()).map(|webhook| webhook.id.to_string());
                    dialogs
                        .recover
                        .set(Some(Choice { webhook: id.unwrap_or_default(), ..Choice::default() }));
                };
                (any.get() == Some(true))
                    .then(|| button("Recover…", "btn btn-quiet btn-sm", Box::new(recover)))
            })
        }
        State::HeldInOrder => part(
            load,
            |webhook| webhook.held_by,
            |holder| {
                holder.map(|id| view! { <a class="btn btn-primary btn-sm" href=paths::delivery(id)>"Show the delivery"</a> }).erase()
            },
        ),
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
        State::Paused | State::HeldInOrder => figure("Held", part(load, held_count, |(held, capped)| at_least(held, capped).erase())),
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
        {part(load, |webhook| (webhook.health.canceled, webhook.health.counts_capped), |(canceled, capped)| {
            (canceled > 0).then(|| figure("Canceled", at_least(canceled, capped))).erase()
        })}
    }
    .erase()
}
