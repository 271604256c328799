//! What a detail page shows for an object that is not there, or could not be loaded.

use leptos::prelude::*;

use crate::{
    api::ApiError,
    ui::{icon, notice},
};

/// "Not found" with the way back, or the failure with a way to try again.
pub fn failed_or_gone(error: &ApiError, what: &'static str, retry: impl Fn() + 'static) -> AnyView {
    let content = if error.status == 404 {
        notice::blank(
            icon::INFO,
            view! { {what} " does not exist" },
            "It may have been deleted, or it belongs to another workspace.",
            view! { <a class="btn btn-quiet btn-sm" href="/settings/api">"Go to API settings"</a> },
        )
    } else {
        notice::failed(error, what, retry)
    };
    view! { <div class="panel">{content}</div> }.into_any()
}
