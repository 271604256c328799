//! Notices in the place of Settings > API: for members who are no admins, and on the Free plan.

use api_types::account::Session;
use leptos::prelude::*;

use crate::ui::{
    erase::Erase,
    icon::{self, icon},
    notice::blank,
    page::title,
};

/// For a member who is no admin.
pub fn member(session: &Session) -> AnyView {
    title(|| "API settings".to_owned());
    let workspace = session.workspace.name.clone();
    view! {
        <div class="panel mt-[10vh] max-w-xl mx-auto">
            {blank(
                icon::LOCK,
                "API settings are for admins",
                view! {
                    "Admins manage API keys, OAuth apps, webhooks, and webhook delivery failures of "
                    <bdi class="font-medium">{workspace}</bdi>
                    " here. You are a member: ask an admin of this workspace for what you need, or to make you an admin."
                },
                (),
            )}
        </div>
    }
    .erase()
}

/// On the Free plan: what the area is for, and that it takes another plan.
pub fn plan(session: &Session) -> AnyView {
    title(|| "API settings".to_owned());
    let points = [
        (icon::KEY, "API keys", "Let internal tools read and write tickets and broadcasts."),
        (icon::APP, "OAuth apps", "Let third-party applications act for a member who agrees."),
        (icon::HOOK, "Webhooks", "Send what happens in Sayless to your own systems as it happens."),
        (
            icon::ALERT,
            "Webhook delivery failures",
            "See why a delivery failed, whose problem it is, and retry it.",
        ),
    ];
    let points = points.map(|(shape, name, about)| {
        view! {
            <li class="flex gap-3.5 px-6 py-3.5">
                <span class="text-accent mt-0.5">{icon(shape)}</span>
                <span>
                    <span class="font-semibold block">{name}</span>
                    <span class="muted">{about}</span>
                </span>
            </li>
        }
    });
    let workspace = session.workspace.name.clone();
    view! {
        <div class="max-w-2xl mx-auto">
            <h1 class="text-2xl font-semibold">"Connect Sayless to your systems"</h1>
            <p class="muted mt-1.5 mb-6">
                "API keys, OAuth apps, and webhooks are available on the Startup plan, Business plan, and Enterprise plan. "
                <bdi class="font-medium text-base-content">{workspace}</bdi> " is on the Free plan."
            </p>
            <ul class="panel divide-y divide-base-300">{points.into_iter().collect_view()}</ul>
            <p class="muted mt-5">
                "To use them, move this workspace to the Startup plan or above; whoever runs your Sayless can do that. Keys and webhooks made earlier are kept and work again then."
            </p>
        </div>
    }
    .erase()
}
