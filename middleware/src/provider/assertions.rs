//! When the app's own function is asked for an assertion, and who waits for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use super::assertion::{AskAssertion, AssertionError, AssertionRequest, ClientAssertion, PATIENCE};
use crate::config::ProviderSettings;
use crate::secret::Secret;
use crate::time::{Clock, Timestamp};

/// The function at one provider, with what came of it last.
pub(super) struct Assertions {
    ask: AskAssertion,
    request: AssertionRequest,
    clock: Arc<dyn Clock>,
    /// How long anybody waits, for others' questions and an own one together.
    patience: Duration,
    /// Held while the function runs, so that a crowd asks once.
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    assertion: Option<ClientAssertion>,
    /// Why there is none, since when.
    failure: Option<(AssertionError, Timestamp)>,
    /// When one was asked for because the provider refused another.
    replaced: Option<Timestamp>,
}

impl Assertions {
    pub(super) fn new(
        ask: AskAssertion,
        settings: &ProviderSettings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            ask,
            request: AssertionRequest {
                provider: settings.name.as_str().into(),
                client_id: settings.client_id.as_str().into(),
            },
            clock,
            patience: PATIENCE,
            last: Mutex::default(),
        }
    }

    /// The assertion at hand while it lasts, else a new one; never `refused`.
    ///
    /// A failure is everybody's who waited for it, and of those who come in the next seconds.
    pub(super) async fn token(&self, refused: Option<&Secret>) -> Result<Secret, AssertionError> {
        let until = Instant::now() + self.patience;
        let last = timeout_at(until, self.last.lock()).await;
        let mut last = last.map_err(|_| AssertionError::TimedOut)?;
        let good = |known: &&ClientAssertion| {
            self.lasts(known, MARGIN)
                && refused.is_none_or(|refused| refused.expose() != known.token.expose())
        };
        if let Some(known) = last.assertion.as_ref().filter(good) {
            return Ok(known.token.clone());
        }
        let now = Timestamp::now(&*self.clock);
        if let Some((failure, since)) = &last.failure
            && now.is_within(SHARED, *since)
        {
            return Err(failure.clone());
        }
        if refused.is_some() {
            // The refused one stays, so that the next request is refused without a question, too.
            let is_recent = |since| now.is_within(PAUSE, since);
            if last.replaced.is_some_and(is_recent) {
                return Err(AssertionError::Refused);
            }
            last.replaced = Some(now);
        }
        last.assertion = None;
        match self.new_assertion(until).await {
            Ok(assertion) => {
                let token = assertion.token.clone();
                last.failure = None;
                last.assertion = Some(assertion);
                Ok(token)
            }
            Err(failure) => {
                last.failure = Some((failure.clone(), Timestamp::now(&*self.clock)));
                Err(failure)
            }
        }
    }

    async fn new_assertion(&self, until: Instant) -> Result<ClientAssertion, AssertionError> {
        let answer = timeout_at(until, self.ask.ask(self.request.clone())).await;
        let answer = answer.map_err(|_| AssertionError::TimedOut)?;
        let assertion = answer.map_err(AssertionError::Failed)?;
        if assertion.token.expose().trim().is_empty() || !self.lasts(&assertion, Duration::ZERO) {
            return Err(AssertionError::Ended);
        }
        Ok(assertion)
    }

    fn lasts(&self, assertion: &ClientAssertion, margin: Duration) -> bool {
        let now = Timestamp::now(&*self.clock);
        Timestamp::of(assertion.expires_at) > now + margin
    }
}

/// An assertion with less left is exchanged: it has to arrive before it ends.
const MARGIN: Duration = Duration::from_secs(30);
/// How long a failure is everybody's.
const SHARED: Duration = Duration::from_secs(3);
/// How often, at most, a refused assertion is exchanged: a provider that refuses them all would have
/// the function asked with every request.
const PAUSE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::task::JoinSet;

    use super::*;
    use crate::testing::ManualClock;

    /// What the function does when it is asked for the first time.
    #[derive(Clone, Copy)]
    enum First {
        Answers,
        Fails,
        Hangs,
        /// Before there is a future.
        PanicsAtOnce,
        /// While it is waited for.
        Panics,
    }

    struct Bench {
        assertions: Arc<Assertions>,
        asked: Arc<AtomicUsize>,
        clock: ManualClock,
    }

    impl Bench {
        fn new(first: First) -> Self {
            let (clock, asked) = (ManualClock::default(), Arc::new(AtomicUsize::new(0)));
            let (now, count) = (clock.clone(), Arc::clone(&asked));
            let ask = AskAssertion::new(move |_| {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                let ends = now.now() + Duration::from_secs(600);
                assert!(!(matches!(first, First::PanicsAtOnce) && number == 1));
                async move {
                    tokio::task::yield_now().await;
                    match first {
                        First::Fails if number == 1 => return Err("it is away"),
                        First::Hangs if number == 1 => pending().await,
                        First::Panics if number == 1 => panic!("as a callback may"),
                        _ => {}
                    }
                    Ok(ClientAssertion::new(Secret::new(number.to_string()), ends))
                }
            });
            let request = AssertionRequest {
                provider: "default".into(),
                client_id: "app".into(),
            };
            let assertions = Assertions {
                ask,
                request,
                clock: Arc::new(clock.clone()),
                patience: Duration::from_millis(300),
                last: Mutex::default(),
            };
            Self {
                assertions: Arc::new(assertions),
                asked,
                clock,
            }
        }

        async fn crowd(&self) -> Vec<Result<Secret, AssertionError>> {
            let mut waiters = JoinSet::new();
            for _ in 0..50 {
                let assertions = Arc::clone(&self.assertions);
                waiters.spawn(async move { assertions.token(None).await });
            }
            waiters.join_all().await
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn a_failure_is_that_of_all_who_wait() {
        let bench = Bench::new(First::Fails);
        for answer in bench.crowd().await {
            let error = answer.unwrap_err();
            assert!(error.to_string().contains("it is away"), "{error}");
        }
        assert_eq!(bench.asked(), 1);
        bench.clock.advance(SHARED);
        for answer in bench.crowd().await {
            assert_eq!(answer.unwrap().expose(), "2");
        }
        assert_eq!(bench.asked(), 2);
    }

    #[tokio::test]
    async fn a_panic_is_a_failure_of_all_who_wait_and_of_nobody_later() {
        for first in [First::PanicsAtOnce, First::Panics] {
            let bench = Bench::new(first);
            for answer in bench.crowd().await {
                let error = answer.unwrap_err();
                assert!(error.to_string().contains("it panicked"), "{error}");
            }
            assert_eq!(bench.asked(), 1);
            bench.clock.advance(SHARED);
            assert_eq!(bench.assertions.token(None).await.unwrap().expose(), "2");
        }
    }

    #[tokio::test]
    async fn nobody_waits_for_others_and_then_as_long_again() {
        let bench = Bench::new(First::Hangs);
        let started = Instant::now();
        for answer in bench.crowd().await {
            assert!(
                matches!(answer, Err(AssertionError::TimedOut)),
                "{answer:?}"
            );
        }
        let took = started.elapsed();
        assert!(took < bench.assertions.patience * 25, "{took:?}");
        let late = bench.assertions.token(None).await;
        assert!(matches!(late, Err(AssertionError::TimedOut)), "{late:?}");
        assert_eq!(bench.asked(), 1);
        bench.clock.advance(SHARED);
        bench.assertions.token(None).await.unwrap();
    }

    #[tokio::test]
    async fn refused_assertions_are_exchanged_once_in_a_while() {
        let bench = Bench::new(First::Answers);
        let first = bench.assertions.token(None).await.unwrap();
        let second = bench.assertions.token(Some(&first)).await.unwrap();
        assert_eq!((second.expose(), bench.asked()), ("2", 2));
        for _ in 0..5 {
            let again = bench.assertions.token(None).await.unwrap();
            assert_eq!(again.expose(), "2");
            let refused = bench.assertions.token(Some(&again)).await;
            assert!(
                matches!(refused, Err(AssertionError::Refused)),
                "{refused:?}"
            );
        }
        // Who was refused with the first one has the second one to try.
        let other = bench.assertions.token(Some(&first)).await.unwrap();
        assert_eq!((other.expose(), bench.asked()), ("2", 2));
        bench.clock.advance(PAUSE);
        let third = bench.assertions.token(Some(&second)).await.unwrap();
        assert_eq!((third.expose(), bench.asked()), ("3", 3));
    }
}
