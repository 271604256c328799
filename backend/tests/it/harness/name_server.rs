//! A name server on loopback that misbehaves on demand, over real DNS.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::{net::UdpSocket, task::JoinHandle};

/// The answer of a name server to every question.
#[derive(Clone, Copy, Debug)]
pub enum Says {
    /// The name does not exist (NXDOMAIN).
    NoSuchName,
    /// The name has no address.
    NoAddress,
    /// The name has this address.
    Address(Ipv4Addr),
    /// The server cannot tell just now (SERVFAIL).
    Failure,
    /// The server does not want to tell (REFUSED).
    Refused,
    /// Nothing at all.
    Nothing,
}

/// A listening name server; it stops when dropped.
pub struct NameServer {
    /// The address that it listens on.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl NameServer {
    /// Starts a name server that says this.
    pub async fn start(says: Says) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        let task = tokio::spawn(async move {
            let mut question = [0; 512];
            while let Ok((length, asker)) = socket.recv_from(&mut question).await {
                if let Some(answer) = answer(&question[..length], says) {
                    socket.send_to(&answer, asker).await.ok();
                }
            }
        });
        Self { address, task }
    }
}

/// The answer to a message with one question (RFC 1035, section 4.1).
fn answer(message: &[u8], says: Says) -> Option<Vec<u8>> {
    const HEADER: usize = 12;
    let (code, address) = match says {
        Says::Nothing => return None,
        Says::NoAddress => (0, None),
        Says::Address(address) => (0, Some(address)),
        Says::Failure => (2, None),
        Says::NoSuchName => (3, None),
        Says::Refused => (5, None),
    };
    let name = message[HEADER..].iter().position(|byte| *byte == 0)? + 1;
    let question = &message[HEADER..HEADER + name + 4];
    // A question for an IPv4 address has type A.
    let wants_v4 = question[name..name + 2] == [0, 1];
    let address = address.filter(|_| wants_v4);
    let mut answer = message[..2].to_vec();
    // An answer, recursion wanted and available; one question, and one answer or none.
    answer.extend([0x81, 0x80 | code, 0, 1, 0, u8::from(address.is_some()), 0, 0, 0, 0]);
    answer.extend(question);
    if let Some(address) = address {
        // The question's name, type A, class IN, a minute, four bytes.
        answer.extend([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address.octets());
    }
    Some(answer)
}
