//! What was found, for probes and for people.

use std::fmt;

use serde_json::{Map, Value, json};

/// How one thing is, or all together. Ordered from good to bad.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum HealthStatus {
    /// Nothing is wrong.
    Ok,
    /// It works, and somebody should see to it.
    Warn,
    /// It does not work.
    Fail,
}

impl HealthStatus {
    /// The word in the JSON: `ok`, `warn` or `fail`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

impl fmt::Display for HealthStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct HealthCheck {
    name: &'static str,
    provider: Option<String>,
    status: HealthStatus,
    problem: Option<String>,
    facts: Map<String, Value>,
    /// Whether users cannot be served when it fails.
    is_vital: bool,
}

impl HealthCheck {
    /// One without which nobody can be served.
    pub(super) fn vital(name: &'static str) -> Self {
        Self {
            is_vital: true,
            ..Self::of(name)
        }
    }

    /// One that somebody should see to, while those who are signed in go on.
    pub(super) fn of(name: &'static str) -> Self {
        Self {
            name,
            provider: None,
            status: HealthStatus::Ok,
            problem: None,
            facts: Map::new(),
            is_vital: false,
        }
    }

    pub(super) fn at(mut self, provider: &str) -> Self {
        self.provider = Some(provider.to_owned());
        self
    }

    pub(super) fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn found(mut self, status: HealthStatus, problem: impl Into<String>) -> Self {
        self.status = status;
        self.problem = Some(problem.into());
        self
    }

    /// What was looked at: `provider`, `store`, `clock`, `credential`, `configuration` or `shutdown`.
    pub fn name(&self) -> &str {
        self.name
    }

    /// The provider's name in the configuration, where it is about one.
    pub fn provider(&self) -> Option<&str> {
        self.provider.as_deref()
    }

    /// How it is.
    pub fn status(&self) -> HealthStatus {
        self.status
    }

    /// What is wrong, for operators; `None` if nothing is. It has addresses in it, and no secrets.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    fn to_json(&self) -> Value {
        let mut all = Map::new();
        all.insert("name".to_owned(), self.name.into());
        if let Some(provider) = &self.provider {
            all.insert("provider".to_owned(), provider.as_str().into());
        }
        all.insert("status".to_owned(), self.status.as_str().into());
        all.extend(self.facts.clone());
        if let Some(problem) = &self.problem {
            all.insert("problem".to_owned(), problem.as_str().into());
        }
        Value::Object(all)
    }
}

/// Everything that was looked at.
#[derive(Clone, Debug)]
pub struct HealthReport {
    checks: Vec<HealthCheck>,
}

impl HealthReport {
    pub(super) fn new(checks: Vec<HealthCheck>) -> Self {
        Self { checks }
    }

    /// Nobody could look.
    pub(super) fn unknown() -> Self {
        let check = HealthCheck::vital("health");
        let problem = "it could not be looked at";
        Self::new(vec![check.found(HealthStatus::Fail, problem)])
    }

    /// How it is all together: `Fail` if users cannot be served, which a probe is answered 503 for.
    ///
    /// That is when the store has not answered for longer than sessions go on in memory, when no provider
    /// can be used, or after
    /// [`begin_shutdown`](crate::B2cLayer::begin_shutdown); of a [`BearerLayer`](crate::BearerLayer) the
    /// latter two. What else is wrong makes it `Warn`: to
    /// take an instance out for an expired secret would turn away those who are signed in.
    pub fn status(&self) -> HealthStatus {
        let (providers, others): (Vec<_>, Vec<_>) =
            self.checks.iter().partition(|check| check.name == PROVIDER);
        let worst = others.iter().map(|check| match check.status {
            HealthStatus::Fail if !check.is_vital => HealthStatus::Warn,
            status => status,
        });
        // Of several providers one is enough to sign in with.
        let best = providers.iter().map(|check| check.status).min();
        let of_providers = best.map(|best| match best {
            HealthStatus::Fail => best,
            _ if providers
                .iter()
                .any(|check| check.status > HealthStatus::Ok) =>
            {
                HealthStatus::Warn
            }
            _ => best,
        });
        worst.chain(of_providers).max().unwrap_or(HealthStatus::Ok)
    }

    /// Each thing by itself.
    pub fn checks(&self) -> &[HealthCheck] {
        &self.checks
    }

    pub(super) fn to_json(&self, with_details: bool) -> Value {
        let status = self.status().as_str();
        if !with_details {
            return json!({ "status": status });
        }
        let checks: Vec<_> = self.checks.iter().map(HealthCheck::to_json).collect();
        json!({ "status": status, "checks": checks })
    }
}

/// The name of the checks of which one is enough.
pub(super) const PROVIDER: &str = "provider";
