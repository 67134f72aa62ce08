//! `session.store` as an operator writes it.

use libtest_mimic::{Failed, Trial};
use tower_b2c::Config;

use crate::trial;

const REDIS: &str = r#"
    cookie_key = { env = "KEY" }
    store = "redis"
    redis = { url = { env = "REDIS_URL" }, prefix = "shop:", timeout_seconds = 2 }
"#;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("configuration_of_redis_is_read", is_read),
        trial("configuration_mistakes_are_told", mistakes),
        trial(
            "configuration_of_another_profiles_store_is_left_alone",
            left_alone,
        ),
    ]
}

fn problems(session: &str, url: &str) -> Vec<String> {
    let text = format!(
        r#"
        [app]
        base_url = "https://app.contoso.com"
        [provider]
        kind = "b2c"
        tenant = "contoso"
        client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
        client_secret = {{ env = "SECRET" }}
        user_flows = {{ sign_up_sign_in = "B2C_1_susi" }}
        [session]
        {session}
        "#
    );
    let variables = [
        ("SECRET", "from the portal"),
        ("KEY", "0123456789abcdef0123456789abcdef"),
        ("REDIS_URL", url),
    ];
    match Config::from_text(text).environment(variables).load() {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}

async fn is_read() -> Result<(), Failed> {
    for url in ["redis://cache:6379/1", "rediss://user:s3cret@cache:6380"] {
        assert_eq!(problems(REDIS, url), [] as [String; 0]);
    }
    Ok(())
}

async fn mistakes() -> Result<(), Failed> {
    let url = "redis://cache";
    let cases = [
        (
            REDIS.replace("\"redis\"", "\"mongo\""),
            url,
            "session.store: found \"mongo\"",
        ),
        (
            REDIS.replace("redis = {", "other = {"),
            url,
            "session.redis.url: found nothing",
        ),
        (
            REDIS.to_owned(),
            "https://user:s3cret@cache",
            "session.redis.url: found something else",
        ),
        (
            REDIS.replace("prefix", "prefixes"),
            url,
            "session.redis.prefixes: found",
        ),
        (
            REDIS.replace("cookie_key", "# "),
            url,
            "session.cookie_key: found nothing",
        ),
    ];
    for (session, url, expected) in cases {
        let problems = problems(&session, url);
        let is_told = problems.iter().any(|problem| problem.contains(expected));
        assert!(is_told, "{expected} in {problems:#?}");
        assert!(!problems.concat().contains("s3cret"), "{problems:#?}");
    }
    Ok(())
}

async fn left_alone() -> Result<(), Failed> {
    let memory = REDIS.replace("store = \"redis\"", "store = \"memory\"");
    assert_eq!(problems(&memory, "unused"), [] as [String; 0]);
    Ok(())
}
