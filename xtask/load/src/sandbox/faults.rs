//! What the proxy does to the next requests, and what it has seen.

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The fate of a request: passed on, answered by the proxy, or cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request goes to the server, and its answer to the client.
    Pass,
    /// The proxy answers with this status; the server never hears of the request.
    Answer(u16),
    /// The connection is closed; the server never hears of the request.
    Reset,
    /// The server answers, and the client never hears of it: the connection is closed.
    Lost,
    /// Nobody ever answers.
    Hang,
}

impl Fault {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "pass" => Self::Pass,
            "429" => Self::Answer(429),
            "500" => Self::Answer(500),
            "502" => Self::Answer(502),
            "503" => Self::Answer(503),
            "reset" => Self::Reset,
            "lost" => Self::Lost,
            "hang" => Self::Hang,
            _ => return None,
        })
    }
}

/// The faults that are to come, and the requests that came; shared by the connections.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    faults: VecDeque<Fault>,
    seen: Vec<Value>,
    /// The number of requests that were given out and forgotten.
    forgotten: usize,
}

/// A request's place in the record.
#[derive(Clone, Copy, Debug)]
pub struct Entry(usize);

impl Ledger {
    /// Takes new faults in place of those that are left: a JSON array of their names.
    pub fn plan(&self, body: &[u8]) -> Result<(), String> {
        let names: Vec<String> = serde_json::from_slice(body)
            .map_err(|error| format!("the body must be a JSON array of words: {error}"))?;
        let fault = |name: &String| Fault::named(name).ok_or_else(|| format!("there is no fault {name:?}"));
        let faults = names.iter().map(fault).collect::<Result<_, _>>()?;
        self.state().faults = faults;
        Ok(())
    }

    /// The fault that the next request gets.
    pub fn next(&self) -> Fault {
        self.state().faults.pop_front().unwrap_or(Fault::Pass)
    }

    /// Notes a request, which has no status yet.
    pub fn note(&self, request: Value) -> Entry {
        let mut state = self.state();
        state.seen.push(request);
        Entry(state.forgotten + state.seen.len() - 1)
    }

    /// Notes the status of the answer to a request.
    pub fn answered(&self, entry: Entry, status: u16) {
        let mut state = self.state();
        let at = entry.0.checked_sub(state.forgotten);
        if let Some(request) = at.and_then(|at| state.seen.get_mut(at)) {
            request["status"] = json!(status);
        }
    }

    /// Everything noted since the last time.
    pub fn take_seen(&self) -> Value {
        let mut state = self.state();
        let seen = std::mem::take(&mut state.seen);
        state.forgotten += seen.len();
        Value::Array(seen)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Ledger};
    use serde_json::json;

    #[test]
    fn faults_come_in_turn_and_new_ones_replace_what_is_left() {
        let ledger = Ledger::default();
        ledger.plan(br#"["503", "lost", "hang"]"#).unwrap();
        assert_eq!(ledger.next(), Fault::Answer(503));
        ledger.plan(br#"["reset", "pass"]"#).unwrap();
        assert_eq!([ledger.next(), ledger.next(), ledger.next()], [Fault::Reset, Fault::Pass, Fault::Pass]);
    }

    #[test]
    fn a_fault_that_is_none_is_refused() {
        let ledger = Ledger::default();
        for wrong in [&b"[\"404\"]"[..], b"\"503\"", b"[503]", b""] {
            assert!(ledger.plan(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_status_finds_its_request_even_after_the_record_was_taken() {
        let ledger = Ledger::default();
        let first = ledger.note(json!({ "path": "/1" }));
        assert_eq!(ledger.take_seen(), json!([{ "path": "/1" }]));
        let second = ledger.note(json!({ "path": "/2" }));
        ledger.answered(first, 200);
        ledger.answered(second, 204);
        assert_eq!(ledger.take_seen(), json!([{ "path": "/2", "status": 204 }]));
    }
}
