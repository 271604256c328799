//! The question before something that cannot be taken back: what will break, then a button that names the deed.

use leptos::prelude::*;

use crate::ui::{
    dialog::{cancel_button, foot},
    submit::{Submit, form_error, submit_button},
};

/// The body of a confirming dialog. `explain` says what will break; `act` starts the request on `submit`.
pub fn confirm(
    submit: Submit,
    action: &'static str,
    fields: &'static [&'static str],
    explain: impl IntoView,
    close: impl Fn() + Send + Sync + 'static,
    act: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                act();
            }
        >
            {form_error(submit, fields)}
            {explain.into_any()}
            {foot(view! {
                {cancel_button(close)}
                {submit_button(submit, action, "btn btn-danger")}
            })}
        </form>
    }
    .into_any()
}
