//! `cargo xtask …`: what a person types to run, test and build Sayless. Plain Rust, few dependencies.

mod frontend;
mod need;
mod sh;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  frontend [--dev] [--force]   build the console into target/console (--dev: quick to build, large)
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["frontend", options @ ..] => frontend::command(options),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
