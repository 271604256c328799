//! The checks of verified domains that are due. Any node makes them; each domain is taken by one at a time.

use std::time::Duration;

use super::{
    check::{Finding, check},
    outcome::{self, Occasion},
};
use crate::{
    base::Base,
    db::{
        DbError,
        audit::Who,
        dialect,
        publisher_domains::{self, DomainRow},
    },
    delivery::send::Sender,
};

/// The pause between two rounds.
const EVERY: Duration = Duration::from_mins(10);
/// The most domains that are taken at once. They are checked one after the other.
const AT_ONCE: i64 = 8;
/// Milliseconds after which a domain is taken again that no outcome was stored of.
const AGAIN_MS: i64 = 3_600_000;

/// Checks each domain that is due, once.
pub async fn once(base: &Base, sender: &Sender) -> Result<(), DbError> {
    loop {
        let taken = base.db.execute(|tx| {
            let now = tx.now();
            publisher_domains::take_due(tx, now, now + AGAIN_MS, AT_ONCE)
        });
        let taken = taken.await?;
        if taken.is_empty() {
            return Ok(());
        }
        for row in taken {
            let finding = check(sender, &row.domain, row.id).await;
            store(base, row, finding).await?;
        }
    }
}

/// Stores what was found, unless the domain was changed or checked meanwhile, or this node could not look.
async fn store(base: &Base, taken: DomainRow, finding: Finding) -> Result<(), DbError> {
    if matches!(finding, Finding::Unknown(_)) {
        return Ok(());
    }
    let stored = base.db.execute(move |tx| {
        dialect::lock(tx, taken.id.as_str())?;
        let Some(row) = publisher_domains::find(tx, taken.id)? else { return Ok(()) };
        if row.domain != taken.domain || row.state != taken.state {
            return Ok(());
        }
        outcome::store(tx, &Who::system(row.workspace_id), &row, &finding, Occasion::Due)?;
        Ok(())
    });
    stored.await
}

/// Checks verified domains when they are due, for as long as the node runs.
pub async fn keep(base: Base, sender: Sender) {
    loop {
        if let Err(error) = once(&base, &sender).await {
            tracing::warn!(%error, "the domains of publishers could not be checked; they will be next time");
        }
        base.clock.sleep(EVERY).await;
    }
}
