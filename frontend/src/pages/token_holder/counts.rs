//! The counts of what an app holds, side by side.

use leptos::prelude::*;

use crate::{
    amounts::number,
    api::answer::Answer,
    data::{cache::Wire, load::Load},
    ui::{
        erase::Erase,
        load::{loaded_within, part},
        page::{self, figure},
    },
};

/// A count's name, and the count in what the API says of the app.
pub type Count<T> = (&'static str, fn(&T) -> i64);

/// The panel with these counts.
pub fn panel<T: Wire + Answer>(title: &'static str, load: &Load<T>, counts: &'static [Count<T>]) -> AnyView {
    let shown = load.clone();
    let content = loaded_within(load, "What it holds", move || {
        let figures = counts.iter().map(|(name, pick)| {
            let count = part(&shown, *pick, |count| number(count.unsigned_abs()).erase());
            figure(name, view! { <span class="text-xl/7 font-semibold">{count}</span> })
        });
        view! { <dl class="figures">{figures.collect_view()}</dl> }.erase()
    });
    page::panel(title, (), content)
}
