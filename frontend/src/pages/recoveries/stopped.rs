//! The stage of a canary, the reason why it stopped, and the button that has it go on.

use api_types::{
    ids::RecoveryId,
    recoveries::{Canary, RecoveryStatus, Stopped},
};
use leptos::prelude::*;

use crate::{
    amounts::number,
    api::recoveries,
    ui::{
        badge,
        erase::{Erase, live},
        icon,
        notice::note,
        submit::{Submit, spinner},
        toast::Toasts,
    },
};

/// The stage in words while it runs, and the reason where it has stopped.
pub fn stage(status: RecoveryStatus, canary: Option<Canary>, stopped: Option<&Stopped>) -> AnyView {
    if let Some(stopped) = stopped {
        let diagnosis = stopped.diagnosis.clone();
        return note(
            "bad",
            icon::ALERT,
            view! {
                <p class="font-semibold">{stopped.reason.clone()}</p>
                {diagnosis
                    .map(|diagnosis| {
                        view! {
                            <p class="mt-0.5">{badge::category(diagnosis.category)} " " {diagnosis.summary}</p>
                            <p>{diagnosis.advice}</p>
                        }
                    })}
            },
        );
    }
    let running = status == RecoveryStatus::Running;
    let said = canary.filter(|_| running).map(|Canary { stage, size, started }| match (size, started) {
        (Some(size), Some(started)) => {
            format!(
                "Stage {stage} of 4: {} of {} tried. The next begins once most of them arrived.",
                number(started),
                number(size)
            )
        }
        _ => "The last stage: all others, at the full pace.".to_owned(),
    });
    said.map(|said| view! { <p class="muted">{said}</p> }).erase()
}

/// The button that has a recovery go on with its next stage.
pub fn resume(id: RecoveryId, refresh: Callback<()>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let act = move |_| {
        submit.run(recoveries::resume(id), move |_| {
            refresh.run(());
            toasts.say("The recovery goes on.");
        });
    };
    view! {
        <button type="button" class="btn btn-primary btn-sm" disabled=move || submit.busy() on:click=act>
            {spinner(move || submit.busy())}
            "Continue"
        </button>
        {live(move || submit.error().map(|error| view! { <p role="alert">{error.message()}</p> }))}
    }
    .erase()
}
