//! The `sayless` command, one file a subject.

mod error;
mod manage;
mod node;
mod receive;
mod serve;

pub use error::CommandError;

use crate::{
    base::Settings,
    config::{Command, Spec},
    openapi,
};

/// Runs a command to its end.
pub fn run(command: Command) -> Result<(), CommandError> {
    match command {
        Command::Serve(args) => serve::serve(&args),
        Command::Worker(args) => serve::worker(&args),
        Command::Migrate(database) => node::build(&database, Settings::new(node::loopback()?)).map(drop),
        Command::Openapi(args) => {
            let text = match args.spec {
                Spec::V3_1 => openapi::json(),
                Spec::V3_0 => openapi::json_3_0(),
            };
            print!("{text}");
            Ok(())
        }
        Command::Workspace(command) => manage::workspace(command),
        Command::Member(command) => manage::member(command),
        Command::SigningKey(command) => manage::signing_key(&command),
        Command::Receive(args) => receive::receive(args),
    }
}
