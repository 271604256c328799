//! `cargo xtask …`: what a person types to run, test and build Sayless. Plain Rust, few dependencies.

mod frontend;
mod install;
mod lints;
mod load;
mod pictures;
mod postgres;
mod release;
mod run;
mod sdk;
mod sh;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  run [--demo] [--listen ADDR] build everything and serve it (--demo: with a company that uses it)
  dev [--demo] [--listen ADDR] the same from quick builds, the console built anew when its sources change
  test [--only GROUP]…         every check; GROUP is lint, backend, clients, sdks, console or e2e
  test --languages             the checks that need Go, Ruby, PHP and Java as well
  bench [--quick] […]          measure a release build against the targets (xtask/load/src/options.rs has the rest)
  chaos [--quick] [--seed N] […] kill, freeze and starve it under load, and count what was lost
  frontend [--dev] [--force]   build the console into target/console (--dev: quick to build, large)
  floors                       check that no file of the house imports what stands above it, or itself by way of others
  pictures                     take the README's pictures of the console anew, into docs/images
  release [--draft] [--only PART]… what a release consists of, in target/release-VERSION (--draft: although it is not ready)
  sdk                          write the documents in openapi/, and what is generated from the newer one
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["frontend", options @ ..] => frontend::command(options),
        ["run", options @ ..] => run::command(options),
        ["dev", options @ ..] => run::dev(options),
        ["bench", options @ ..] => load::bench(options),
        ["chaos", options @ ..] => load::chaos(options),
        ["floors"] => sh::run(&mut lints::floors()),
        ["pictures"] => pictures::command(),
        ["release", options @ ..] => release::command(options),
        ["sdk"] => sdk::command(),
        ["test", options @ ..] => test::command(options),
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
