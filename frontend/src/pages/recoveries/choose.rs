//! The dialog that chooses the deliveries to recover: it counts them before anything is done, and says what fails now.

use std::time::Duration;

use api_types::{
    deliveries::Diagnosis,
    ids::WebhookId,
    recoveries::{Included, NewRecovery, Recovery},
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    amounts,
    api::{deliveries, error::ApiError, recoveries},
    browser,
    data::load::{Load, Loaded},
    pages::{
        deliveries::choices::{category_options, event_type_options, webhook_options},
        recoveries::{include::Boxes, receiver::receiver, words::would_recover},
    },
    ui::{
        dialog::{Kind, cancel_button, dialog_for, foot},
        erase::{Erase, live},
        field::{About, Options, TEXT, Text, about, owned, select_field, text_field},
        filter::{SINCE, since_time},
        submit::{Submit, form_error, spinner},
        toast::Toasts,
    },
};

/// The choice that the dialog begins with; each field as the filters of the failures have it, empty for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub webhook: String,
    pub event_type: String,
    pub category: String,
    /// The time to look back, one of [`SINCE`].
    pub since: String,
    /// Only these deliveries; the usual ones where none are named.
    pub only: Option<Included>,
}

/// The time that the choice must rest before it is counted.
const REST: Duration = Duration::from_millis(300);
/// The choice of a time of one's own.
const OWN: &str = "own";

/// The dialog, open while `asked` holds a choice to begin with.
pub fn dialog(asked: RwSignal<Option<Choice>>) -> AnyView {
    dialog_for(asked, Kind::Wide, |_| "Recover deliveries".to_owned(), move |choice| body(choice, asked))
}

/// The fields as they have been filled in.
#[derive(Clone, Copy)]
struct Form {
    webhook: RwSignal<String>,
    event_type: RwSignal<String>,
    category: RwSignal<String>,
    since: RwSignal<String>,
    from: RwSignal<String>,
    until: RwSignal<String>,
    pace: RwSignal<String>,
    boxes: Boxes,
}

impl Form {
    fn new(choice: Choice) -> Self {
        Self {
            webhook: RwSignal::new(choice.webhook),
            event_type: RwSignal::new(choice.event_type),
            category: RwSignal::new(choice.category),
            since: RwSignal::new(choice.since),
            from: RwSignal::default(),
            until: RwSignal::default(),
            pace: RwSignal::new("20".to_owned()),
            boxes: Boxes::new(choice.only),
        }
    }

    /// The limits in time, as the API takes them; follows the fields.
    fn times(self) -> (String, String) {
        let since = self.since.get();
        if since != OWN {
            return (since_time(&since), String::new());
        }
        let local = |value: RwSignal<String>| {
            browser::parse_local(&value.read()).map(|time| time.to_string()).unwrap_or_default()
        };
        (local(self.from), local(self.until))
    }

    /// True where one webhook is chosen; follows the field.
    fn has_webhook(self) -> bool {
        !self.webhook.read().is_empty()
    }

    /// The pace; none where the field holds no number.
    fn pace(self) -> Option<u32> {
        self.pace.with(|pace| pace.trim().parse().ok()).filter(|pace| (1..=1_000).contains(pace))
    }

    /// The recovery that is asked for; followed by the caller.
    fn wanted(self) -> Result<NewRecovery, ApiError> {
        let given = |value: String| Some(value).filter(|value| !value.is_empty());
        let (since, until) = self.times();
        let Some(rate_per_second) = self.pace() else {
            return Err(ApiError::of_field("rate_per_second", "Give a whole number from 1 to 1,000."));
        };
        let include = self.boxes.include(self.has_webhook());
        if include.is_empty() {
            return Err(ApiError::of_field("include", "Choose at least one."));
        }
        Ok(NewRecovery {
            include: Some(include),
            canary: self.boxes.canary.get(),
            webhook_id: given(self.webhook.get()),
            event_type: given(self.event_type.get()),
            category: given(self.category.get()),
            since: given(since),
            until: given(until),
            rate_per_second: Some(rate_per_second),
            dry_run: false,
        })
    }
}

/// The count of the chosen deliveries.
#[derive(Clone, Copy)]
struct Counted {
    count: RwSignal<Option<Recovery>>,
    counting: RwSignal<bool>,
}

/// Counts whenever the choice has changed and rests; an answer that a newer choice has overtaken is dropped.
fn counted(form: Form, submit: Submit) -> Counted {
    let counted = Counted { count: RwSignal::new(None), counting: RwSignal::new(true) };
    let turn = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let request = form.wanted();
        turn.update_value(|turn| *turn += 1);
        let own = turn.get_value();
        let current = move || turn.try_get_value() == Some(own);
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                submit.show(Some(error));
                counted.counting.set(false);
                return;
            }
        };
        counted.counting.set(true);
        set_timeout(
            move || {
                if !current() {
                    return;
                }
                spawn_local(async move {
                    let answer = recoveries::count(request).await;
                    if !current() {
                        return;
                    }
                    counted.counting.set(false);
                    match answer {
                        Ok(count) => {
                            submit.show(None);
                            counted.count.set(Some(count));
                        }
                        Err(error) => {
                            submit.show(Some(error));
                            counted.count.set(None);
                        }
                    }
                });
            },
            REST,
        );
    });
    counted
}

const FIELDS: &[&str] =
    &["webhook_id", "include", "event_type", "category", "since", "until", "rate_per_second"];

fn body(choice: Choice, asked: RwSignal<Option<Choice>>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let form = Form::new(choice);
    let counted = counted(form, submit);
    let start = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let request = untrack(|| form.wanted());
        submit.run(async move { recoveries::create(request?).await }, move |_| {
            asked.set(None);
            toasts.say("The recovery has begun.");
        });
    };
    let ready = move || {
        let some = counted.count.get().is_some_and(|count| count.total > count.passed_over);
        some && !counted.counting.get() && !submit.busy()
    };
    let label = move || match counted.count.get() {
        Some(count) if count.total > count.passed_over => {
            format!("Recover {}", amounts::number(count.total - count.passed_over))
        }
        _ => "Recover".to_owned(),
    };
    view! {
        <form class="form" on:submit=start>
            <p>
                "Recover once the destination service works again. Fix it first; otherwise the same deliveries can fail again."
            </p>
            {form_error(submit, FIELDS)}
            {fields(form, submit)}
            {form.boxes.view(move || form.has_webhook(), submit)}
            <div class="note plain" role="status" aria-busy=move || counted.counting.get().to_string()>
                <div class="anywhere min-h-11" class:opacity-60=move || counted.counting.get()>
                    {live(move || counted.count.get().map(|count| sentences(&count, form.pace())))}
                    {live(move || {
                        (counted.counting.get() && counted.count.get().is_none())
                            .then(|| view! { <p class="flex items-center gap-2 muted">{spinner(|| true)} "Counting…"</p> })
                    })}
                </div>
            </div>
            {what_fails(form)}
            {foot(view! {
                {cancel_button(move || asked.set(None))}
                <button type="submit" class="btn btn-primary" disabled=move || !ready()>
                    {spinner(move || submit.busy())}
                    {live(label)}
                </button>
            })}
        </form>
    }
    .erase()
}

fn fields(form: Form, submit: Submit) -> AnyView {
    const PACE: About = about("Pace", "rate_per_second", "Deliveries per second, 1 to 1,000.");
    let since = || -> Options {
        let mut options = owned(&SINCE);
        options.push((OWN.to_owned(), "From a time, or between two".to_owned()));
        options
    };
    view! {
        <div class="grid sm:grid-cols-2 gap-x-4 gap-y-3.5 items-start">
            <div class="sm:col-span-2">{select_field(about("Webhook", "webhook_id", ""), webhook_options(), form.webhook, submit)}</div>
            {select_field(about("Event type", "event_type", ""), event_type_options, form.event_type, submit)}
            {select_field(about("Category of the last failure", "category", ""), category_options, form.category, submit)}
            {select_field(about("Created", "since", ""), since, form.since, submit)}
            {text_field(PACE, Text { number: true, ..TEXT }, form.pace, submit)}
            {live(move || {
                form.since
                    .with(|since| since == OWN)
                    .then(|| {
                        let time = Text { kind: "datetime-local", ..TEXT };
                        view! {
                            {text_field(about("From", "since", ""), time, form.from, submit)}
                            {text_field(about("Until", "until", ""), time, form.until, submit)}
                        }
                    })
            })}
        </div>
    }
    .erase()
}

fn sentences(count: &Recovery, pace: Option<u32>) -> AnyView {
    let going = count.total - count.passed_over.min(count.total);
    let takes = pace.filter(|_| going > 0).map(|pace| {
        let seconds = u32::try_from(going.div_ceil(pace.into())).unwrap_or(u32::MAX);
        let pace = amounts::number(pace.into());
        view! { <p class="muted">"At " {pace} " per second, setting them going takes about " {amounts::seconds(seconds)} "."</p> }
    });
    view! {
        <p class="font-[560]">{would_recover(count)}</p>
        {takes}
    }
    .erase()
}

/// The diagnosis of the newest of the chosen failures, and its receiver.
fn what_fails(form: Form) -> AnyView {
    let newest = Load::new(move || {
        let (since, until) = form.times();
        deliveries::newest(&deliveries::Filter {
            status: deliveries::FAILING,
            webhook_id: &form.webhook.read(),
            event_type: &form.event_type.read(),
            category: &form.category.read(),
            since: &since,
            until: &until,
        })
    });
    // While the next answer is on its way, the last one stays.
    let seen = Memo::new(move |before: Option<&Option<(WebhookId, Diagnosis)>>| match newest.get() {
        Loaded::Ready(page) => page.data.into_iter().next().and_then(|delivery| {
            let webhook = Some(delivery.webhook.id).filter(|_| !delivery.webhook.deleted)?;
            Some((webhook, delivery.last_diagnosis?))
        }),
        Loaded::Loading => before.cloned().flatten(),
        Loaded::Failed(_) => None,
    });
    let all = Memo::new(move |_| form.webhook.read().is_empty());
    live(move || seen.get().map(|(webhook, diagnosis)| receiver(webhook, diagnosis, all.get())))
}
