//! The asynchronous client, and what it has in common with the blocking one.

use crate::dispatch::Dispatch;
use std::fmt;
use std::sync::Arc;

/// The client: one for a server and a credential, cheap to clone.
///
/// Each resource of the API is a method, and each operation a method of the resource. What the operation gives is awaited:
///
/// ```no_run
/// # async fn example() -> Result<(), sayless::Error> {
/// let sayless = sayless::Sayless::new("https://sayless.example", "slk_…")?;
/// let ticket = sayless.tickets().get("tkt_01JDBN5X7W3Q9K2M4E6R8T0VYZ").await?;
/// println!("{}", ticket.title);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sayless {
    pub(crate) dispatch: Arc<Dispatch>,
}

impl fmt::Debug for Sayless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sayless").field("base_url", &self.dispatch.http.base.as_str()).finish_non_exhaustive()
    }
}

/// [`Sayless`], or the blocking client: what resources and calls are made for.
pub trait Client: Clone + private::Sealed {}

impl Client for Sayless {}
impl private::Sealed for Sayless {}

pub(crate) mod private {
    /// Keeps [`super::Client`] to the SDK's own clients.
    pub trait Sealed {}
}
