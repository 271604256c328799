//! A client secret on its way into the database, where only its digest is kept.

use api_types::ids::{OAuthAppId, WorkspaceId};

use crate::{
    base::Base,
    crypto::tokens,
    db::{Tx, client_secrets::NewClientSecretRow},
};

/// A new client secret.
pub struct NewClientSecret {
    /// The secret, which is shown once.
    pub text: String,
    digest: String,
    pepper_version: i32,
}

impl NewClientSecret {
    /// Makes a secret.
    pub fn generate(base: &Base) -> Self {
        let text = tokens::generate(tokens::CLIENT_SECRET, &base.random);
        let (digest, pepper_version) = base.keys.digest(&text);
        Self { text, digest, pepper_version }
    }

    /// The secret's row, for an app.
    pub fn into_row(self, tx: &Tx<'_>, workspace_id: WorkspaceId, app_id: OAuthAppId) -> NewClientSecretRow {
        NewClientSecretRow {
            id: tx.new_id(),
            app_id,
            workspace_id,
            hint: tokens::hint(&self.text),
            digest: self.digest,
            pepper_version: self.pepper_version,
            created_at: tx.now(),
        }
    }
}
