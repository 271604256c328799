//! Plans and their limits, in one table.

use api_types::{
    ProblemType,
    account::{Limits, Plan},
};

use crate::http::problem::Failure;

pub const fn limits(plan: Plan) -> Limits {
    match plan {
        // Free workspaces sign in and look at their session, and can call nothing else.
        Plan::Free => {
            Limits { api_access: false, api_keys: 0, oauth_apps: 0, webhooks: 0, requests_per_minute: 300 }
        }
        Plan::Startup => {
            Limits { api_access: true, api_keys: 10, oauth_apps: 5, webhooks: 5, requests_per_minute: 300 }
        }
        Plan::Business => Limits {
            api_access: true,
            api_keys: 50,
            oauth_apps: 25,
            webhooks: 25,
            requests_per_minute: 1_200,
        },
        Plan::Enterprise => Limits {
            api_access: true,
            api_keys: 500,
            oauth_apps: 250,
            webhooks: 250,
            requests_per_minute: 6_000,
        },
    }
}

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
