//! Many members at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use reqwest::Method;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::ledger::Ledger;
use crate::member::Member;

/// Does the same for every member, for so many at once; returns them with what came of it.
pub async fn each<T: Send + 'static, F>(
    members: Vec<Member>,
    at_once: usize,
    mut work: impl FnMut(Member) -> F,
) -> Result<(Vec<Member>, Vec<T>), Failed>
where
    F: Future<Output = Result<(Member, T), Failed>> + Send + 'static,
{
    let turns = Arc::new(Semaphore::new(at_once));
    let mut tasks = JoinSet::new();
    for member in members {
        let (turns, work) = (Arc::clone(&turns), work(member));
        tasks.spawn(async move {
            let _turn = turns.acquire().await?;
            work.await
        });
    }
    let mut done = (Vec::new(), Vec::new());
    while let Some(one) = tasks.join_next().await {
        let (member, outcome) = one??;
        done.0.push(member);
        done.1.push(outcome);
    }
    Ok(done)
}

/// Members who ask for the home page, and every fifth time post a form, until they are stopped; at
/// most [`AT_ONCE`] of them at the same moment.
pub struct Load {
    tasks: JoinSet<Result<(Member, Ledger), Failed>>,
    is_over: Arc<AtomicBool>,
    made: Arc<AtomicUsize>,
}

impl Load {
    pub fn begin(members: Vec<Member>) -> Self {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let (is_over, made) = <(Arc<AtomicBool>, Arc<AtomicUsize>)>::default();
        let mut tasks = JoinSet::new();
        for (number, mut member) in members.into_iter().enumerate() {
            let (turns, is_over, made) = (turns.clone(), is_over.clone(), made.clone());
            tasks.spawn(async move {
                let mut ledger = Ledger::default();
                for request in number.. {
                    let _turn = turns.acquire().await?;
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    let (method, path) = match request % 5 {
                        0 => (Method::POST, "/ask"),
                        _ => (Method::GET, "/"),
                    };
                    let begun = Instant::now();
                    let answer = member.person.asks(method.clone(), path).await?;
                    let took = begun.elapsed();
                    ledger.note(&member, method, answer, took).await?;
                    made.fetch_add(1, Ordering::Relaxed);
                }
                member.person.answers.clear();
                Ok((member, ledger))
            });
        }
        Self {
            tasks,
            is_over,
            made,
        }
    }

    /// Waits until so many more requests are answered.
    pub async fn makes(&self, more: usize) -> Result<(), Failed> {
        let wanted = self.made.load(Ordering::Relaxed) + more;
        let begun = Instant::now();
        while self.made.load(Ordering::Relaxed) < wanted {
            if begun.elapsed() > PATIENCE {
                return Err("the load has come to a halt".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Lets everybody finish; returns each with what they saw.
    pub async fn ends(mut self) -> Result<Vec<(Member, Ledger)>, Failed> {
        self.is_over.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        while let Some(one) = self.tasks.join_next().await {
            all.push(one??);
        }
        Ok(all)
    }
}

/// Everybody's together.
pub fn sum(all: Vec<(Member, Ledger)>) -> (Vec<Member>, Ledger) {
    let mut total = Ledger::default();
    let members = all.into_iter().map(|(member, ledger)| {
        total.add(ledger);
        member
    });
    (members.collect(), total)
}

/// How many requests of a load are under way at most.
pub const AT_ONCE: usize = 48;
const PATIENCE: Duration = Duration::from_secs(60);
