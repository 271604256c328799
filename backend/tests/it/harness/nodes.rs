//! More nodes on a world's database, linked with each other or not.

use std::{net::TcpListener, time::Duration};

use actix_web::dev::ServerHandle;
use sayless::{app::App, clock::Clock, random::Random, signals::nodes::Link};

use super::{Client, World, eventually, world::serve};

/// Another node on a world's database, with its keys and its clock.
pub struct Node {
    pub(super) app: App,
    /// The node's address.
    pub url: String,
    server: ServerHandle,
    // Dropping the link unlinks the node.
    link: Option<Link>,
}

impl World {
    /// Starts another node that hears of the others' changes at once.
    pub async fn linked_node(&self) -> Node {
        let mut node = self.lone_node();
        node.link = Some(link(self, &node.app).await);
        node
    }

    /// Starts another node that is told nothing by the others.
    pub fn lone_node(&self) -> Node {
        self.node_by(self.app.base.clock.clone())
    }

    /// Starts another node, on a machine whose own clock is ahead.
    pub fn node_ahead(&self, by: Duration) -> Node {
        self.node_by(self.app.base.clock.ahead(by))
    }

    fn node_by(&self, clock: Clock) -> Node {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut settings = (*self.app.base.settings).clone();
        // Browsers reach all nodes under one name.
        settings.public_url = self.url.parse().unwrap();
        let keys = (*self.app.base.keys).clone();
        let app = App::build(&self.database.url, keys, clock, Random::from_os(), settings).unwrap();
        let server = serve(&app, listener);
        Node { app, url, server, link: None }
    }

    /// Links the world's own node with the others.
    pub async fn link(&self) -> Link {
        link(self, &self.app).await
    }

    /// True while the world's own node hears of the others' changes.
    pub fn is_linked(&self) -> bool {
        self.app.signals.outbox.is_linked()
    }
}

async fn link(world: &World, app: &App) -> Link {
    let link = app.link(world.database_url()).unwrap();
    eventually("the link is up", async || app.signals.outbox.is_linked()).await;
    link
}

impl Node {
    /// A copy of the client that talks to this node.
    pub fn serves(&self, client: &Client) -> Client {
        client.at(&self.url)
    }

    /// The number of deliveries that this node has leased.
    pub fn leased(&self) -> usize {
        self.app.delivery.dock.load().leased
    }

    /// True while this node hears of the others' changes.
    pub fn is_linked(&self) -> bool {
        self.app.signals.outbox.is_linked()
    }
}

impl Node {
    /// True once the node's worker has looked for work.
    pub fn is_working(&self) -> bool {
        self.app.delivery.dock.load().has_room
    }

    /// Measures the database's time, as a node does each minute.
    pub async fn follow_time(&self) {
        self.app.base.db.follow_time().await.unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}
