//! The `sayless` command, one file a subject.

mod backup;
mod error;
mod files;
mod keys;
mod listen;
mod log_client;
mod manage;
mod node;
mod receive;
mod reseal;
mod restore;
mod serve;
mod signing_keys;
mod stop;

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
        Command::SigningKey(command) => signing_keys::run(&command),
        Command::Keys(command) => keys::keys(&command),
        Command::Backup(args) => backup::backup(&args),
        Command::Restore(args) => restore::restore(&args),
        Command::Listen(args) => listen::listen(&args),
        Command::Receive(args) => receive::receive(args),
    }
}
