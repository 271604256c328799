//! A signing secret on its way into the database, where it is kept sealed.

use api_types::{
    ids::{WebhookId, WorkspaceId},
    webhooks::{CreatedSigningSecret, CreatedWebhook, SignatureScheme, SigningSecret as Shown, Webhook},
};
use zeroize::Zeroizing;

use crate::{
    crypto::{keys::ServerKeys, tokens},
    db::{Tx, signing_secrets::NewSigningSecretRow},
    delivery::{secrets, signature::SigningSecret},
    http::{
        made::Made,
        problem::{Answer, Failure},
    },
};

/// The webhook that a new signing secret is for.
#[derive(Clone, Copy)]
pub struct SecretOf {
    pub workspace_id: WorkspaceId,
    pub webhook_id: WebhookId,
    pub scheme: SignatureScheme,
}

/// A new signing secret.
pub struct NewSigningSecret {
    /// The secret as its owner sees it, this once; none under `v1a`, where the public key is all that they need.
    shown_once: Option<String>,
    pub row: NewSigningSecretRow,
}

impl NewSigningSecret {
    /// Makes a secret; nothing is stored yet.
    pub fn make(tx: &Tx<'_>, keys: &ServerKeys, of: SecretOf) -> Answer<Self> {
        let SecretOf { workspace_id, webhook_id, scheme } = of;
        let secret = match scheme {
            SignatureScheme::V1 => SigningSecret::v1(tx.random().bytes()),
            SignatureScheme::V1a => SigningSecret::v1a(tx.random().bytes()),
        };
        let text: Zeroizing<String> = secret.expose();
        let sealed = secrets::seal(keys, tx.random(), webhook_id, &secret);
        let public_key = secret.public_key();
        let row = NewSigningSecretRow {
            id: tx.new_id(),
            webhook_id,
            workspace_id,
            scheme,
            sealed: sealed.map_err(|error| Failure::internal(&error))?,
            digest: keys.digest(&text).0,
            hint: tokens::hint(public_key.as_deref().unwrap_or(&text)),
            public_key,
            created_at: tx.now(),
        };
        Ok(Self { shown_once: (scheme == SignatureScheme::V1).then(|| text.to_string()), row })
    }

    /// The answer that shows the secret, this once, with what is always shown of it.
    pub fn answer(self, webhook: WebhookId, secret: Shown) -> Answer<Made> {
        let id = secret.id;
        let created = CreatedSigningSecret { secret, signing_secret: self.shown_once };
        let made = Made::created(&format!("webhooks/{webhook}/secrets"), id.as_str(), &created)?;
        Ok(if created.signing_secret.is_some() { made.secret() } else { made })
    }

    /// The answer that shows the secret, this once, with its webhook.
    pub fn answer_with_webhook(self, webhook: Webhook) -> Answer<Made> {
        let id = webhook.id;
        let created = CreatedWebhook { webhook, signing_secret: self.shown_once };
        let made = Made::created("webhooks", id.as_str(), &created)?.tagged(&created.webhook);
        Ok(if created.signing_secret.is_some() { made.secret() } else { made })
    }
}
