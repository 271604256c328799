//! [`DatabaseUrl`]: the setting that chooses the database, `sqlite:PATH` or `postgres://…`.

use std::{path::PathBuf, time::Duration};

use super::postgres_url;

/// A database's URL. `Debug` shows no password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`: one file, one node.
    Sqlite(PathBuf),
    /// `postgres://…` or `postgresql://…`: any number of nodes.
    Postgres(String),
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres:(not shown)"),
        }
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err("sqlite: needs the path of a file, as in sqlite:data/sayless.db".into());
            }
            return Ok(Self::Sqlite(path.into()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            postgres_url::check(url)?;
            return Ok(Self::Postgres(url.into()));
        }
        Err("expected sqlite:PATH or postgres://…".into())
    }
}

/// The silence after which a connection to PostgreSQL is probed.
pub(super) const PROBED_AFTER: Duration = Duration::from_secs(4);
/// The pause between two probes.
pub(super) const PROBED_EVERY: Duration = Duration::from_secs(2);
/// The number of probes without an answer after which the connection is given up.
pub(super) const PROBES: u32 = 3;
/// The longest that sent bytes stay unacknowledged before the connection is given up.
pub(super) const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(10);
/// The longest that connecting takes.
pub(super) const CONNECTED_WITHIN: Duration = Duration::from_secs(5);

/// A PostgreSQL URL with which the end of a connection is noticed within ten seconds or so, also where the server's machine
/// vanishes without a word. What the operator set stays.
pub(super) fn noticing_silence(url: &str) -> String {
    let defaults = [
        ("connect_timeout", u128::from(CONNECTED_WITHIN.as_secs())),
        ("keepalives_idle", u128::from(PROBED_AFTER.as_secs())),
        ("keepalives_interval", u128::from(PROBED_EVERY.as_secs())),
        ("keepalives_count", u128::from(PROBES)),
        ("tcp_user_timeout", ACKNOWLEDGED_WITHIN.as_millis()),
    ];
    let (start, query) = url.split_once('?').unwrap_or((url, ""));
    let mut pairs: Vec<String> =
        query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
    let is_set =
        |name: &str| query.split('&').any(|pair| pair.split_once('=').is_some_and(|(set, _)| set == name));
    pairs.extend(
        defaults.iter().filter(|(name, _)| !is_set(name)).map(|(name, value)| format!("{name}={value}")),
    );
    format!("{start}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::noticing_silence;

    #[test]
    fn what_the_operator_set_stays() {
        let defaults = "keepalives_idle=4&keepalives_interval=2&keepalives_count=3";
        assert_eq!(
            noticing_silence("postgres://db/sayless"),
            format!("postgres://db/sayless?connect_timeout=5&{defaults}&tcp_user_timeout=10000")
        );
        assert_eq!(
            noticing_silence("postgres://db/sayless?tcp_user_timeout=1&connect_timeout=9"),
            format!("postgres://db/sayless?tcp_user_timeout=1&connect_timeout=9&{defaults}")
        );
    }
}
