//! The progress of recoveries: those that run, and those that ended a moment ago.

use api_types::{
    recoveries::{Recovery, RecoveryStatus},
    stream::Topic,
};
use leptos::prelude::*;

use crate::{
    amounts::{self, number},
    api::recoveries,
    browser,
    data::list::{List, Row},
    pages::recoveries::{
        stopped,
        words::{failed_again, headline, on_the_way, seconds_left},
    },
    ui::{
        actor::by,
        badge::category_word,
        dialog::{Kind, dialog_for, foot},
        erase::Erase,
        icon::{self, icon},
        list::part_of,
        submit::{Submit, form_error, submit_button},
        time::{ago, clock},
        toast::Toasts,
    },
};

/// The time that a recovery stays in sight once it is over, in milliseconds.
const LINGER_MS: i64 = 15 * 60_000;

/// The key under which a device remembers what was dismissed.
const DISMISSED: &str = "sayless-dismissed-recoveries";
/// The most that are remembered: older ones are out of sight anyway.
const MOST_DISMISSED: usize = 50;

/// The recoveries of one webhook, or of the whole workspace.
pub fn progress(webhook: Option<Memo<String>>) -> AnyView {
    let of = move || webhook.map(|id| id.get()).unwrap_or_default();
    let list = List::new(5, move || recoveries::list(&of()))
        .live(&[Topic::Recoveries, Topic::Deliveries], move || webhook.map(|id| id.get_untracked()));
    let dismissed = RwSignal::new(dismissed_before());
    let canceling = RwSignal::new(None::<Recovery>);
    let rows = list.rows.clone();
    let shown = move || -> Vec<Row<Recovery>> {
        let rows = rows.get().into_iter();
        rows.filter(|(id, row)| !dismissed.read().contains(id) && row.with(in_sight)).collect()
    };
    let refresh = Callback::new(move |()| list.refresh());
    view! {
        <For each=shown key=|(id, _)| id.clone() let((id, row))>
            {one(&row, move || dismiss(dismissed, id.clone()), canceling, refresh)}
        </For>
        {dialog_for(canceling, Kind::Small, |_| "Cancel this recovery?".to_owned(), move |recovery| cancel(&recovery, canceling, refresh))}
    }
    .erase()
}

/// The recoveries that were dismissed on this device.
fn dismissed_before() -> Vec<String> {
    browser::remembered(DISMISSED).unwrap_or_default().split(' ').map(str::to_owned).collect()
}

fn dismiss(dismissed: RwSignal<Vec<String>>, id: String) {
    dismissed.update(|gone| {
        gone.push(id);
        gone.drain(..gone.len().saturating_sub(MOST_DISMISSED));
    });
    browser::remember(DISMISSED, Some(&dismissed.read_untracked().join(" ")));
}

fn in_sight(recovery: &Recovery) -> bool {
    let over = recovery.finished_at.filter(|_| recovery.outcome.waiting == 0);
    recovery.status == RecoveryStatus::Stopped
        || over.is_none_or(|at| browser::now().millis_since(at) < LINGER_MS)
}

fn one(
    row: &ArcRwSignal<Recovery>,
    dismiss: impl Fn() + Clone + Send + Sync + 'static,
    canceling: RwSignal<Option<Recovery>>,
    refresh: Callback<()>,
) -> AnyView {
    let state = |recovery: &Recovery| recovery.status;
    let asked = row.clone();
    let button = move |status: RecoveryStatus| {
        let dismiss = dismiss.clone();
        let asked = asked.clone();
        if matches!(status, RecoveryStatus::Running | RecoveryStatus::Stopped) {
            let id = asked.read_untracked().id.filter(|_| status == RecoveryStatus::Stopped);
            let ask = move |_| canceling.set(Some(asked.get_untracked()));
            view! {
                <div class="flex flex-wrap gap-2">
                    {id.map(|id| stopped::resume(id, refresh))}
                    <button type="button" class="btn btn-quiet btn-sm" on:click=ask>"Cancel recovery"</button>
                </div>
            }
            .erase()
        } else {
            view! {
                <button type="button" class="btn btn-ghost btn-sm btn-square" aria-label="Dismiss" title="Dismiss" on:click=move |_| dismiss()>
                    {icon(icon::CLOSE)}
                </button>
            }
            .erase()
        }
    };
    let said = |recovery: &Recovery| (recovery.status, recovery.total);
    view! {
        <section class="panel mt-5 px-5 py-4 grid gap-3" aria-label="Recovery">
            <div class="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
                <div class="min-w-0 flex-1 basis-60">
                    <h3 class="font-semibold text-[0.9375rem] tabular-nums">{part_of(row, headline, Erase::erase)}</h3>
                    {part_of(row, Recovery::clone, |recovery| what(&recovery))}
                </div>
                <div class="-my-0.5">{part_of(row, state, button)}</div>
            </div>
            {part_of(row, |recovery| (recovery.status, recovery.canary, recovery.stopped.clone()), |(status, canary, stopped)| {
                stopped::stage(status, canary, stopped.as_ref())
            })}
            {part_of(row, Recovery::clone, |recovery| bar(&recovery))}
            <p class="sr-only" role="status">{part_of(row, said, |(status, _)| match status {
                RecoveryStatus::Counted | RecoveryStatus::Running => "A recovery is running.".erase(),
                RecoveryStatus::Done => "The recovery is done.".erase(),
                RecoveryStatus::Stopped => "The recovery has stopped.".erase(),
                RecoveryStatus::Canceled => "The recovery is canceled.".erase(),
            })}</p>
        </section>
    }
    .erase()
}

/// The choice that was made, the member who made it, and the time.
fn what(recovery: &Recovery) -> AnyView {
    let category = recovery.category.map(|category| category_word(category).to_lowercase());
    let narrowed: Vec<String> =
        [recovery.event_type.map(|kind| kind.to_string()), category].into_iter().flatten().collect();
    let of = if narrowed.is_empty() { String::new() } else { format!("Only {}. ", narrowed.join(", ")) };
    let since = recovery.since.map(|time| view! { "Created since " {clock(time)} ". " });
    let by = by(&recovery.created_by);
    view! { <p class="muted text-[0.8125rem] anywhere">{of} {since} "Begun " {ago(recovery.created_at)} " " {by} "."</p> }.erase()
}

fn bar(recovery: &Recovery) -> AnyView {
    let Recovery { total, started, passed_over, outcome, .. } = recovery;
    let to_go = total.saturating_sub(started + passed_over);
    let open = matches!(recovery.status, RecoveryStatus::Running | RecoveryStatus::Stopped);
    let parts = [
        ("part-good", "delivered", outcome.succeeded),
        ("part-wait", "on the way", on_the_way(outcome)),
        ("part-bad", "failed again", failed_again(outcome)),
        ("part-over", "passed over", *passed_over),
        ("part-rest", if open { "to go" } else { "not begun" }, to_go),
    ];
    let any = parts.iter().filter(|(.., count)| *count > 0);
    let slices = any.clone().map(|(class, _, count)| {
        view! { <span class=*class style:flex-grow=count.to_string()></span> }
    });
    let legend = any.map(|(class, word, count)| {
        view! {
            <li class="legend">
                <i class=*class></i>
                <span class="tabular-nums font-[560]">{number(*count)}</span>
                <span class="muted">{*word}</span>
            </li>
        }
    });
    let left = seconds_left(recovery).map(|seconds| {
        let pace = number(recovery.rate_per_second.into());
        view! { <li class="muted sm:ml-auto">{pace} " per second, about " {amounts::seconds(seconds)} " left"</li> }
    });
    let told = format!("{} of {} set going", number(*started), number(*total));
    view! {
        <div>
            <div
                class="phases"
                role="progressbar"
                aria-label="Recovery progress"
                aria-valuemin="0"
                aria-valuemax=total.to_string()
                aria-valuenow=(started + passed_over).to_string()
                aria-valuetext=told
            >
                {slices.collect_view()}
            </div>
            <ul class="flex flex-wrap gap-x-4 gap-y-1 mt-2.5 text-[0.8125rem]">
                {legend.collect_view()}
                {left}
            </ul>
        </div>
    }
    .erase()
}

fn cancel(recovery: &Recovery, canceling: RwSignal<Option<Recovery>>, refresh: Callback<()>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let Some(id) = recovery.id else { return ().erase() };
    let act = move || {
        submit.run(recoveries::cancel(id), move |_| {
            canceling.set(None);
            refresh.run(());
            toasts.say("The recovery is canceled.");
        });
    };
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                act();
            }
        >
            {form_error(submit, &[])}
            <p>
                "What it has set going goes on, and keeps its schedule of retries. What it has not reached yet stays as it is; another recovery can pick it up later."
            </p>
            {foot(view! {
                <button type="button" class="btn btn-quiet" on:click=move |_| canceling.set(None)>"Let it run"</button>
                {submit_button(submit, "Cancel recovery", "btn btn-danger")}
            })}
        </form>
    }
    .erase()
}
