//! The dialog that sends a test: what to send, and what came back.

use api_types::{
    events::EventType,
    webhooks::{NewTest, Webhook},
};
use leptos::prelude::*;

use crate::{
    data::load::Load,
    pages::webhooks::{parts::url, send_test::Test},
    ui::{
        dialog::foot,
        erase::{Erase, live},
        field::{Options, TEXT, about, select_field, text_field},
    },
};

/// The choice of an event of the past.
const PAST: &str = "past";

/// The message as it is chosen.
#[derive(Clone, Copy)]
struct Chosen {
    /// Empty for `webhook.test`, else an event type, or [`PAST`].
    what: RwSignal<String>,
    event: RwSignal<String>,
}

impl Chosen {
    /// The choice as the API takes it.
    fn message(self) -> NewTest {
        match self.what.get_untracked() {
            none if none.is_empty() => NewTest::default(),
            past if past == PAST => {
                NewTest { event_id: Some(self.event.get_untracked().trim().to_owned()), ..NewTest::default() }
            }
            kind => NewTest { event_type: Some(kind), ..NewTest::default() },
        }
    }
}

/// The choices: the plain test, each type that the webhook wants, and an event of the past.
fn options(webhook: &Webhook) -> Options {
    let wants = |kind: &&EventType| {
        **kind != EventType::WebhookTest
            && webhook.event_types.iter().any(|word| {
                word == "*" || word == kind.as_str() || word.strip_suffix(".*") == Some(kind.group())
            })
    };
    let examples = EventType::ALL.iter().filter(wants);
    let examples = examples.map(|kind| (kind.to_string(), format!("An example of {kind}")));
    let plain = (String::new(), "A test message, webhook.test".to_owned());
    let past = (PAST.to_owned(), "An event of the past".to_owned());
    [plain].into_iter().chain(examples).chain([past]).collect()
}

pub fn body(webhook: &Webhook, asked: RwSignal<Option<Webhook>>, load: Load<Webhook>) -> AnyView {
    let test = Test::new();
    let id = webhook.id;
    let chosen = Chosen { what: RwSignal::default(), event: RwSignal::default() };
    let send = move || {
        let load = load.clone();
        test.send(id, &chosen.message(), move || load.refresh());
    };
    send();
    let options = options(webhook);
    let again = {
        let send = send.clone();
        move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            send();
        }
    };
    view! {
        <form class="form" on:submit=again>
            <p>
                "The message goes to " <span class="mono">{url(&webhook.url)}</span>
                " and to no other webhook. It enters no failure list."
            </p>
            {select_field(about("What to send", "event_type", ""), move || options.clone(), chosen.what, test.submit)}
            {live(move || {
                chosen
                    .what
                    .with(|what| what == PAST)
                    .then(|| {
                        let hint = "As a delivery's page shows it. It is sent as it was sent then.";
                        text_field(about("Event ID", "event_id", hint), TEXT, chosen.event, test.submit)
                    })
            })}
            {test.outcome(true)}
            {foot(view! {
                <button type="button" class="btn btn-quiet" on:click=move |_| asked.set(None)>"Close"</button>
                <button type="submit" class="btn btn-primary" disabled=move || test.busy()>"Send again"</button>
            })}
        </form>
    }
    .erase()
}
