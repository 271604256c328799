//! The delivery engine: the way of one delivery, from a published event to a written result.
//!
//! # One delivery
//!
//! 1. **Ingest.** `POST /v1/events` puts the event into a bounded queue, [`ingest`]. All events in the queue
//!    share one transaction, and no caller is answered before its COMMIT. Where the queue is full, the caller
//!    gets a 503 that says when to come back. A change of ours (a new ticket, say) publishes in its own
//!    transaction instead, by the same code.
//! 2. **Publish.** The [`publish::Publisher`] writes the event: its body ([`message`]), byte for byte as it will be sent.
//!    The publisher also writes one delivery per matching webhook. The subscriptions are kept in memory,
//!    [`subscriptions`], with their filters made ready. The transaction reads the workspace's `subscriptions_version` and loads them again
//!    on a mismatch, so that no node misses a webhook that was just made. An event about a webhook is never
//!    delivered to that webhook, and such a delivery never raises `delivery.exhausted`: there are no loops.
//! 3. **Born leased.** While this node's worker runs, the [`dock`] holds its [`dock::Berth`]: slots to fill,
//!    and a way to start attempts. Slots are bounded in all, per workspace, per webhook and in bytes
//!    ([`slots`]). If a slot is free, the publisher leases the delivery for the berth as it writes it, and
//!    the courier starts the attempt right after the COMMIT, from memory. If not, the delivery is due now,
//!    for any node.
//! 4. **Lease.** The [`worker`] leases the other due deliveries, oldest first, in short transactions
//!    ([`lease`]). Commits wake the worker, and the worker looks by itself once a second. A lease has a
//!    number, one higher each time, and is itself the record of the attempt that started.
//! 5. **Turn.** The [`courier`] carries the leased attempts out, each a [`job`]. Only so many requests are
//!    under way at once. They are shared by workspaces, and then by webhooks: one whose receivers hang takes up
//!    its share and no more, and leaves room for those that come later. An attempt that has waited too long for
//!    its turn is handed back, and keeps its place. At its turn a job looks at its
//!    webhook again ([`views`]), and once more right before its request is put on the wire: nothing goes to an
//!    old URL, under a dropped secret or to a disabled webhook once the change has been answered.
//! 6. **Attempt.** With no transaction open, [`attempt`] signs the message with every secret that is valid
//!    now ([`signature`]), and [`send`] makes one request. The sender resolves the name, checks every address
//!    against the policy ([`address`]), connects to the very address that passed, and reads an answer of
//!    bounded size, all under one deadline. The sender follows no redirect and decompresses nothing, measures
//!    each phase and keeps the facts of a refused certificate.
//! 7. **Diagnose and decide.** This code is pure. [`diagnosis`] says what went wrong, whose problem it is and
//!    what to do. [`retry`] decides the delivery's next state, and [`breaker`] the webhook's: parked,
//!    draining or neither. An attempt goes `AttemptResult -> Decision -> DeliveryUpdate`. A retry by hand
//!    changes neither status, step nor next time unless it succeeds.
//! 8. **Finish.** The courier passes results on as [`finish::Report`]s, and the [`finish::Finisher`] writes
//!    them in batches. Each result is guarded by the number of its lease: a result that comes too late
//!    changes nothing and is kept as a late duplicate. The same transaction updates the webhook's [`health`]
//!    and breaker, disables the webhook after a 410 or five days of failures ([`mod@disable`]), and publishes
//!    `delivery.exhausted` where the schedule is used up.
//!
//! # Held deliveries
//!
//! A delivery that may not go yet is *held*: it waits in its webhook's own line, out of the way of other
//! webhooks. A webhook has a line for one of six reasons.
//!
//! - The webhook is **paused**. Nothing goes out, retries by hand included, until it is resumed; then the line drains.
//!   Pausing counts at once: a job that waits for its turn hands its delivery back into the line.
//! - The webhook is **parked**, after five outages or throttlings in a row. One probe goes out at a time,
//!   with the oldest and the newest delivery in turn, so that one bad message cannot keep the webhook parked.
//! - The webhook **drains** after a parking, oldest first, at a [`rate`] that doubles with each second of
//!   successes.
//! - The webhook is **ordered** ([`ordered`]): its deliveries go one at a time, oldest first, and one that failed holds back
//!   the others, also after its last automatic retry, until it succeeds or is skipped. Retries by hand wait for their turn.
//! - The webhook has a **rate limit**. The database keeps count, so that the limit is kept across nodes.
//! - The webhook **falls behind**: it has all its slots on a node, and more deliveries are due.
//!
//! The module [`held`] lets held deliveries go. Publishing to a webhook with a line holds the new delivery at
//! once. A held delivery still has a time at which it is due in any case, so that no delivery is lost that
//! was written by a node that did not know yet.
//!
//! # Crashes
//!
//! A crash at any line loses nothing. The lease expires and is *reclaimed*: the attempt is marked
//! interrupted, which counts against nobody, and the delivery goes out again under the same `webhook-id`. On
//! the embedded database the next start reclaims all old leases at once.
//!
//! # The cast
//!
//! | Name | Part |
//! |---|---|
//! | [`Delivery`] | holds the engine's parts, put together once for a node |
//! | [`Ingest`] | queues events of `POST /v1/events` and stores them in batches |
//! | [`Publisher`] | writes events and their deliveries, and leases for the berth |
//! | [`Dock`] | has the place for the node's berth, and knows the breakers that opened here |
//! | [`dock::Berth`] | is there while the worker runs: slots to fill, and a way to start attempts |
//! | [`worker::Worker`] | leases due and held deliveries, reclaims expired leases, has results written |
//! | [`courier::Courier`] | carries attempts out, each at its turn |
//! | [`send::Sender`] | makes one HTTP request under all limits |
//! | [`finish::Finisher`] | writes results, guarded by their leases |
//!
//! Beside the engine run three jobs. [`recovery`] is the bulk retry: it sets many old deliveries going again,
//! at a rate. [`retention`] removes what is too old. [`cancel`] cancels what still waits for a webhook that was
//! disabled or deleted. [`mod@send_test`] sends one test message past the
//! engine, and [`check`] a few that tell what a receiver makes of good and bad ones; neither stores anything.
//! [`mod@send_event`] sends a stored event to one webhook by hand.

pub mod address;
mod attempt;
mod breaker;
pub mod cancel;
mod check;
mod courier;
pub mod diagnosis;
mod disable;
mod dock;
mod event_fields;
mod finish;
mod health;
mod held;
mod ingest;
mod job;
mod lease;
mod message;
mod ordered;
pub mod own_headers;
mod parts;
mod publish;
mod rate;
pub mod recovery;
pub mod retention;
pub mod retry;
pub mod secrets;
pub mod send;
mod send_event;
mod send_test;
pub mod signature;
mod slots;
mod subscriptions;
mod view;
mod views;
pub mod worker;

pub use check::check_receiver;
pub use disable::{disable, end_owner, end_owners, keep_ending};
pub use dock::Dock;
pub use held::{NewTerms, release_anew, resume};
pub use ingest::{Ingest, Submission, SubmitError};
pub use parts::{Delivery, Surroundings};
pub use publish::{Publication, Publisher, new_event};
pub use send_event::send_event;
pub use send_test::{TestError, TestMessage, send_test};
pub use view::SETTLED_AFTER;
