//! Sends and hears short texts between nodes, over a separate PostgreSQL connection with LISTEN and NOTIFY. The
//! connection's URL is understood as libpq understands it.

mod error;
mod tls;

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::{sync::mpsc, task::JoinSet};
use tokio_postgres::{
    AsyncMessage, Client, Config, NoTls, Socket, config::SslMode, tls::MakeTlsConnect, types::ToSql,
};
use tokio_postgres_rustls::MakeRustlsConnect;

pub use error::NotifyError;
use tls::Trust;

use super::url;

/// The channel on which nodes tell each other.
const CHANNEL: &str = "sayless";
/// The longest text that can be sent; PostgreSQL takes less than 8,000 bytes.
pub const MAX_BYTES: usize = 7_900;
/// The most texts that wait to be read; a listener that falls further behind is cut off.
const MAX_UNREAD: usize = 256;
/// The longest that connecting or sending may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends to every node, as long as the [`NotifyReceiver`] that came with it lives.
#[derive(Debug)]
pub struct NotifySender(Client);

/// Hears what nodes send.
#[derive(Debug)]
pub struct NotifyReceiver {
    heard: mpsc::Receiver<String>,
    _driver: JoinSet<()>,
}

/// Connects and listens.
pub async fn open(url: &str) -> Result<(NotifySender, NotifyReceiver), NotifyError> {
    let connector = Connector::read(url)?;
    tokio::time::timeout(TIMEOUT, connector.connect()).await.map_err(|_| NotifyError::Timeout)?
}

impl NotifyReceiver {
    /// The next text that a node sent, this one included; `None` when the connection is gone or a text was missed.
    pub async fn hear(&mut self) -> Option<String> {
        self.heard.recv().await
    }
}

impl NotifySender {
    /// Sends texts to every node, in one commit.
    pub async fn tell(&self, texts: &[String]) -> Result<(), NotifyError> {
        let statement = "SELECT pg_notify($1, text) FROM unnest($2::text[]) AS text";
        let parameters: [&(dyn ToSql + Sync); 2] = [&CHANNEL, &texts];
        let sent = self.0.execute(statement, &parameters);
        tokio::time::timeout(TIMEOUT, sent).await.map_err(|_| NotifyError::Timeout)??;
        Ok(())
    }
}

/// The connection that a URL asks for.
struct Connector {
    config: Config,
    /// The file with the certificates to trust; `None` for the system's.
    roots: Option<String>,
    /// The checks that the server's certificate must pass.
    trust: Trust,
    /// `true` to go on without TLS where TLS fails.
    optional: bool,
}

impl Connector {
    fn read(url: &str) -> Result<Self, NotifyError> {
        let (start, query) = url.split_once('?').unwrap_or((url, ""));
        let mut asked = "prefer";
        let mut roots = None;
        let mut known = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("sslmode", mode) => asked = mode,
                ("sslrootcert", path) => roots = Some(path.replace("%2F", "/").replace("%2f", "/")),
                ("host" | "hostaddr" | "port" | "user" | "password" | "dbname" | "options", _) => {
                    known.push(pair);
                }
                // The other parameters tell libpq how to connect, not where to.
                _ => {}
            }
        }
        let (mode, trust) = match (asked, &roots) {
            ("disable", _) => (SslMode::Disable, Trust::Anybody),
            ("allow" | "prefer", _) => (SslMode::Prefer, Trust::Anybody),
            ("require", None) => (SslMode::Require, Trust::Anybody),
            ("require", Some(_)) | ("verify-ca", _) => (SslMode::Require, Trust::Issuer),
            _ => (SslMode::Require, Trust::IssuerAndName),
        };
        let mut config: Config =
            format!("{start}?{}", known.join("&")).parse().map_err(|_| NotifyError::Url)?;
        config
            .application_name("sayless hints")
            .connect_timeout(url::CONNECTED_WITHIN)
            .keepalives_idle(url::PROBED_AFTER)
            .keepalives_interval(url::PROBED_EVERY)
            .keepalives_retries(url::PROBES)
            .tcp_user_timeout(url::ACKNOWLEDGED_WITHIN)
            .ssl_mode(mode);
        Ok(Self { config, roots, trust, optional: mode == SslMode::Prefer })
    }

    async fn connect(self) -> Result<(NotifySender, NotifyReceiver), NotifyError> {
        if self.config.get_ssl_mode() == SslMode::Disable {
            return listen(&self.config, NoTls).await;
        }
        match listen(&self.config, MakeRustlsConnect::new(tls::config(self.trust, self.roots.as_deref())?))
            .await
        {
            Err(NotifyError::Server(_)) if self.optional => {
                let mut config = self.config.clone();
                listen(config.ssl_mode(SslMode::Disable), NoTls).await
            }
            other => other,
        }
    }
}

async fn listen<T>(config: &Config, tls: T) -> Result<(NotifySender, NotifyReceiver), NotifyError>
where
    T: MakeTlsConnect<Socket> + Send,
    T::Stream: Send + 'static,
{
    let (client, mut connection) = config.connect(tls).await?;
    let (hear, heard) = mpsc::channel(MAX_UNREAD);
    let mut driver = JoinSet::new();
    driver.spawn(async move {
        let mut messages = stream::poll_fn(move |cx| connection.poll_message(cx));
        while let Some(Ok(message)) = messages.next().await {
            // A listener that does not keep up has missed a text, and learns of it because the texts end.
            if let AsyncMessage::Notification(said) = message
                && hear.try_send(said.payload().to_owned()).is_err()
            {
                break;
            }
        }
    });
    client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
    Ok((NotifySender(client), NotifyReceiver { heard, _driver: driver }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> (SslMode, Trust, bool) {
        let connector = Connector::read(url).expect("a URL");
        (connector.config.get_ssl_mode(), connector.trust, connector.optional)
    }

    #[test]
    fn urls_are_understood_as_libpq_does() {
        let url = "postgres://sayless:p%40ss@db.example:5433/sayless";
        assert_eq!(read(url), (SslMode::Prefer, Trust::Anybody, true));
        assert_eq!(read(&format!("{url}?sslmode=disable")), (SslMode::Disable, Trust::Anybody, false));
        let require = format!("{url}?sslmode=require&connect_timeout=3&gssencmode=disable");
        assert_eq!(read(&require), (SslMode::Require, Trust::Anybody, false));
        assert_eq!(read(&format!("{require}&sslrootcert=a.pem")), (SslMode::Require, Trust::Issuer, false));
        assert_eq!(read(&format!("{url}?sslmode=verify-ca")), (SslMode::Require, Trust::Issuer, false));
        let full = format!("{url}?sslmode=verify-full&sslrootcert=%2Fetc%2Fdb.pem");
        assert_eq!(read(&full), (SslMode::Require, Trust::IssuerAndName, false));
        assert_eq!(Connector::read(&full).expect("a URL").roots.as_deref(), Some("/etc/db.pem"));
        let connector = Connector::read(&full).expect("a URL");
        assert_eq!(
            (connector.config.get_user(), connector.config.get_dbname()),
            (Some("sayless"), Some("sayless"))
        );
        assert_eq!(connector.config.get_password(), Some(&b"p@ss"[..]));
        assert!(!format!("{}", NotifyError::Url).contains("p@ss"));
        Connector::read("postgres:///sayless?host=/var/run/postgresql").expect("a socket");
    }
}
