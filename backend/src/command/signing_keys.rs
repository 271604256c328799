//! `sayless signing-key …`: the keys that sign OAuth access tokens are listed, replaced, and ended where one leaked. Running nodes
//! look at them once a second.

use super::{error::CommandError, manage::open, node::runtime};
use crate::{auth::signing_keys::Activation, config::SigningKeyCommand};

/// Runs the command to its end.
pub fn run(command: &SigningKeyCommand) -> Result<(), CommandError> {
    match command {
        SigningKeyCommand::List(database) => {
            let app = open(database)?;
            for key in runtime()?.block_on(app.auth.signing_keys.list(&app.base))? {
                let state = match (key.signs, key.active_at > app.base.now()) {
                    (true, _) => format!("signs since {}", key.active_at),
                    (false, true) => format!("signs from {}", key.active_at),
                    (false, false) => "verifies".to_owned(),
                };
                println!("{}  created {}  {state}", key.id, key.created_at);
            }
        }
        SigningKeyCommand::Rotate { now, database } => {
            let app = open(database)?;
            let activation = if *now { Activation::Now } else { Activation::OnceKnown };
            let from = runtime()?.block_on(app.auth.signing_keys.rotate(&app.base, activation))?;
            eprintln!("The new key signs from {from}.");
        }
        SigningKeyCommand::Revoke { kid, database } => {
            let app = open(database)?;
            if !runtime()?.block_on(app.auth.signing_keys.revoke(&app.base, kid))? {
                return Err(CommandError::new(format!(
                    "there is no signing key {kid:?}; `sayless signing-key list` names those that there are"
                )));
            }
        }
    }
    Ok(())
}
