//! Recoveries, which set many deliveries going again: the operations under `/v1/recoveries`.

use api_types::{
    Page,
    ids::RecoveryId,
    recoveries::{NewRecovery, Recovery},
};

use crate::{
    api::call::{Call, Query},
    paths::api as paths,
};

/// The recoveries of one webhook, or of the workspace where `webhook_id` is empty.
pub fn list(webhook_id: &str) -> Query<Page<Recovery>> {
    Query::new(paths::RECOVERIES).with(&[("webhook_id", webhook_id)])
}

/// Counts the deliveries that a recovery would concern, and begins none.
pub fn count(wanted: NewRecovery) -> Call<Recovery> {
    Call::post(paths::RECOVERIES, &NewRecovery { dry_run: true, ..wanted })
}

pub fn create(wanted: NewRecovery) -> Call<Recovery> {
    Call::post(paths::RECOVERIES, &NewRecovery { dry_run: false, ..wanted })
}

/// Has a recovery that stopped go on with its next stage.
pub fn resume(id: RecoveryId) -> Call<Recovery> {
    Call::act(paths::recovery_continue(id))
}

pub fn cancel(id: RecoveryId) -> Call<Recovery> {
    Call::act(paths::recovery_cancel(id))
}
