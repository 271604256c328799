//! [`NotifyError`]: the ways in which the connection for LISTEN and NOTIFY fails.

/// There is no connection for LISTEN and NOTIFY. The text names no part of the URL.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// The URL says something that this client does not know.
    #[error("the database URL is not understood")]
    Url,
    /// The roots of certificates cannot be used.
    #[error("the certificates to trust cannot be used")]
    Roots,
    /// The server cannot be reached, refuses us, or is gone.
    #[error(transparent)]
    Server(#[from] tokio_postgres::Error),
    /// Connecting or sending took too long.
    #[error("the server did not answer in time")]
    Timeout,
}
