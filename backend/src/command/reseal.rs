//! Seals everything anew that is under an older version of the sealing key. It works in small steps, beside nodes that know both
//! versions, and may be run again after it was interrupted.

use api_types::ids::WebhookId;

use crate::{
    base::Base,
    crypto::seal::SealingKey,
    db::{DbError, sealed, signing_keys},
    delivery::{own_headers, secrets},
};

/// Secrets in one step.
const STEP: i64 = 100;

/// Seals signing secrets, webhooks' own headers and signing keys anew. Answers how many, and how many could not be opened.
pub async fn reseal(base: &Base) -> Result<(usize, usize), DbError> {
    let (secrets, unreadable_secrets) = reseal_secrets(base).await?;
    let (keys, unreadable_keys) = reseal_keys(base).await?;
    let (headers, unreadable_headers) = reseal_headers(base).await?;
    Ok((secrets + keys + headers, unreadable_secrets + unreadable_keys + unreadable_headers))
}

async fn reseal_secrets(base: &Base) -> Result<(usize, usize), DbError> {
    let version = base.keys.sealing.newest();
    let (mut done, mut unreadable) = (0, 0);
    let mut after = None;
    loop {
        let found = base.db.query(move |conn| sealed::secrets_not_under(conn, version, after, STEP)).await?;
        let Some((last, ..)) = found.last() else { return Ok((done, unreadable)) };
        after = Some(*last);
        let all = found.len();
        let anew: Vec<_> = found
            .into_iter()
            .filter_map(|(id, webhook, old)| Some((id, seal_anew(base, webhook, &old)?, old)))
            .collect();
        unreadable += all - anew.len();
        done += base
            .db
            .execute(move |tx| {
                let mut done = 0;
                for (id, (new, digest), old) in &anew {
                    done += sealed::replace_secret(tx, *id, old, (new, digest))?;
                }
                Ok(done)
            })
            .await?;
    }
}

/// A signing secret's new seal, and its digest under the newest pepper.
fn seal_anew(base: &Base, webhook: WebhookId, old: &str) -> Option<(String, String)> {
    let secret = secrets::open(&base.keys, webhook, old).ok()?;
    let sealed = secrets::seal(&base.keys, &base.random, webhook, &secret).ok()?;
    Some((sealed, base.keys.digest(secret.expose().as_str()).0))
}

async fn reseal_headers(base: &Base) -> Result<(usize, usize), DbError> {
    let version = base.keys.sealing.newest();
    let (mut done, mut unreadable) = (0, 0);
    let mut after = None;
    loop {
        let found = base.db.query(move |conn| sealed::headers_not_under(conn, version, after, STEP)).await?;
        let Some((last, _)) = found.last() else { return Ok((done, unreadable)) };
        after = Some(*last);
        let all = found.len();
        let anew: Vec<_> = found
            .into_iter()
            .filter_map(|(webhook, old)| {
                let new = own_headers::seal_anew(&base.keys, &base.random, webhook, &old).ok()?;
                Some((webhook, old, new))
            })
            .collect();
        unreadable += all - anew.len();
        let replaced = base.db.execute(move |tx| {
            let mut done = 0;
            for (webhook, old, new) in &anew {
                done += sealed::replace_headers(tx, *webhook, old, new)?;
            }
            Ok(done)
        });
        done += replaced.await?;
    }
}

async fn reseal_keys(base: &Base) -> Result<(usize, usize), DbError> {
    let version = base.keys.sealing.newest();
    let (mut done, mut unreadable) = (0, 0);
    for key in base.db.query(signing_keys::all).await? {
        if SealingKey::version_of(&key.sealed) == Some(version) {
            continue;
        }
        let opened = base.keys.sealing.open(&key.id, &key.sealed);
        let sealed =
            opened.and_then(|private| base.keys.sealing.seal(&key.id, &private, base.random.bytes()));
        match sealed {
            Ok(sealed) => {
                done +=
                    base.db.execute(move |tx| sealed::replace_key(tx, &key.id, &key.sealed, &sealed)).await?;
            }
            Err(_) => unreadable += 1,
        }
    }
    Ok((done, unreadable))
}
