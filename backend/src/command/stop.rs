//! The signals by which an operator stops a command that runs: SIGTERM, SIGINT and SIGHUP.

use std::{fs, io};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::error::CommandError;

/// SIGTERM, SIGINT and SIGHUP, caught from the moment this exists.
pub(super) struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
    /// `None` where whoever started us has us ignore it, as `nohup` does.
    hangup: Option<Signal>,
}

impl StopSignal {
    /// Catches the signals; called before anybody is told that we are there, so that none is missed.
    pub(super) fn catch() -> Result<Self, CommandError> {
        let catch = || -> io::Result<Self> {
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
                hangup: if ignores_hangup() { None } else { Some(signal(SignalKind::hangup())?) },
            })
        };
        catch().map_err(CommandError::of("signals cannot be caught"))
    }

    /// Waits for one of the signals.
    pub(super) async fn wait(mut self) {
        let hung_up = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = hung_up => {}
        }
    }
}

/// `true` where this process was started with SIGHUP ignored; asked before SIGHUP is caught.
fn ignores_hangup() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & 1 == 1)
}
