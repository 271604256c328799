//! The `sayless` program: reads the command line, opens the log, and runs the command.

use std::process::ExitCode;

use clap::Parser;
use sayless::{command, config::Cli};

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,actix_server=warn")),
        )
        .with_writer(std::io::stderr)
        // Such errors go to stderr by a macro that panics: a log on a full disk must not take threads with it.
        .log_internal_errors(false)
        .init();
    match command::run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sayless: {error}");
            ExitCode::FAILURE
        }
    }
}
