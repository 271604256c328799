//! `cargo xtask test`: one stage after the other; a failed stage does not stop the next. The last line counts the tests that
//! ran. What needs further toolchains runs with `--languages` only.

mod background;
mod beside;
mod clients;
mod clippy;
mod console;
mod docs;
mod samples;
mod sdk_python;
mod sdk_rust;
mod sdk_typescript;
mod stage;
mod stages;
mod tally;

use anyhow::{Result, bail};
use stage::{Context, Outcome, Stage};
use stages::{BACKGROUND, EVERYTHING, LANGUAGES, STAGES, server};
use std::time::{Duration, Instant};
use tally::Tally;

/// A stage's line in the summary.
struct Line {
    name: &'static str,
    ok: bool,
    took: Duration,
}

/// The command line: `[--languages] [--only lint|backend|clients|sdks|console|e2e]…`.
pub fn command(options: &[&str]) -> Result<()> {
    let context = |full| Context { full, server };
    if options == [background::OPTION] {
        let (lines, tests) = run_all(BACKGROUND.iter(), &context(false));
        return summarize(&lines, tests);
    }
    let mut groups = Vec::new();
    let mut rest = options.iter();
    while let Some(option) = rest.next() {
        let group = match *option {
            "--languages" => LANGUAGES,
            "--only" => rest.next().copied().unwrap_or_default(),
            other => bail!("unknown option {other}; test knows --only GROUP and --languages"),
        };
        let known = |stage: &Stage| stage.group == group && group != EVERYTHING;
        if !stages().any(known) {
            bail!("--only {group}: the groups are lint, backend, clients, sdks, console and e2e");
        }
        groups.push(group);
    }
    let (lines, tests) = if groups.is_empty() {
        run_all(STAGES.iter().filter(|stage| stage.group != LANGUAGES), &context(true))
    } else {
        run_all(stages().filter(|stage| groups.contains(&stage.group)), &context(false))
    };
    summarize(&lines, tests)
}

/// All stages there are, those first that others need.
fn stages() -> impl Iterator<Item = &'static Stage> {
    BACKGROUND.iter().chain(STAGES)
}

fn run_all<'a>(stages: impl Iterator<Item = &'a Stage>, context: &Context) -> (Vec<Line>, Tally) {
    let mut lines = Vec::new();
    let mut total = Tally::default();
    for stage in stages {
        println!("\n=== {} ===", stage.name);
        let started = Instant::now();
        let outcome = (stage.run)(context).unwrap_or_else(|error| {
            println!("{error:#}");
            Outcome { ok: false, tests: Tally::default() }
        });
        total += outcome.tests;
        if !outcome.ok && outcome.tests.failed == 0 {
            total.failed += 1; // a stage that failed without naming a test
        }
        let took = started.elapsed();
        println!("--- {}: {}, {:.1} s", stage.name, verdict(outcome.ok), took.as_secs_f32());
        lines.push(Line { name: stage.name, ok: outcome.ok, took });
    }
    (lines, total)
}

fn summarize(lines: &[Line], tests: Tally) -> Result<()> {
    println!();
    for line in lines {
        println!("{:>7.1} s  {:6}  {}", line.took.as_secs_f32(), verdict(line.ok), line.name);
    }
    let took: Duration = lines.iter().map(|line| line.took).sum();
    println!("{:>7.1} s  altogether\n", took.as_secs_f32());
    println!("{} passed, {} failed", tests.passed, tests.failed);
    if lines.iter().all(|line| line.ok) && tests.failed == 0 {
        return Ok(());
    }
    std::process::exit(1) // the last line has said it all
}

fn verdict(ok: bool) -> &'static str {
    if ok { "ok" } else { "FAILED" }
}
