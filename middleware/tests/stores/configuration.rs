//! `session.store` as an operator writes it.

use libtest_mimic::{Failed, Trial};
use tower_b2c::Config;

use crate::trial;

const REDIS: &str = r#"
    cookie_key = { env = "KEY" }
    store = "redis"
    redis = { url = { env = "REDIS_URL" }, prefix = "shop:", timeout_seconds = 2 }
"#;

const POSTGRES: &str = r#"
    cookie_key = { env = "KEY" }
    store = "postgres"
    [session.postgres]
    url = { env = "DATABASE_URL" }
    listen_url = { env = "DATABASE_URL" }
    schema = "sessions"
    prefix = "shop_"
    timeout_seconds = 2
    connections = 20
    migrate = false
    prepared_statements = false
"#;

const SQLITE: &str = r#"
    cookie_key = { env = "KEY" }
    store = "sqlite"
    [session.sqlite]
    path = "sessions.db"
    prefix = "shop_"
    timeout_seconds = 2
"#;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("configuration_of_redis_is_read", is_read),
        trial("configuration_of_sql_is_read", sql_is_read),
        trial("configuration_of_redis_with_entra_is_read", entra_is_read),
        trial(
            "configuration_mistakes_about_entra_are_told",
            entra_mistakes,
        ),
        trial("configuration_mistakes_are_told", mistakes),
        trial("configuration_mistakes_about_sql_are_told", sql_mistakes),
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
        ("DATABASE_URL", url),
    ];
    match Config::from_text(text).environment(variables).load() {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}

const WATCHED: &str = r#"
    cookie_key = { env = "KEY" }
    store = "redis"
    [session.redis]
    sentinels = ["rediss://one:26379", "rediss://two:26379"]
    master_name = "main"
    user = "app"
    password = { env = "SECRET" }
    sentinel_password = { env = "SECRET" }
"#;

const CLUSTER: &str = r#"
    cookie_key = { env = "KEY" }
    store = "redis"
    redis = { cluster = ["redis://one:7000", "redis://two:7000"], password = { env = "SECRET" } }
"#;

const ENTRA: &str = r#"
    cookie_key = { env = "KEY" }
    store = "redis"
    redis.url = { env = "REDIS_URL" }
    [session.redis.entra]
    object_id = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
    tenant = "contoso.onmicrosoft.com"
    client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
    client_secret = { env = "SECRET" }
"#;

async fn entra_is_read() -> Result<(), Failed> {
    let managed = ENTRA.replace(
        "tenant = \"contoso.onmicrosoft.com\"",
        "managed_identity = true",
    );
    let managed = managed.replace("client_secret = { env = \"SECRET\" }", "");
    for session in [ENTRA, &managed] {
        assert_eq!(problems(session, "rediss://cache:10000"), [] as [String; 0]);
        assert_eq!(problems(session, "redis://localhost"), [] as [String; 0]);
    }
    Ok(())
}

async fn entra_mistakes() -> Result<(), Failed> {
    let url = "rediss://cache:10000";
    let changed = |from: &str, to: &str| ENTRA.replace(from, to);
    let cases = [
        (
            changed("object_id", "# "),
            url,
            "session.redis.entra.object_id: found nothing",
        ),
        (
            changed("aaaabbbb-", ""),
            url,
            "session.redis.entra.object_id: found \"0000-cccc",
        ),
        (
            changed("client_secret", "# "),
            url,
            "session.redis.entra.client_secret: found nothing",
        ),
        (
            changed("{ env = \"SECRET\" }", "\"s3cret\""),
            url,
            "session.redis.entra.client_secret: found a value written in the file",
        ),
        (
            changed("contoso.onmicrosoft.com", "common"),
            url,
            "session.redis.entra.tenant: found \"common\"",
        ),
        (
            changed("tenant =", "tenants ="),
            url,
            "session.redis.entra.tenants: there is no such setting; did you mean `tenant`?",
        ),
        (
            format!("{ENTRA}scope = \"https://redis.azure.com\""),
            url,
            "session.redis.entra.scope: found",
        ),
        (
            format!("{ENTRA}managed_identity = true"),
            url,
            "session.redis.entra.client_secret: found a value",
        ),
        (
            changed(
                "client_secret = { env = \"SECRET\" }",
                "client_authentication = \"workload_identity\"\n    client_assertion = \"callback\"",
            ),
            url,
            "session.redis.entra.client_assertion: found \"callback\"",
        ),
        (
            changed(
                "redis.url",
                "redis.password = { env = \"SECRET\" }\n    redis.url",
            ),
            url,
            "session.redis.password: found a value",
        ),
        (
            ENTRA.to_owned(),
            "redis://cache:6379",
            "session.redis.url: found redis://",
        ),
    ];
    all_are_told(&cases);
    Ok(())
}

async fn is_read() -> Result<(), Failed> {
    for session in [WATCHED, CLUSTER] {
        assert_eq!(problems(session, "unused"), [] as [String; 0]);
    }
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
            "session.redis.prefixes: there is no such setting; did you mean `prefix`?",
        ),
        (
            REDIS.replace("prefix =", "cluster = [\"redis://one\"], prefix ="),
            url,
            "session.redis: found url and cluster",
        ),
        (
            WATCHED.replace("master_name", "# "),
            url,
            "session.redis.master_name: found nothing",
        ),
        (
            WATCHED.replace("rediss://two", "rediss://user:s3cret@two"),
            url,
            "session.redis.sentinels: found a URL with a user or a password in it",
        ),
        (
            CLUSTER.replace("\"redis://one:7000\", \"redis://two:7000\"", ""),
            url,
            "session.redis.cluster: found no URL",
        ),
        (
            CLUSTER.replace("redis://one", "https://one"),
            url,
            "session.redis.cluster: found something else",
        ),
        (
            WATCHED.replace("password = { env = \"SECRET\" }\n    sentinel", "sentinel"),
            url,
            "session.redis.password: found nothing",
        ),
        (
            REDIS.replace("cookie_key", "# "),
            url,
            "session.cookie_key: found nothing",
        ),
    ];
    all_are_told(&cases);
    Ok(())
}

async fn sql_is_read() -> Result<(), Failed> {
    for url in [
        "postgres://user:s3cret@db/shop",
        "postgresql://db:6432/shop?sslmode=verify-full",
    ] {
        assert_eq!(problems(POSTGRES, url), [] as [String; 0]);
    }
    assert_eq!(problems(SQLITE, "unused"), [] as [String; 0]);
    Ok(())
}

async fn sql_mistakes() -> Result<(), Failed> {
    let url = "postgres://user:s3cret@db/shop";
    let changed = |from: &str, to: &str| POSTGRES.replace(from, to);
    let cases = [
        (
            changed("\n    url =", "\n    address ="),
            url,
            "session.postgres.url: found nothing",
        ),
        (
            changed("url =", "urls ="),
            url,
            "session.postgres.urls: there is no such setting; did you mean `url`?",
        ),
        (
            POSTGRES.to_owned(),
            "mysql://user:s3cret@db",
            "session.postgres.url: found something else",
        ),
        (
            POSTGRES.to_owned(),
            "s3cret",
            "session.postgres.listen_url: found something else",
        ),
        (
            changed("\"sessions\"", "\"a;b\""),
            url,
            "session.postgres.schema: found \"a;b\"",
        ),
        (
            changed("\"shop_\"", "\"Shop\""),
            url,
            "session.postgres.prefix: found \"Shop\"",
        ),
        (
            changed("= 2\n", "= 0\n"),
            url,
            "session.postgres.timeout_seconds: found 0",
        ),
        (
            changed("20", "1001"),
            url,
            "session.postgres.connections: found 1001",
        ),
        (
            changed("migrate = false", "migrate = 0"),
            url,
            "session.postgres.migrate: found 0",
        ),
        (
            changed("cookie_key", "# "),
            url,
            "session.cookie_key: found nothing",
        ),
        (
            SQLITE.replace("path", "file"),
            url,
            "session.sqlite.path: found nothing",
        ),
        (
            SQLITE.replace("sessions.db", ":memory:"),
            url,
            "session.sqlite.path: found \":memory:\"",
        ),
        (
            SQLITE.replace("sessions.db", "sqlite://sessions.db"),
            url,
            "session.sqlite.path: found \"sqlite://sessions.db\"",
        ),
    ];
    all_are_told(&cases);
    Ok(())
}

async fn left_alone() -> Result<(), Failed> {
    let memory = REDIS.replace("store = \"redis\"", "store = \"memory\"");
    assert_eq!(problems(&memory, "unused"), [] as [String; 0]);
    Ok(())
}

/// Each session's table and URL with what is said of it, which is never the password.
fn all_are_told(cases: &[(String, &str, &str)]) {
    for (session, url, expected) in cases {
        let problems = problems(session, url);
        let is_told = problems.iter().any(|problem| problem.contains(expected));
        assert!(is_told, "{expected} in {problems:#?}");
        assert!(!problems.concat().contains("s3cret"), "{problems:#?}");
    }
}
