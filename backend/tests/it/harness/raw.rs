//! Bytes on a socket, for what no HTTP client would send.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::World;

/// Sends these bytes to the server, and gives everything that comes until the server closes the connection.
pub async fn raw(world: &World, bytes: impl AsRef<[u8]>) -> String {
    let mut socket = TcpStream::connect(world.url.trim_start_matches("http://")).await.unwrap();
    socket.write_all(bytes.as_ref()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
