use std::time::Duration;

use tokio::time::timeout;

use super::Emulator;

impl Emulator {
    /// Waits until something is true of the emulator, and returns whether it became so in time. It
    /// is asked at once and then whenever a request begins or ends, a logout token was sent, or a
    /// seed file that is followed was read again.
    ///
    /// ```
    /// # use b2c_emulator::{Emulator, Outcome};
    /// # use std::time::Duration;
    /// # async fn wait(emulator: &Emulator) {
    /// let has_refused = |emulator: &Emulator| {
    ///     let requests = emulator.requests();
    ///     requests.iter().any(|request| !request.outcome().is_accepted())
    /// };
    /// assert!(emulator.wait_until(Duration::from_secs(5), has_refused).await);
    /// # }
    /// ```
    #[must_use = "it may not have happened"]
    pub async fn wait_until(&self, within: Duration, is_so: impl Fn(&Self) -> bool) -> bool {
        let becomes_so = async {
            loop {
                // What happens while the question is asked counts, too.
                let mut changes = self.provider().log.changes();
                if is_so(self) {
                    return;
                }
                // A log that is gone was replaced by a reset: there is another one.
                let _ = changes.changed().await;
            }
        };
        timeout(within, becomes_so).await.is_ok() || is_so(self)
    }

    /// How many requests have begun and have not been answered.
    pub fn requests_under_way(&self) -> usize {
        self.provider().log.under_way()
    }
}
