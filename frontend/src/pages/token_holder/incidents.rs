//! The incidents with an app's tokens: those that wait for an admin stand out, those that were acknowledged are listed quietly.

use api_types::incidents::{Acknowledgement, Incident, LikelyCause};
use leptos::prelude::*;

use super::{
    Holder,
    story::{story, what},
};
use crate::{
    amounts::counted,
    browser,
    ui::{
        dialog::{Kind, dialog_for},
        erase::{Erase, live},
        field::{about, area_field},
        icon::{self, icon},
        page,
        submit::{Submit, form_error, form_foot},
        time::{ago, used_from},
        toast::Toasts,
    },
};

/// Incidents up to this age stand in red, older ones in amber.
const FRESH_MS: i64 = 7 * 86_400_000;
/// The number of incidents that are shown before somebody asks for the rest.
const SHOWN: usize = 3;

/// The incidents of an app, as a page shows them in two places.
#[derive(Clone, Copy)]
pub struct Incidents {
    holder: Holder,
    all: Memo<Option<Vec<Incident>>>,
    asked: RwSignal<Option<Incident>>,
}

impl Incidents {
    /// The incidents that `all` holds.
    pub fn new(holder: Holder, all: Memo<Option<Vec<Incident>>>) -> Self {
        Self { holder, all, asked: RwSignal::new(None) }
    }

    fn part(self, acknowledged: bool) -> Memo<Vec<Incident>> {
        Memo::new(move |_| {
            let mut some = self.all.get().unwrap_or_default();
            some.retain(|incident| incident.acknowledged_at.is_some() == acknowledged);
            some
        })
    }

    /// The warning, where an incident waits for an admin; `stop` is a button that stops the app. `done` follows an acknowledgement.
    pub fn waiting(self, stop: impl Fn() -> AnyView + Send + 'static, done: Callback<()>) -> AnyView {
        let waiting = self.part(false);
        let warning = live(move || {
            let incidents = waiting.get();
            let newest = incidents.first()?;
            let fresh = browser::now().millis_since(newest.occurred_at) < FRESH_MS;
            let is_retry = incidents.iter().all(|incident| incident.likely == Some(LikelyCause::Retry));
            let tone =
                if fresh && !is_retry { "panel mt-5 standing bad" } else { "panel mt-5 standing warn" };
            let (title, advice) = advice(is_retry);
            Some(view! {
                <section class=tone aria-labelledby="incidents">
                    <div class="standhead">
                        {icon(icon::ALERT)}
                        <div class="grid gap-1 min-w-0 flex-1 basis-72">
                            <h2 class="text-base font-semibold" id="incidents">{title}</h2>
                            <p class="anywhere max-w-2xl">{advice}</p>
                        </div>
                        <div class="flex flex-wrap gap-2">{stop()}</div>
                    </div>
                    {self.listed(&incidents)}
                </section>
            })
        });
        let ask = move |incident: Incident| acknowledge(self.holder, &incident, self.asked, done);
        view! {
            {warning}
            {dialog_for(self.asked, Kind::Small, |_| "Acknowledge this incident?".to_owned(), ask)}
        }
        .erase()
    }

    /// The incidents that an admin acknowledged, each with the admin and the note.
    pub fn acknowledged(self) -> AnyView {
        let acknowledged = self.part(true);
        live(move || {
            let incidents = acknowledged.get();
            (!incidents.is_empty())
                .then(|| page::panel("Acknowledged incidents", (), self.listed(&incidents)))
        })
    }

    /// The newest, and the rest when asked for.
    fn listed(self, incidents: &[Incident]) -> AnyView {
        let rows = |some: &[Incident]| some.iter().map(|incident| self.row(incident)).collect_view();
        let (first, rest) = incidents.split_at(incidents.len().min(SHOWN));
        let rest = (!rest.is_empty()).then(|| {
            view! {
                <details class="border-t border-base-300/65">
                    <summary class="flex items-center gap-2 px-5 py-3 hover:bg-base-content/2">
                        <span class="turn muted inline-flex">{icon(icon::RIGHT)}</span>
                        {counted(rest.len() as u64, "earlier incident")}
                    </summary>
                    <ul class="divide-y divide-base-300/65">{rows(rest)}</ul>
                </details>
            }
        });
        view! {
            <ul class="divide-y divide-base-300/65">{rows(first)}</ul>
            {rest}
        }
        .erase()
    }

    fn row(self, incident: &Incident) -> AnyView {
        let label = if incident.acknowledged_at.is_some() { "Change note" } else { "Acknowledge" };
        let asked = self.asked;
        let this = incident.clone();
        let email = incident.member.email.clone();
        view! {
            <li class="px-5 py-3 grid gap-x-4 gap-y-2 sm:grid-cols-[1fr_auto] sm:items-start">
                <span class="min-w-0">
                    <span class="font-[560] block">{what(incident.kind)}</span>
                    <span class="block anywhere">{story(incident)}</span>
                    <span class="muted block anywhere">
                        "For " <bdi>{email.clone()}</bdi> " · " {used_from(incident.occurred_at, incident.ip.clone())}
                    </span>
                    {answered(incident)}
                </span>
                <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| asked.set(Some(this.clone()))>
                    {label} <span class="sr-only">" the incident of " {email}</span>
                </button>
            </li>
        }
        .erase()
    }
}

/// The headline of what waits, and what to do.
const fn advice(is_retry: bool) -> (&'static str, &'static str) {
    if is_retry {
        (
            "This app used its tokens twice",
            "Every token that came from them ended at once, since a copy would look alike. Ask the app's developer to refresh in one place only, and acknowledge it.",
        )
    } else {
        (
            "Somebody may have a copy of this app's tokens",
            "Every token that came from what was used twice ended at once. Ask the app's developer to check where it keeps tokens and who can read them. Until that is clear, consider stopping the app; where it has a client secret, rotate that, too.",
        )
    }
}

/// The acknowledgement, where there is one.
fn answered(incident: &Incident) -> Option<AnyView> {
    let at = incident.acknowledged_at?;
    let by = incident.acknowledged_by.as_ref().map(|member| member.email.clone());
    let note = incident.note.clone();
    Some(
        view! {
            <span class="block mt-1.5 anywhere">
                "Acknowledged " {by.map(|email| view! { "by " <bdi>{email}</bdi> " " })} {ago(at)}
                {note.map(|note| view! { <span class="block whitespace-pre-wrap" dir="auto">{note}</span> })}
            </span>
        }
        .erase(),
    )
}

/// The form of the dialog that acknowledges an incident.
fn acknowledge(
    holder: Holder,
    incident: &Incident,
    target: RwSignal<Option<Incident>>,
    done: Callback<()>,
) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let note = RwSignal::new(incident.note.clone().unwrap_or_default());
    let id = incident.id;
    let close = move || target.set(None);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let given = Acknowledgement { note: Some(note.get_untracked()).filter(|note| !note.is_empty()) };
        submit.run(holder.acknowledge(id, &given), move |_| {
            close();
            browser::focus_main_soon();
            done.run(());
            toasts.say("The incident is acknowledged.");
        });
    };
    view! {
        <form class="form" on:submit=send>
            {form_error(submit, &["note"])}
            <p>"It moves to the acknowledged incidents, with your name. Its tokens stay ended."</p>
            {area_field(
                about("Note (optional)", "note", "Other admins read it here and in the audit log: at most 500 characters, and no secret."),
                3,
                "Two workers shared one token. Their developer fixed it.",
                note,
                submit,
            )}
            {form_foot(submit, "Acknowledge", close)}
        </form>
    }
    .erase()
}
