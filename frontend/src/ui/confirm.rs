//! The question before something that cannot be taken back: what will break, then a button that names the deed.

use crate::ui::erase::Erase;
use leptos::prelude::*;

use crate::ui::{
    dialog::{cancel_button, foot},
    submit::{Submit, form_error, submit_button},
};

/// A question: its request, the deed on its button, and the fields that it shows errors beside.
#[derive(Clone, Copy)]
pub struct Question {
    /// The request, which `act` starts.
    pub submit: Submit,
    /// What the button says.
    pub action: &'static str,
    /// Names of fields.
    pub fields: &'static [&'static str],
}

/// The body of a confirming dialog. `explain` says what will break; `act` starts the request.
pub fn confirm(
    question: Question,
    explain: impl Erase,
    close: impl Fn() + Send + Sync + 'static,
    act: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let Question { submit, action, fields } = question;
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                act();
            }
        >
            {form_error(submit, fields)}
            {explain.erase()}
            {foot(view! {
                {cancel_button(close)}
                {submit_button(submit, action, "btn btn-danger")}
            })}
        </form>
    }
    .erase()
}
