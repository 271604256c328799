//! Plans and their limits, in one table.

use api_types::{
    ProblemType,
    account::{Limits, Plan},
};

use crate::http::problem::Failure;

pub const fn limits(plan: Plan) -> Limits {
    match plan {
        // Free workspaces sign in and look at their session, and can call nothing else.
        Plan::Free => Limits { api_access: false, ..of_size(0, 0, 300) },
        Plan::Startup => of_size(10, 5, 300),
        Plan::Business => of_size(50, 25, 1_200),
        Plan::Enterprise => of_size(500, 250, 6_000),
    }
}

/// The limits of a plan with API access: so many keys, so many apps and webhooks each, so many requests per minute.
const fn of_size(api_keys: u32, others: u32, requests_per_minute: u32) -> Limits {
    Limits {
        api_access: true,
        api_keys,
        oauth_apps: others,
        webhooks: others,
        requests_per_minute,
        workspace_requests_per_minute: requests_per_minute * CREDENTIALS_AT_FULL_SPEED,
    }
}

/// The number of credentials of a workspace that can use up their own limits at once.
const CREDENTIALS_AT_FULL_SPEED: u32 = 10;

/// Refuses a call where the plan does not include the API.
pub fn check_api(plan: Plan) -> Result<(), Failure> {
    if limits(plan).api_access {
        return Ok(());
    }
    Err(Failure::new(
        ProblemType::PlanRequired,
        "API access needs the Startup plan or above. This workspace is on the free plan.",
    ))
}

/// Refuses one more `what` where the plan's limit is reached. Existing ones keep working.
pub fn check_room(plan: Plan, what: &str, have: i64, limit: u32) -> Result<(), Failure> {
    if have < i64::from(limit) {
        return Ok(());
    }
    Err(Failure::new(
        ProblemType::PlanLimit,
        format!(
            "The {plan} plan allows {limit} {what}. Remove one you no longer need, or move to a larger plan."
        ),
    ))
}
