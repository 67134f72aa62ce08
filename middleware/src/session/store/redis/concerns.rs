//! What is not right with a server, by what it tells of itself.

use crate::session::store::StoreConcern;

/// Reads the answer to [`INFO`](super::scripts::INFO).
///
/// All records expire, so that with `allkeys-…` as with most of `volatile-…` the server throws some out
/// that are in use. `volatile-ttl` takes those first that end soonest
/// ([Key eviction](https://redis.io/docs/latest/develop/reference/eviction/)).
pub(super) fn concerns(told: &str) -> Vec<StoreConcern> {
    let field = |name: &str| {
        let mut lines = told.lines().map(str::trim);
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
    };
    let mut concerns = Vec::new();
    let policy = field("maxmemory_policy").filter(|policy| !KEEPS_SESSIONS.contains(policy));
    concerns.extend(policy.map(|policy| StoreConcern::Evicts {
        policy: policy.to_owned(),
    }));
    concerns.extend((field("aof_enabled") == Some("0")).then_some(StoreConcern::Forgets));
    concerns
}

const KEEPS_SESSIONS: [&str; 2] = ["noeviction", "volatile-ttl"];

#[cfg(test)]
mod tests {
    use super::concerns;
    use crate::session::store::StoreConcern;

    #[test]
    fn servers_that_lose_sessions_are_known_by_what_they_tell() {
        let told = "# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n# Persistence\r\naof_enabled:0\r\n";
        let policy = "allkeys-lru".to_owned();
        assert_eq!(
            concerns(told),
            [StoreConcern::Evicts { policy }, StoreConcern::Forgets]
        );
        let good = told
            .replace("allkeys-lru", "noeviction")
            .replace("aof_enabled:0", "aof_enabled:1");
        assert_eq!(concerns(&good), []);
        // A server of another kind that tells nothing of this.
        assert_eq!(concerns("# Server\r\n"), []);
    }
}
