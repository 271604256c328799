//! Code with which a receiver verifies a webhook's messages, ready to copy.

use api_types::webhooks::SignatureScheme;
use leptos::prelude::*;

use crate::ui::{
    code::code_block,
    erase::Erase,
    icon::{self, icon},
};

const NODE: &str = r#"import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.SAYLESS_SIGNING_SECRET);

// The body exactly as it arrived: verify first, parse afterwards.
app.post("/sayless", express.raw({ type: "*/*" }), (request, response) => {
  const event = webhook.verify(request.body, request.headers);
  // The same event may arrive twice: skip a webhook-id that you have seen.
  response.sendStatus(204);
});"#;

const PYTHON: &str = r#"from standardwebhooks.webhooks import Webhook

webhook = Webhook(os.environ["SAYLESS_SIGNING_SECRET"])

@app.post("/sayless")
def receive():
    # The body exactly as it arrived: verify first, parse afterwards.
    event = webhook.verify(request.get_data(), request.headers)
    # The same event may arrive twice: skip a webhook-id that you have seen.
    return "", 204"#;

const PUBLIC_KEY: &str = r#"import { createPublicKey, verify } from "node:crypto";

// The part of the public key after whpk_, as Node wants it.
const raw = Buffer.from(process.env.SAYLESS_PUBLIC_KEY.slice("whpk_".length), "base64");
const prefix = Buffer.from("302a300506032b6570032100", "hex");
const key = createPublicKey({ key: Buffer.concat([prefix, raw]), format: "der", type: "spki" });

function isFromSayless(headers, body) {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const fresh = Math.abs(Date.now() / 1000 - headers["webhook-timestamp"]) < 300;
  const signatures = headers["webhook-signature"].split(" ").filter((s) => s.startsWith("v1a,"));
  return fresh && signatures.some((s) => verify(null, Buffer.from(signed), key, Buffer.from(s.slice(4), "base64")));
}"#;

/// The explanation, closed until somebody wants it.
pub fn how_to(scheme: SignatureScheme) -> AnyView {
    let examples = match scheme {
        SignatureScheme::V1 => view! {
            {code_block("Node.js, with the package standardwebhooks", "Copy Node.js example", false, NODE.to_owned())}
            {code_block("Python, with the package standardwebhooks", "Copy Python example", false, PYTHON.to_owned())}
        }
        .erase(),
        SignatureScheme::V1a => code_block("Node.js, without a package", "Copy Node.js example", false, PUBLIC_KEY.to_owned()),
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
                    " of the Standard Webhooks scheme. Answer with any 2xx status within 15 seconds, and do slow work afterwards."
                </p>
                {examples}
            </div>
        </details>
    }
    .erase()
}
