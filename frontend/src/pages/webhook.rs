//! One webhook: its configuration, secret and health, a test, and its deliveries.

use crate::ui::erase::{Erase, live};
use api_types::{
    Timestamp,
    deliveries::Delivery,
    webhooks::{
        CreatedWebhook, DisabledReason, SignatureScheme, SigningSecret, TestResult, Webhook, WebhookHealth,
        WebhookStatus,
    },
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};

use crate::{
    api::{self, Nothing},
    browser,
    data::{List, Load},
    pages::{
        attempt,
        failures::{deliveries, in_address, status_options},
        rotate, verify,
        webhook_form::{self, Draft},
        webhooks::{event_chips, url},
    },
    ui::{
        badge::{badge, webhook_status},
        code::copyable,
        confirm::{Question, confirm},
        dialog::{Kind, dialog_for, foot},
        field::filter,
        icon,
        list::no_match,
        load::{loaded, part},
        menu::{Item, actions},
        notice::{blank, note},
        page::{self, crumbs, fact, heading, panel},
        secret::{Secret, ShowOnce},
        submit::{Submit, form_error, spinner},
        time::{ago, ago_or, exact},
        toast::Toasts,
    },
};

/// Which dialog is open.
#[derive(Clone, Copy)]
struct Dialogs {
    edit: RwSignal<Option<Webhook>>,
    rotate: RwSignal<Option<Webhook>>,
    test: RwSignal<Option<Webhook>>,
    disable: RwSignal<Option<Webhook>>,
    delete: RwSignal<Option<Webhook>>,
}

/// The page.
#[component]
pub fn WebhookPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| browser::encode(&params.read().get("id").unwrap_or_default()));
    let load = Load::<Webhook>::new(move || format!("/v1/webhooks/{}", id.read()));
    let named = load.clone();
    page::title(move || match named.ready() {
        Some(webhook) if !webhook.description.is_empty() => webhook.description,
        Some(webhook) => webhook.url,
        None => "Webhook".to_owned(),
    });
    let dialogs = Dialogs {
        edit: RwSignal::new(None),
        rotate: RwSignal::new(None),
        test: RwSignal::new(None),
        disable: RwSignal::new(None),
        delete: RwSignal::new(None),
    };
    let found = load.part(|_| ());
    let content = {
        let load = load.clone();
        move || content(&load, dialogs)
    };
    view! {
        {crumbs("Webhooks", "/settings/api#webhooks")}
        {loaded(&load, "This webhook", content)}
        {live(move || found.get().map(|()| own_deliveries(id)))}
        {open_dialogs(dialogs, load)}
    }
}

/// Puts the object, as it is at that moment, into a dialog's target.
fn opens(load: &Load<Webhook>, target: RwSignal<Option<Webhook>>) -> impl Fn() + Clone + Send + Sync + use<> {
    let load = load.clone();
    move || target.set(untrack(|| load.ready()))
}

fn content(load: &Load<Webhook>, dialogs: Dialogs) -> AnyView {
    let (edit, test, rotate) =
        (opens(load, dialogs.edit), opens(load, dialogs.test), opens(load, dialogs.rotate));
    let toasts = Toasts::use_toasts();
    let enabling = Submit::new();
    let enable = {
        let load = load.clone();
        move || {
            let load = load.clone();
            let id = untrack(|| load.ready()).map(|webhook| webhook.id.to_string()).unwrap_or_default();
            let path = format!("/v1/webhooks/{id}/enable");
            enabling.run(async move { api::post::<Webhook>(&path, &Nothing {}).await }, move |webhook| {
                load.set(webhook);
                toasts.say("The webhook is enabled: new events are sent again.");
            });
        }
    };
    let name = |(description, address): (String, String)| {
        if description.is_empty() { url(&address) } else { description.erase() }
    };
    let more = part(load, |webhook| webhook.status == WebhookStatus::Disabled, {
        let (enable, disable, delete) =
            (enable.clone(), opens(load, dialogs.disable), opens(load, dialogs.delete));
        move |disabled| more_actions(disabled, enable.clone(), disable.clone(), delete.clone())
    });
    let state = |webhook: &Webhook| (webhook.status, webhook.disabled_reason, webhook.disabled_at);
    view! {
        {heading(
            part(load, |webhook| (webhook.description.clone(), webhook.url.clone()), name),
            part(load, |webhook| webhook.status, webhook_status),
            view! {
                <button type="button" class="btn btn-primary" on:click=move |_| test()>{icon::icon(icon::SEND)} "Send test"</button>
                <button type="button" class="btn btn-quiet" on:click=move |_| edit()>"Edit"</button>
                {more}
            },
        )}
        {form_error(enabling, &[])}
        {part(load, state, move |(status, reason, at)| banner(status, reason, at, (enabling, enable.clone())))}
        {panel("Configuration", (), part(load, Webhook::clone, |webhook| configuration(&webhook)))}
        {panel("Health", (), part(load, |webhook| webhook.health.clone(), |health| figures(&health)))}
        {panel(
            "Signing",
            view! { <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| rotate()>"Rotate secret"</button> },
            part(load, |webhook| (webhook.signature, webhook.secrets.clone()), |(scheme, secrets)| signing(scheme, &secrets)),
        )}
    }
    .erase()
}

fn more_actions(
    disabled: bool,
    enable: impl Fn() + Send + Sync + 'static,
    disable: impl Fn() + Send + Sync + 'static,
    delete: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let switch = if disabled {
        Item::new("Enable", icon::PLAY, enable)
    } else {
        Item::new("Disable", icon::PAUSE, disable)
    };
    actions(|| "More actions".to_owned(), vec![switch, Item::new("Delete", icon::TRASH, delete).danger()])
}

/// Says why nothing is sent, and offers the way out.
fn banner(
    status: WebhookStatus,
    reason: Option<DisabledReason>,
    at: Option<Timestamp>,
    (enabling, enable): (Submit, impl Fn() + Send + Sync + 'static),
) -> AnyView {
    if status == WebhookStatus::Parked {
        return note(
            "warn",
            icon::ALERT,
            "The receiver failed several times in a row. Deliveries wait, and Sayless tries now and then whether it is back; then they are sent, oldest first.",
        );
    }
    if status != WebhookStatus::Disabled {
        return ().erase();
    }
    let why = match reason {
        Some(DisabledReason::Gone) => {
            "The receiver answered 410 Gone, which asks us to stop, so this webhook was disabled."
        }
        Some(DisabledReason::Failing) => {
            "Every automatic attempt failed for five days, so this webhook was disabled."
        }
        Some(DisabledReason::Manual) | None => "This webhook is disabled.",
    };
    let at = at.map(|time| view! { " (" {ago(time)} ")" });
    note(
        "warn",
        icon::PAUSE,
        view! {
            <p>{why} {at} " Nothing is sent to it. Fix the receiver, then enable the webhook again; send a test to see whether it works."</p>
            <button type="button" class="btn btn-quiet btn-sm mt-2" disabled=move || enabling.busy() on:click=move |_| enable()>
                {spinner(move || enabling.busy())}
                "Enable webhook"
            </button>
        },
    )
}

fn configuration(webhook: &Webhook) -> AnyView {
    view! {
        <dl class="facts">
            {fact("Destination URL", copyable("Copy URL", webhook.url.clone()))}
            {(!webhook.description.is_empty())
                .then(|| fact("Description", view! { <span dir="auto">{webhook.description.clone()}</span> }))}
            {fact("Events", event_chips(&webhook.event_types, 30))}
            {fact("Webhook ID", copyable("Copy webhook ID", webhook.id.to_string()))}
            {fact("Created", exact(webhook.created_at))}
            {fact("Last changed", ago(webhook.updated_at))}
        </dl>
    }
    .erase()
}

fn figures(health: &WebhookHealth) -> AnyView {
    view! {
        <p class="px-5 py-4 text-base font-[560] anywhere border-b border-base-300/65">{health.summary.clone()}</p>
        <dl class="figures">
            {figure("Last success", ago_or(health.last_success_at, "Never"))}
            {figure("Last failure", ago_or(health.last_failure_at, "Never"))}
            {health.failing_since.map(|time| figure("Failing since", ago(time)))}
            {figure("Deliveries waiting", health.waiting)}
            {figure("Delivery failures", health.failures)}
        </dl>
    }
    .erase()
}

fn figure(name: &'static str, value: impl Erase) -> AnyView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value.erase()}</dd>
        </div>
    }
    .erase()
}

fn signing(signature: SignatureScheme, secrets: &[SigningSecret]) -> AnyView {
    let scheme = match signature {
        SignatureScheme::V1 => "HMAC-SHA-256 with a shared secret (v1)",
        SignatureScheme::V1a => "Ed25519 with a public key (v1a)",
    };
    let secrets = secrets.iter().map(|secret| {
        let state = if secret.expires_at.is_none() { badge("dot good", "Current") } else { badge("dot warn", "Old") };
        let ends = secret.expires_at.map(|time| view! { " · signs until " {exact(time)} " (" {ago(time)} ")" });
        let key = secret.public_key.clone();
        view! {
            <li class="grid gap-0.5 not-first:mt-2">
                <span class="flex flex-wrap gap-x-2 items-center">{state} <span class="muted">"Created " {ago(secret.created_at)} {ends}</span></span>
                {key.map(|key| copyable("Copy public key", key))}
            </li>
        }
    });
    view! {
        <dl class="facts">
            {fact("Signature", scheme)}
            {fact(
                if signature == SignatureScheme::V1 { "Signing secrets" } else { "Public keys" },
                view! { <ul>{secrets.collect_view()}</ul> },
            )}
        </dl>
        {verify::how_to(signature)}
    }
    .erase()
}

fn own_deliveries(id: Memo<String>) -> AnyView {
    let [status] = in_address(["status"]);
    let list = List::<Delivery>::new(20, move || {
        api::with_query("/v1/deliveries", &[("webhook_id", &id.read()), ("status", &status.read())])
    });
    let empty = Callback::new(move |()| {
        if status.read().is_empty() {
            blank(
                icon::SEND,
                "No deliveries yet",
                "Each event that this webhook wants appears here with every attempt to deliver it.",
                (),
            )
        } else {
            no_match(move || status.set(String::new()))
        }
    });
    panel(
        "Deliveries",
        filter("Status", status_options, status),
        deliveries(&list, "Deliveries", false, empty),
    )
}

fn open_dialogs(dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let (for_edit, for_rotate, for_disable, for_test) = (load.clone(), load.clone(), load.clone(), load);
    view! {
        {dialog_for(dialogs.edit, Kind::Wide, |_| "Edit webhook".to_owned(), move |webhook| edit(&webhook, dialogs, for_edit.clone()))}
        {dialog_for(
            dialogs.rotate,
            Kind::Small,
            |_| "Rotate the signing secret?".to_owned(),
            move |webhook| rotate_secret(&webhook, dialogs, for_rotate.clone()),
        )}
        {dialog_for(dialogs.test, Kind::Wide, |_| "Send test".to_owned(), move |webhook| test(&webhook, dialogs, for_test.clone()))}
        {dialog_for(
            dialogs.disable,
            Kind::Small,
            |_| "Disable this webhook?".to_owned(),
            move |webhook| disable(&webhook, dialogs, for_disable.clone()),
        )}
        {dialog_for(dialogs.delete, Kind::Small, |_| "Delete this webhook?".to_owned(), move |webhook| delete(&webhook, dialogs))}
    }
    .erase()
}

fn edit(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let close = move || dialogs.edit.set(None);
    webhook_form::form(
        Draft::of(webhook),
        Some(format!("/v1/webhooks/{}", webhook.id)),
        "Save",
        close,
        move |webhook: Webhook| {
            close();
            load.set(webhook);
            toasts.say("Saved.");
        },
    )
}

fn rotate_secret(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let (show_once, toasts) = (ShowOnce::use_show_once(), Toasts::use_toasts());
    let close = move || dialogs.rotate.set(None);
    let explain = "Messages are signed with a new secret. While the old one still works, each message carries both signatures, so a receiver may verify with either; afterwards one that knows only the old secret refuses every message.";
    let path = format!("/v1/webhooks/{}/secret/rotate", webhook.id);
    rotate::form(explain, path, close, move |created: CreatedWebhook| {
        close();
        load.set(created.webhook);
        let Some(value) = created.signing_secret else {
            toasts.say("Rotated. The new public key is on this page.");
            return;
        };
        show_once.show(Secret {
            title: "Signing secret rotated",
            what: "New signing secret",
            value,
            advice: "Put it into the receiver before the old one's time is over.",
            then: Callback::new(|()| ()),
        });
    })
}

fn test(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let submit = Submit::new();
    let result = RwSignal::new(None::<TestResult>);
    let path = format!("/v1/webhooks/{}/test", webhook.id);
    let send = move || {
        let (path, load) = (path.clone(), load.clone());
        result.set(None);
        submit.run(async move { api::post::<TestResult>(&path, &Nothing {}).await }, move |answer| {
            result.set(Some(answer));
            load.refresh();
        });
    };
    send();
    view! {
        <div class="form">
            <p>
                "A " <span class="mono">"webhook.test"</span> " message goes to " <span class="mono">{url(&webhook.url)}</span>
                " and to no other webhook. It enters no failure list."
            </p>
            {form_error(submit, &[])}
            {live(move || {
                submit
                    .busy()
                    .then(|| {
                        view! {
                            <p class="flex items-center gap-2 muted" role="status">
                                {spinner(|| true)} "Waiting for the receiver, at most 15 seconds…"
                            </p>
                        }
                    })
            })}
            {live(move || result.get().map(|result| attempt::test_result(&result)))}
            {foot(view! {
                <button type="button" class="btn btn-quiet" on:click=move |_| dialogs.test.set(None)>"Close"</button>
                <button type="button" class="btn btn-primary" disabled=move || submit.busy() on:click=move |_| send()>"Send again"</button>
            })}
        </div>
    }
    .erase()
}

fn disable(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let path = format!("/v1/webhooks/{}/disable", webhook.id);
    let act = move || {
        let (path, load) = (path.clone(), load.clone());
        submit.run(async move { api::post::<Webhook>(&path, &Nothing {}).await }, move |webhook| {
            dialogs.disable.set(None);
            load.set(webhook);
            toasts.say("The webhook is disabled.");
        });
    };
    let explain = view! {
        <p>
            "Nothing is sent to it until you enable it again. " {waiting(webhook)}
            " Events published meanwhile are kept as canceled deliveries."
        </p>
    };
    confirm(
        Question { submit, action: "Disable", fields: &[] },
        explain,
        move || dialogs.disable.set(None),
        act,
    )
}

fn waiting(webhook: &Webhook) -> String {
    match webhook.health.waiting {
        0 => "No delivery is waiting.".to_owned(),
        1 => "The delivery that is waiting is canceled.".to_owned(),
        count => format!("The {count} deliveries that are waiting are canceled."),
    }
}

fn delete(webhook: &Webhook, dialogs: Dialogs) -> AnyView {
    let toasts = Toasts::use_toasts();
    let navigate = use_navigate();
    let submit = Submit::new();
    let path = format!("/v1/webhooks/{}", webhook.id);
    let act = move || {
        let (path, navigate) = (path.clone(), navigate.clone());
        submit.run(async move { api::delete(&path).await }, move |()| {
            dialogs.delete.set(None);
            toasts.say("The webhook is deleted.");
            navigate("/settings/api#webhooks", NavigateOptions { replace: true, ..Default::default() });
        });
    };
    let explain = view! {
        <p>
            "Its receiver gets nothing more, and its signing secret is gone for good. " {waiting(webhook)}
            " Details of past deliveries stay readable. This cannot be undone."
        </p>
        <p class="mono muted anywhere">{webhook.url.clone()}</p>
    };
    confirm(
        Question { submit, action: "Delete", fields: &[] },
        explain,
        move || dialogs.delete.set(None),
        act,
    )
}
