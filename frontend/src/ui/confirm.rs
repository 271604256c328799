//! The question before something that cannot be taken back: what will break, then a button that names the action.

use leptos::prelude::*;

use crate::ui::{
    dialog::{cancel_button, foot},
    erase::Erase,
    submit::{Submit, form_error, submit_button},
};

/// A question before something that cannot be taken back.
#[derive(Clone, Copy)]
pub struct Question {
    /// The request, which `act` starts.
    pub submit: Submit,
    /// The label of the button.
    pub action: &'static str,
    /// The names of the fields that show errors beside them.
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
