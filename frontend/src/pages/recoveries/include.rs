//! Which deliveries a recovery is for, and whether a few of them go first: the boxes of the dialog.

use api_types::recoveries::Included;
use leptos::prelude::*;

use crate::ui::{
    erase::Erase,
    field::{Ticked, about, group, set_ticked, tick},
    submit::Submit,
};

/// The boxes as they are ticked.
#[derive(Clone, Copy)]
pub struct Boxes {
    include: Ticked,
    /// A few deliveries go first.
    pub canary: RwSignal<bool>,
}

const fn words(included: Included) -> (&'static str, &'static str) {
    match included {
        Included::Failed => ("Failed", "And those still retrying, which get one attempt now."),
        Included::Canceled => {
            ("Canceled", "Because the webhook was disabled, or the plan did not include the API.")
        }
        Included::Missing => {
            ("Missing", "Published before the webhook existed, or of a type that it did not want then.")
        }
        Included::Succeeded => {
            ("Delivered", "The receiver took them; they are sent once more, under the same ids.")
        }
    }
}

impl Boxes {
    /// The usual choice, or canceled deliveries alone where a list shows those.
    pub fn new(only: Option<Included>) -> Self {
        let usual = only.map_or_else(|| vec![Included::Failed, Included::Canceled], |only| vec![only]);
        let include = usual.into_iter().map(Included::as_str).collect();
        Self { include: RwSignal::new(include), canary: RwSignal::new(false) }
    }

    /// The choice as the API takes it; `webhook` is set where one is chosen. Followed by the caller.
    pub fn include(self, webhook: bool) -> Vec<String> {
        let possible = |word: &&&'static str| webhook || !of_one_webhook(word);
        self.include.with(|words| words.iter().filter(possible).map(|word| (*word).to_owned()).collect())
    }

    /// The boxes. `webhook` says whether one is chosen: some kinds are recovered for one webhook at a time.
    pub fn view(self, webhook: impl Fn() -> bool + Copy + Send + Sync + 'static, submit: Submit) -> AnyView {
        let boxes = Included::ALL.iter().map(|included| {
            let word = included.as_str();
            let (label, sentence) = words(*included);
            let possible = move || webhook() || !of_one_webhook(word);
            tick(
                label,
                sentence,
                move || possible() && self.include.with(|words| words.contains(&word)),
                move || !possible(),
                move |on| set_ticked(self.include, word, on),
            )
        });
        let canary = tick(
            "Try a few first",
            "1, then 10, then 100, then all others. It stops where half of such a stage fails, and says why.",
            move || self.canary.get(),
            || false,
            move |on| self.canary.set(on),
        );
        view! {
            {group(about("Which", "include", "Missing and delivered ones for one webhook at a time."), submit, boxes.collect_view())}
            {group(about("How", "canary", ""), submit, canary)}
        }
        .erase()
    }
}

fn of_one_webhook(word: &str) -> bool {
    [Included::Missing, Included::Succeeded].iter().any(|included| included.as_str() == word)
}
