//! The pasted-secret guard: texts that people write are refused where they contain a credential.
//!
//! API keys are recognised by their checksum alone, also those of nobody; client and signing secrets by looking their
//! digests up. The refusal names the field and the kind of credential, never the secret; the audit log says which one.
//! Free-form `data` of `POST /v1/events` is not scanned: no person pastes there, and receivers get it as it came.

mod find;

use std::collections::HashMap;

use api_types::{FieldError, audit::AuditAction, problem::FaultCode};
use serde_json::json;

use self::find::{PossibleSecret, SecretKind};
use crate::{
    base::Base,
    crypto::tokens,
    db::{
        DbError,
        audit::{self, Change, Who},
        known_secrets::{self, Known},
    },
    http::problem::Failure,
};

/// The most credentials of one request that are written down.
const MAX_ENTRIES: usize = 20;

/// A credential in a text.
#[derive(Debug)]
struct Paste {
    field: &'static str,
    kind: SecretKind,
    hint: String,
    known: Option<Known>,
}

/// Refuses `texts` (field and value, for `what`) if one of them contains a credential, and writes that down.
pub async fn guard(
    base: &Base,
    who: &Who,
    what: &str,
    texts: &[(&'static str, &str)],
) -> Result<(), Failure> {
    let candidates: Vec<(&'static str, PossibleSecret)> = texts
        .iter()
        .flat_map(|&(field, text)| find::candidates(text).into_iter().map(move |found| (field, found)))
        .collect();
    if candidates.is_empty() {
        return Ok(());
    }
    let pastes = recognise(base, candidates).await?;
    if pastes.is_empty() {
        return Ok(());
    }
    let mut errors: Vec<FieldError> = pastes
        .iter()
        .map(|paste| FieldError::in_body(paste.field, FaultCode::ContainsSecret, paste.kind.advice()))
        .collect();
    errors.dedup();
    write_down(base, who.clone(), what.to_owned(), pastes).await?;
    Err(Failure::secret_in_text(errors))
}

/// Looks the candidates up. One that is neither a credential of ours nor a well-formed key is no credential.
async fn recognise(
    base: &Base,
    candidates: Vec<(&'static str, PossibleSecret)>,
) -> Result<Vec<Paste>, DbError> {
    let looked_up: Vec<(&'static str, PossibleSecret, Vec<String>)> = candidates
        .into_iter()
        .map(|(field, candidate)| {
            let digests = base.keys.digests(&candidate.secret);
            (field, candidate, digests)
        })
        .collect();
    let of = |kind: SecretKind| -> Vec<String> {
        let wanted = looked_up.iter().filter(|(_, candidate, _)| candidate.kind == kind);
        wanted.flat_map(|(_, _, digests)| digests.iter().cloned()).collect()
    };
    let keys = of(SecretKind::ApiKey);
    let clients = of(SecretKind::ClientSecret);
    let signing = of(SecretKind::SigningSecret);
    let now = base.now();
    let known = base.db.query(move |conn| {
        let mut known = known_secrets::api_keys(conn, &keys)?;
        known.extend(known_secrets::client_secrets(conn, &clients, now)?);
        known.extend(known_secrets::signing_secrets(conn, &signing, now)?);
        Ok(known)
    });
    let known: HashMap<String, Known> =
        known.await?.into_iter().map(|known| (known.digest.clone(), known)).collect();
    Ok(looked_up
        .into_iter()
        .filter_map(|(field, candidate, digests)| {
            let known = digests.iter().find_map(|digest| known.get(digest)).cloned();
            let refused = known.is_some() || candidate.kind == SecretKind::ApiKey;
            refused.then(|| Paste {
                field,
                kind: candidate.kind,
                hint: tokens::hint(&candidate.secret),
                known,
            })
        })
        .collect())
}

/// One audit entry per credential, in a transaction of its own: there is no change that they could go with.
async fn write_down(base: &Base, who: Who, what: String, pastes: Vec<Paste>) -> Result<(), DbError> {
    let written = base.db.execute(move |tx| {
        for paste in pastes.iter().take(MAX_ENTRIES) {
            // Another workspace's credential is refused too, but what it is called is not told here.
            let known = paste.known.as_ref().filter(|known| known.workspace_id == who.workspace_id);
            let details = json!({
                "credential": paste.kind.as_str(),
                "hint": paste.hint,
                "pasted_into": what,
                "field": paste.field,
                "secret_id": known.and_then(|known| known.secret_id),
            });
            let change = Change {
                action: AuditAction::SecretPasteRefused,
                object_id: known.map(|known| known.object_id.as_str()),
                object_name: known.map_or(paste.hint.as_str(), |known| &known.object_name),
                details,
            };
            audit::append(tx, &who, change)?;
        }
        Ok(())
    });
    written.await
}
