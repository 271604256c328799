//! A shell that runs the blocks of one page, one after the other, as a reader would in one terminal: variables, the folder and
//! background programs last until the page ends.

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal};
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// The time that a block may take: some install and compile.
const PATIENCE: Duration = Duration::from_mins(10);
/// The time in which what a background program prints has to appear.
const PRINTED_WITHIN: Duration = Duration::from_secs(20);
/// The time that background programs have to end.
const ENDED_WITHIN: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);

/// A running shell; dropping it ends it and what it started.
#[derive(Debug)]
pub struct Session {
    shell: Child,
    input: ChildStdin,
    /// Everything that was printed.
    log: PathBuf,
    /// A line for each block that ended well.
    ended: PathBuf,
    blocks: usize,
    /// The place in the log at which the last block began.
    begun: usize,
}

impl Session {
    /// A shell in `folder`; its notes are kept in `notes`.
    pub fn start(folder: &Path, notes: &Path, variables: &[(&str, String)]) -> Result<Self> {
        let (log, ended) = (notes.join("log"), notes.join("ended"));
        let out = File::create(&log)?;
        File::create(&ended)?;
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-eu", "-o", "pipefail"]).current_dir(folder);
        bash.envs(variables.iter().map(|(name, value)| (name, value)));
        // With it, Python writes a line in several parts, and the lines of two programs mix.
        bash.env_remove("PYTHONUNBUFFERED");
        bash.stdin(Stdio::piped()).stdout(out.try_clone()?).stderr(out).process_group(0);
        let mut shell = bash.spawn().context("bash cannot be started")?;
        let input = shell.stdin.take().context("the shell has no input")?;
        Ok(Self { shell, input, log, ended, blocks: 0, begun: 0 })
    }

    /// Runs a block to its end; what it started in the background goes on.
    pub fn run(&mut self, block: &str) -> Result<()> {
        self.begun = self.log()?.len();
        self.blocks += 1;
        let ended = self.ended.display();
        writeln!(self.input, "{{\n{block}\n}} </dev/null\necho >>'{ended}'")?;
        self.input.flush()?;
        let started = Instant::now();
        while fs::read(&self.ended)?.len() < self.blocks {
            if let Some(status) = self.shell.try_wait()? {
                bail!("the block failed ({status}):\n{}", self.printed()?.trim_end());
            }
            if started.elapsed() > PATIENCE {
                bail!("the block does not end:\n{}", self.printed()?.trim_end());
            }
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Waits until what was printed since the last block began is as `is_shown` wants it.
    pub fn wait_for(&self, is_shown: impl Fn(&str) -> bool) -> Result<()> {
        let started = Instant::now();
        while !is_shown(&self.printed()?) {
            if started.elapsed() > PRINTED_WITHIN {
                bail!("this was printed instead:\n{}", self.printed()?.trim_end());
            }
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn log(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(&self.log)?).into_owned())
    }

    fn printed(&self) -> Result<String> {
        Ok(self.log()?.get(self.begun..).unwrap_or_default().to_owned())
    }

    fn signal(&self, signal: Signal) -> bool {
        rustix::process::kill_process_group(Pid::from_child(&self.shell), signal).is_ok()
    }
}

impl Drop for Session {
    /// The programs are asked to end first: a server that is killed has its data folder open.
    fn drop(&mut self) {
        let started = Instant::now();
        while self.signal(Signal::TERM) && started.elapsed() < ENDED_WITHIN {
            let _ = self.shell.try_wait();
            std::thread::sleep(PAUSE);
        }
        self.signal(Signal::KILL);
        let _ = self.shell.wait();
    }
}
