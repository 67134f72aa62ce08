//! `[session.redis]`.

use url::Url;

use super::entra;
use crate::config::entra::EntraSettings;
use crate::config::section::Section;
use crate::config::settings::{RedisServers, RedisSettings};
use crate::config::sources::Sources;
use crate::secret::Secret;

/// `None` if it does not say where the servers are.
pub(super) fn read(redis: &mut Section, sources: &mut Sources) -> Option<RedisSettings> {
    let servers = read_servers(redis, sources);
    let user = redis.string("user", sources);
    let password = redis.secret("password", sources);
    if user.is_some() && password.is_none() {
        sources.report("session.redis.password", "nothing", "the user's password");
    }
    let entra = read_entra(redis, user.is_some(), password.is_some(), sources);
    if let (Some(servers), true) = (&servers, entra.is_some()) {
        check_tls(servers, sources);
    }
    let prefix = redis.string("prefix", sources);
    let timeout = redis.seconds("timeout_seconds", 1, sources);
    Some(RedisSettings {
        servers: servers?,
        user,
        password,
        entra: entra.map(Box::new),
        prefix: prefix.unwrap_or_else(|| "b2c:".to_owned()),
        timeout,
    })
}

/// Tokens in place of a user and a password, which are then of no use wherever they stand.
fn read_entra(
    redis: &mut Section,
    has_user: bool,
    has_password: bool,
    sources: &mut Sources,
) -> Option<EntraSettings> {
    if !redis.has("entra") {
        redis.forget(&["entra"]);
        return None;
    }
    for (key, is_written) in [("user", has_user), ("password", has_password)] {
        if is_written {
            let expected = "nothing, since entra says who asks";
            sources.report(&redis.path(key), "a value", expected);
        }
    }
    entra::read(redis.section("entra", sources), sources)
}

/// A token is good for every service of the tenant that takes this scope, so it goes nowhere in the
/// clear (Microsoft Learn: Entra ID authentication "is supported for SSL connections").
fn check_tls(servers: &RedisServers, sources: &mut Sources) {
    let (key, urls) = match servers {
        RedisServers::One(url) => ("url", std::slice::from_ref(url)),
        RedisServers::Watched { sentinels, .. } => ("sentinels", &sentinels[..]),
        RedisServers::Cluster(urls) => ("cluster", &urls[..]),
    };
    let is_open = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        url.scheme() == "redis" && !matches!(host, "localhost" | "127.0.0.1" | "[::1]")
    };
    let mut urls = urls.iter().filter_map(|url| parsed(url.expose()));
    if urls.any(|url| is_open(&url)) {
        let expected =
            "rediss://, since a token of Entra ID travels by TLS only (except to localhost)";
        sources.report(&format!("session.redis.{key}"), "redis://", expected);
    }
}

fn read_servers(redis: &mut Section, sources: &mut Sources) -> Option<RedisServers> {
    let kinds = ["url", "sentinels", "cluster"];
    let written: Vec<_> = kinds.into_iter().filter(|kind| redis.has(kind)).collect();
    if written.len() > 1 {
        let expected = "one of url, sentinels and cluster";
        sources.report("session.redis", written.join(" and "), expected);
    }
    let one = read_url(redis, written.is_empty(), sources).map(RedisServers::One);
    let cluster = read_urls("cluster", redis, sources).map(RedisServers::Cluster);
    let watched = read_sentinels(redis, sources);
    one.or(watched).or(cluster)
}

fn read_sentinels(redis: &mut Section, sources: &mut Sources) -> Option<RedisServers> {
    let sentinels = read_urls("sentinels", redis, sources)?;
    let expected = "the name that the Sentinels know the master by (\"mymaster\")";
    let master = redis.required("master_name", expected, sources);
    Some(RedisServers::Watched {
        sentinels,
        master: master?,
        user: redis.string("sentinel_user", sources),
        password: redis.secret("sentinel_password", sources),
    })
}

fn read_url(redis: &mut Section, is_required: bool, sources: &mut Sources) -> Option<Secret> {
    let expected = "{ env = \"REDIS_URL\" } with redis://host:6379, or rediss:// for TLS";
    if !redis.has("url") {
        if is_required {
            let expected = format!("{expected}; or sentinels, or cluster");
            sources.report("session.redis.url", "nothing", expected);
        }
        redis.forget(&["url"]);
        return None;
    }
    let url = redis.secret("url", sources)?;
    if parsed(url.expose()).is_none() {
        // It is not repeated: there may be a password in it.
        sources.report("session.redis.url", "something else", expected);
    }
    Some(url)
}

/// Addresses alone, which are no secrets.
fn read_urls(key: &'static str, redis: &mut Section, sources: &mut Sources) -> Option<Vec<Secret>> {
    let is_written = redis.has(key);
    let urls = redis.strings(key, sources);
    let name = format!("session.redis.{key}");
    let mut read = Vec::new();
    for text in urls {
        match parsed(&text) {
            Some(url) if url.password().is_some() || !url.username().is_empty() => {
                let expected = "redis://host:port; user and password have settings of their own";
                sources.report(&name, "a URL with a user or a password in it", expected);
            }
            Some(_) => read.push(Secret::new(text)),
            None => {
                let expected = "redis://host:port, or rediss:// for TLS";
                sources.report(&name, "something else", expected);
            }
        }
    }
    if is_written && read.is_empty() {
        sources.report(&name, "no URL", "at least one");
    }
    is_written.then_some(read)
}

fn parsed(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    matches!(url.scheme(), "redis" | "rediss").then_some(url)
}
