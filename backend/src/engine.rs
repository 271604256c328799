//! The threads of the delivery engine: a runtime of its own, apart from the threads that answer requests.

use std::{io, sync::OnceLock};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinHandle,
};

/// A runtime that ends with its last user, without waiting for the tasks that run on it.
#[derive(Debug)]
pub struct Engine {
    handle: Handle,
    runtime: OnceLock<Runtime>,
}

impl Engine {
    /// Starts a thread for every two processors: the database and the threads that answer requests need the
    /// others.
    pub fn start() -> io::Result<Self> {
        let threads =
            std::thread::available_parallelism().map_or(1, |processors| processors.get().div_ceil(2));
        let runtime =
            Builder::new_multi_thread().worker_threads(threads).thread_name("engine").enable_all().build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: OnceLock::from(runtime) })
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        self.handle.spawn(task)
    }

    /// The runtime's handle, for parts that spawn tasks later.
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // A runtime that is dropped the ordinary way waits for its threads. One of those may be the thread
        // that drops it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
