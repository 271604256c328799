//! The navigation beside every page, or in a sheet over it: the workspace, Settings > API for those who may see it, and
//! the member's own account.

use api_types::account::{Plan, Session};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    pages::shell::{
        sections::{Reading, SECTIONS},
        signed_in::sign_out_button,
    },
    paths,
    session::SessionStore,
    theme,
    ui::{
        erase::Erase,
        icon::{self, icon, logo},
        menu::menu,
        submit::Submit,
        toast::Toasts,
    },
};

/// A plan's name, as it is sold.
pub const fn plan_name(plan: Plan) -> &'static str {
    match plan {
        Plan::Free => "Free plan",
        Plan::Startup => "Startup plan",
        Plan::Business => "Business plan",
        Plan::Enterprise => "Enterprise plan",
    }
}

/// The whole navigation. `allowed`: the member may see Settings > API.
pub fn side(store: SessionStore, session: &Session, allowed: bool) -> AnyView {
    view! {
        <div class="px-1">{workspace_switcher(store, session)}</div>
        <nav aria-label="Settings" class="grid gap-5 flex-1 content-start">
            {allowed.then(api_links)}
            <div class="grid gap-0.5">
                <p class="navhead muted">"Your account"</p>
                {page_link(paths::AUTHORIZED_APPS, icon::CONSENT, "Authorized apps")}
            </div>
        </nav>
        <div class="grid grid-cols-1 gap-3">
            {theme_choice()}
            {account(store, session)}
        </div>
    }
    .erase()
}

/// A link to a page, marked while that page is shown.
fn page_link(href: &'static str, shape: &'static str, name: &'static str) -> AnyView {
    let path = use_location().pathname;
    let here = move || (path.get().trim_end_matches('/') == href).then_some("page");
    view! {
        <a class="navlink" href=href aria-current=here>
            {icon(shape)}
            {name}
        </a>
    }
    .erase()
}

fn api_links() -> AnyView {
    let reading = use_context::<Reading>().map(|reading| reading.0);
    let path = use_location().pathname;
    let on_overview = Memo::new(move |_| path.get().trim_end_matches('/') == paths::SETTINGS);
    let sections = SECTIONS.map(|(id, name, shape)| {
        let current = move || {
            (on_overview.get() && reading.is_some_and(|reading| reading.get() == id)).then_some("true")
        };
        view! {
            <a class="navlink" href=paths::section(id) aria-current=current>
                {icon(shape)}
                {name}
            </a>
        }
    });
    view! {
        <div class="grid gap-0.5">
            <p class="navhead muted">"API"</p>
            {sections.into_iter().collect_view()}
            {page_link(paths::INSTALLED_APPS, icon::APP, "Installed apps")}
        </div>
        <div class="grid gap-0.5">
            <p class="navhead muted">"History"</p>
            {page_link(paths::EVENTS, icon::EVENT, "Events")}
            {page_link(paths::AUDIT_LOG, icon::LOG, "Audit log")}
        </div>
        <div class="grid gap-0.5">
            <p class="navhead muted">"Help"</p>
            <a class="navlink" href=paths::docs::START target="_blank" rel="noopener">
                {icon(icon::BOOK)}
                "Documentation"
            </a>
        </div>
    }
    .erase()
}

fn workspace_face(session: &Session, chevron: bool) -> AnyView {
    view! {
        {logo()}
        <span class="min-w-0 flex-1 text-left leading-tight">
            <span class="block truncate font-semibold" dir="auto" title=session.workspace.name.clone()>
                {session.workspace.name.clone()}
            </span>
            <span class="block text-xs muted font-normal mt-0.5">{plan_name(session.workspace.plan)}</span>
        </span>
        {chevron.then(|| icon(icon::DOWN))}
    }
    .erase()
}

fn workspace_switcher(store: SessionStore, session: &Session) -> AnyView {
    if session.workspaces.len() < 2 {
        return view! { <div class="flex items-center gap-2.5 px-1.5 py-1 min-w-0">{workspace_face(session, false)}</div> }.erase();
    }
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let current = session.workspace.id;
    let choices = session.workspaces.iter().cloned().map(|workspace| {
        let here = workspace.id == current;
        let switch = move |_| {
            if !here {
                submit.run(async move { store.switch(workspace.id).await }, |()| {});
            }
        };
        view! {
            <button type="button" role="menuitemradio" tabindex="-1" class="menu-item" aria-checked=here.to_string() on:click=switch>
                <span class="min-w-0 flex-1">
                    <span class="block truncate" dir="auto">{workspace.name}</span>
                    <span class="block text-xs muted">{plan_name(workspace.plan)}</span>
                </span>
                {here.then(|| icon(icon::CHECK))}
            </button>
        }
    });
    Effect::new(move |_| {
        if let Some(error) = submit.error() {
            toasts.say(error.message());
        }
    });
    menu(
        || "Switch workspace".to_owned(),
        "flex items-center gap-2.5 w-full px-1.5 py-1 rounded-field hover:bg-base-content/5 cursor-pointer",
        workspace_face(session, true),
        choices.collect_view().erase(),
    )
}

fn theme_choice() -> AnyView {
    let chosen = theme::chosen();
    let choices = theme::CHOICES.map(|(name, value)| {
        view! {
            <button
                type="button"
                class="flex-1"
                aria-pressed=move || chosen.with(|chosen| chosen.as_deref() == value).to_string()
                on:click=move |_| {
                    theme::choose(value);
                    chosen.set(value.map(str::to_owned));
                }
            >
                {name}
            </button>
        }
    });
    view! { <div class="segments mx-1" role="group" aria-label="Appearance">{choices.into_iter().collect_view()}</div> }.erase()
}

fn account(store: SessionStore, session: &Session) -> AnyView {
    let (email, role) = session
        .member
        .as_ref()
        .map(|member| (member.email.clone(), if store.is_admin() { "Admin" } else { "Member" }))
        .unwrap_or_default();
    view! {
        <div class="flex items-center gap-2 px-2.5 pt-3 border-t border-base-300">
            <span class="min-w-0 flex-1 leading-tight">
                <span class="block truncate" title=email.clone()>{email.clone()}</span>
                <span class="block text-xs muted mt-0.5">{role}</span>
            </span>
            {sign_out_button("btn btn-ghost btn-sm btn-square", Some("Sign out"), icon(icon::OUT))}
        </div>
    }
    .erase()
}
