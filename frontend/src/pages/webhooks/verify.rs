//! Receivers that verify a webhook's messages, ready to copy. They are the files that `cargo xtask test` sends messages to.

use api_types::webhooks::SignatureScheme;
use leptos::prelude::*;

use crate::ui::{
    code::code_block,
    erase::{Erase, live},
    field::owned,
    filter::filter,
    icon::{self, icon},
};

/// The languages: a name in the choice, and a whole program.
const RECEIVERS: [(&str, &str); 7] = [
    ("Node.js", include_str!("../../../../docs/receivers/receiver.mjs")),
    ("Python", include_str!("../../../../docs/receivers/receiver.py")),
    ("Go", include_str!("../../../../docs/receivers/receiver.go")),
    ("Ruby", include_str!("../../../../docs/receivers/receiver.rb")),
    ("PHP", include_str!("../../../../docs/receivers/receiver.php")),
    ("Java", include_str!("../../../../docs/receivers/Receiver.java")),
    ("Rust", include_str!("../../../../docs/receivers/receiver.rs")),
];

/// The explanation, closed until somebody wants it.
pub fn how_to(scheme: SignatureScheme) -> AnyView {
    let language = RwSignal::new(RECEIVERS[0].0.to_owned());
    let languages = || owned(&RECEIVERS.map(|(name, _)| (name, name)));
    let example = move || {
        let chosen = language.read();
        let found = RECEIVERS.iter().find(|(name, _)| *name == *chosen);
        found.map(|(name, code)| code_block(*name, "Copy example", false, (*code).to_owned()))
    };
    let key = match scheme {
        SignatureScheme::V1 => "the signing secret (whsec_…)",
        SignatureScheme::V1a => "the public key (whpk_…)",
    };
    view! {
        <details class="border-t border-base-300/65">
            <summary class="flex items-center gap-2 px-5 py-3 hover:bg-base-content/2">
                <span class="turn muted inline-flex">{icon(icon::RIGHT)}</span>
                "How receivers verify a message"
            </summary>
            <div class="px-5 pb-5 grid gap-4 min-w-0">
                <p class="muted">
                    "Each message carries the headers " <span class="mono">"webhook-id"</span> ", "
                    <span class="mono">"webhook-timestamp"</span> " and " <span class="mono">"webhook-signature"</span>
                    " of the Standard Webhooks scheme. Answer with any 2xx status within 15 seconds, and do slow work afterwards. Answer 401 where the signature does not fit."
                </p>
                <div class="flex flex-wrap items-center gap-3">
                    {filter("Language", languages, language)}
                    <span class="muted">"Give it " {key} " as " <span class="mono">"SAYLESS_SIGNING_KEY"</span> "."</span>
                </div>
                {live(example)}
            </div>
        </details>
    }
    .erase()
}
