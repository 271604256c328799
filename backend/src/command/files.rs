//! The files that the process may have open, and who gets them: connections of clients must leave enough for deliveries and the
//! database, or a crowd of clients would be taken for receivers that cannot be reached.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::base::Settings;

/// Files of the process itself: the database, the log, the timers of its threads.
const OWN: usize = 64;
/// The most connections of clients, however many files there are: each costs some memory.
const MOST_CONNECTIONS: usize = 16_384;
/// The most connections to receivers that are worth keeping.
const MOST_IDLE: usize = 1_024;
/// The fewest files with which a node can do anything.
const FEWEST: usize = 128;

/// Raises the limit of open files as far as it goes, and divides them up.
pub fn divide(settings: Settings) -> Settings {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })
    {
        tracing::debug!(%error, "the limit of open files cannot be raised");
    }
    let now = getrlimit(Resource::Nofile).current;
    let files = now.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX));
    let settings = shared(settings, files);
    if files < 4 * OWN + MOST_IDLE {
        tracing::warn!(
            files,
            connections = settings.connections,
            "the process may open few files, so few clients can be connected at once; raise its limit (ulimit -n)"
        );
    }
    settings
}

/// A third of the files is for connections of clients and an eighth for idle ones of deliveries; what is left are deliveries
/// under way.
fn shared(settings: Settings, files: usize) -> Settings {
    let files = files.max(FEWEST) - OWN;
    Settings {
        connections: (files / 3).min(MOST_CONNECTIONS),
        idle_deliveries: (files / 8).min(MOST_IDLE),
        ..settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_leave_files_for_deliveries() {
        for (files, connections, idle) in [
            (0, 21, 8),
            (256, 64, 24),
            (1_024, 320, 120),
            (65_536, 16_384, 1_024),
            (usize::MAX, 16_384, 1_024),
        ] {
            let url = "http://127.0.0.1:8080".parse().expect("url");
            let shared = shared(Settings::new(url), files);
            assert_eq!((shared.connections, shared.idle_deliveries), (connections, idle), "{files}");
        }
    }
}
