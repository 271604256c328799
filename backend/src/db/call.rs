//! The state of one call on a pooled connection, which its caller, its thread and the canceler share.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The state of a call.
#[derive(Debug, Default)]
enum State {
    #[default]
    Waiting,
    /// It runs on the connection of this PostgreSQL backend; `None` where it must not be canceled.
    Running(Option<i32>),
    /// It runs, and was canceled.
    Canceled,
    Over,
}

/// A call, as its caller, its thread and the canceler see it.
#[derive(Debug, Default)]
pub(super) struct Call(Mutex<State>);

impl Call {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `false` where the caller has given up.
    pub(super) fn begin(&self, backend: Option<i32>) -> bool {
        let mut state = self.state();
        let waiting = matches!(*state, State::Waiting);
        if waiting {
            *state = State::Running(backend);
        }
        waiting
    }

    /// Ends the call; `true` where it was canceled. Waits for a cancel that is on its way: after this, none will come.
    pub(super) fn end(&self) -> bool {
        matches!(std::mem::replace(&mut *self.state(), State::Over), State::Canceled)
    }

    /// Gives the call up if it has not begun; `true` where it never will.
    pub(super) fn give_up(&self) -> bool {
        let mut state = self.state();
        let waiting = matches!(*state, State::Waiting);
        if waiting {
            *state = State::Over;
        }
        waiting
    }

    /// `true` where a cancel would stop something.
    pub(super) fn can_be_canceled(&self) -> bool {
        matches!(*self.state(), State::Running(Some(_)))
    }

    /// Has `cancel` stop the backend on which the call runs, if it still does.
    pub(super) fn cancel(&self, cancel: impl FnOnce(i32)) {
        let mut state = self.state();
        if let State::Running(Some(backend)) = *state {
            cancel(backend);
            *state = State::Canceled;
        }
    }
}
